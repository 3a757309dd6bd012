"""Text to words, as Protocol/LICENSES.md ("Words") says and Sources/WaybillPapers/Licenses/Texts/LicenseWords.swift does."""
import hashlib
import re
import unicodedata

PRIME = (1 << 61) - 1
BASE = 0x0E9F1D7A3B5C4D21
BLOCK = 8

SPELLINGS = {
    "licence": "license", "licences": "licenses", "licenced": "licensed", "licencing": "licensing", "licencee": "licensee",
    "sublicence": "sublicense", "acknowledgement": "acknowledgment", "acknowledgements": "acknowledgments",
    "authorise": "authorize", "authorised": "authorized", "authorisation": "authorization", "behaviour": "behavior",
    "favour": "favor", "fulfil": "fulfill", "fulfilment": "fulfillment", "honour": "honor", "judgement": "judgment",
    "modelling": "modeling", "organisation": "organization", "organisations": "organizations", "recognise": "recognize",
    "recognised": "recognized", "utilisation": "utilization", "utilise": "utilize", "whilst": "while", "wilful": "willful",
    "https": "http",
}
TAGS = set("a b blockquote body br center code dd div dl dt em font h1 h2 h3 h4 h5 h6 head hr html i li ol p pre small span strong "
           "sub sup table tbody td th thead tr tt u ul".split())
BOUNDARY = set(".;:,!?")
SKIPPED = set(" \t\r\n\f\v\u00a0*_#>-\u2013\u2014\u2022|\"'`~\u201c\u201d\u2018\u2019\\/=+")
QUOTES = set("\"'\u201c\u201d\u2018\u2019")
SPACE = set(" \t\r\n\f\v\u00a0")
MARKER = re.compile(r"\((?:[0-9]{1,2}|[A-Za-z]|[ivxIVX]{1,5})\)|(?:[0-9]{1,2}(?:\.[0-9]{1,2})+\.|(?:[0-9]{1,2}|[A-Za-z]|[ivxIVX]{1,5})[.)])")
# A statement of copyright, not the third member of a list.
YEAR = re.compile(r"\([cC]\) [0-9]")
ENTITY = re.compile(r"&(#?[A-Za-z0-9]{1,8});")
TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,9})((?:[ \t\r\n]+[^<> \t\r\n]*)*)[ \t\r\n]*/?>")
LINK = re.compile(r"\]\(([^ \t\r\n\f\v\u00a0()]{1,2000})\)")
FENCE = re.compile(r"(?:```|~~~)[A-Za-z0-9]{0,20}(?=[ \t]*(?:\r|\n|$))")


def is_ideograph(c):
    return 0x3040 <= c <= 0x30FF or 0x3400 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF or 0x20000 <= c <= 0x3FFFF


def is_word(char):
    if ord(char) < 128:
        return char.isalnum()
    return unicodedata.category(char) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl")


def is_ignored(char):
    return ord(char) >= 128 and unicodedata.category(char) in ("Cf", "Mn", "Me")


def words(text, drops_link_targets=False):
    """[(word, start, end)] with offsets in characters."""
    found = []
    i, n = 0, len(text)
    boundary = True  # a list marker may stand here
    after_space = True

    def add(word, start, end):
        word = SPELLINGS.get(word, word)
        if found and found[-1][0] == "copyright":
            if word == "copyright":
                return
            word = {"owner": "holder", "owners": "holders"}.get(word, word)
        found.append((word, start, end))

    while i < n:
        char = text[i]
        if is_ignored(char):
            i += 1
            continue
        if boundary and after_space and (char == "(" or char.isascii() and char.isalnum()):
            match = MARKER.match(text, i)
            if match and not YEAR.match(text, i):
                end = match.end()
                while end < n and text[end] in "*_":
                    end += 1
                if end == n or text[end] in SPACE or text[i].isdigit() and text[end - 1] == "." and (text[end] in QUOTES or "A" <= text[end] <= "Z"):
                    i = end
                    continue
        if char == "(" and text[i:i + 3].lower() == "(c)":
            add("copyright", i, i + 3)
            i += 3
            boundary = after_space = False
            continue
        if char == "\u00a9":
            add("copyright", i, i + 1)
            i += 1
            boundary = after_space = False
            continue
        if is_word(char):
            start, letters = i, []
            if is_ideograph(ord(char)):
                letters.append(char)
                i += 1
            else:
                while i < n and (is_word(text[i]) and not is_ideograph(ord(text[i])) or is_ignored(text[i])):
                    if not is_ignored(text[i]):
                        letters.append(text[i].lower())
                    i += 1
            add("".join(letters), start, i)
            boundary = after_space = False
            continue
        if char in "%$\u20ac\u00a3\u00a5":
            add(char, i, i + 1)
            i += 1
            boundary = after_space = False
            continue
        if char == "&":
            match = ENTITY.match(text, i)
            if match is None or match.group(1) == "amp":
                add("and", i, match.end() if match else i + 1)
                boundary = after_space = False
            elif match.group(1) == "copy":
                add("copyright", i, match.end())
                boundary = after_space = False
            else:
                after_space = True
            i = match.end() if match else i + 1
            continue
        if char == "<":
            match = TAG.match(text, i)
            if match and match.end() - i <= 400 and match.group(1).lower() in TAGS and all("=" in part or part == "/" for part in re.findall(r"[^ \t\r\n]+", match.group(2))):
                i = match.end()
                after_space = True
                continue
        if drops_link_targets and char == "]":
            match = LINK.match(text, i)
            if match:
                i = match.end()
                boundary = after_space = False
                continue
        if char in "`~":
            match = FENCE.match(text, i)
            if match:
                i = match.end()
                after_space = True
                continue
        if char in BOUNDARY:
            boundary, after_space = True, False
        elif char in SKIPPED:
            after_space = True
        else:
            boundary = after_space = False
        i += 1
    return found


def word_hash(word):
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value % PRIME


def run_hash(tokens):
    value = 0
    for token in tokens:
        value = (value * BASE + word_hash(token)) % PRIME
    return value


def digest(tokens):
    return hashlib.sha256(" ".join(tokens).encode()).digest()


# As in OperativeWords.swift: where only a name or a statement of copyright may stand, none of these may.
OPERATIVE = set("""
not no nor never must shall should may can cannot unless except only if provided subject without non use used uses usage using agree agrees agreed hereby any solely under condition conditions terms within military you your pay payment fees banned purpose purposes training derivative derivatives
""".split())
OPERATIVE_STEMS = tuple("""
prohibit permit permission forbid restrict require licens sublicens commerc noncommerc redistribut grant revok terminat exclud consent oblig warrant allow disallow mandator compulsor attribut royalt
""".split())


def is_operative(word):
    return word in OPERATIVE or word.startswith(OPERATIVE_STEMS)
