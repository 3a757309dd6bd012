"""Licence texts to templates: fixed words as hashes, and what may vary between them."""
import base64
import re

import normalize

GAP0, GAP1 = "\ue000", "\ue001"
GAP_WORDS = 20
SHORT = 5  # runs of fewer words carry no digest: no other words that mean something have their 61-bit hash

TOKEN = re.compile(r'<<(beginOptional|endOptional)[^>]*>>|<<var;name="([^"]*)";original="(.*?)";match="(.*?)">>', re.S)


class Text:
    def __init__(self, text): self.text = text


class Var:
    def __init__(self, name, original, match): self.name, self.original, self.match = name, original, match


def parse(template):
    """SPDX's template language to nested lists of Text, Var and list (optional)."""
    stack, position = [[]], 0
    for match in TOKEN.finditer(template):
        stack[-1].append(Text(template[position:match.start()]))
        position = match.end()
        if match.group(1) == "beginOptional":
            stack.append([])
        elif match.group(1) == "endOptional":
            optional = stack.pop()
            stack[-1].append(optional)
        else:
            stack[-1].append(Var(match.group(2), match.group(3), match.group(4)))
    stack[-1].append(Text(template[position:]))
    assert len(stack) == 1, "optional without end"
    return stack[0]


# At the beginning of a line, with a year, a sign or a place to fill in: other lines may begin with the word too.
COPYRIGHT_LINE = re.compile(
    r"^[ \t*#>/-]*(?=[^\n]*(?:\d{4}|\(c\)|\u00a9|[Yy]ear|yyyy|YEAR|All [Rr]ights|<|\[))(?:Copyright|COPYRIGHT|\([cC]\)|\u00a9)[^\n]{0,160}$", re.M)
RESERVED_LINE = re.compile(r"^[ \t*#>/-]*all rights reserved\.?[ \t]*$", re.I | re.M)


def parse_plain(text):
    """A text without a template: lines that begin with a copyright statement may be any copyright statement."""
    nodes, position = [], 0
    for match in sorted(list(COPYRIGHT_LINE.finditer(text)) + list(RESERVED_LINE.finditer(text)), key=lambda m: m.start()):
        line = match.group(0)
        found = [word for word, _, _ in normalize.words(line)]
        if not found or len(found) > 24 or any(map(normalize.is_operative, found)) or found[0] not in ("copyright", "all"):
            continue
        nodes += [Text(text[position:match.start()]), Var("copyright", line, ".{0,5000}")]
        position = match.end()
    return nodes + [Text(text[position:])]


def alternatives(regex):
    """All texts of a template's regular expression, gaps as GAP0 and GAP1; None if it is none that we read."""
    position = 0

    def alternation():
        nonlocal position
        found = sequence()
        while position < len(regex) and regex[position] == "|":
            position += 1
            found = found + sequence()
        return found

    def quantifier(items, gap=None):
        nonlocal position
        rest = regex[position:]
        match = re.match(r"\{(\d+),?(\d*)\}|[?*+]", rest)
        if match is None:
            return items
        position += match.end()
        mark = match.group(0)
        if gap is not None:
            return [GAP1 if mark == "+" else GAP0]
        if mark == "+":
            return items
        return items + [""]

    def sequence():
        nonlocal position
        found = [""]
        while position < len(regex) and regex[position] not in "|)":
            char = regex[position]
            position += 1
            if char == "(":
                items = alternation()
                if position >= len(regex):
                    raise ValueError(regex)
                position += 1
                items = quantifier(items)
            elif char == "[":
                end = regex.index("]", position + 1)
                members = regex[position:end]
                position = end + 1
                if members.startswith("^"):
                    items = quantifier([GAP1], gap=True)
                elif "\\t" in members or members == " -":
                    items = quantifier([" "])[:1]
                elif "0-9" in members:
                    items = quantifier([GAP1], gap=True)
                else:
                    items = quantifier([members.replace("\\", "")[0]])
            elif char == ".":
                items = quantifier([GAP1], gap=True)
            elif char == "\\":
                escaped = regex[position]
                position += 1
                items = quantifier([" " if escaped == "s" else escaped])
                if escaped == "s":
                    items = items[:1]
            else:
                items = quantifier([char])
            found = [a + b for a in found for b in items]
            if len(found) > 64:
                raise ValueError(regex)
        return found

    try:
        found = alternation()
        return found if position == len(regex) else None
    except (ValueError, IndexError):
        return None


class Compiled:
    """Elements: ("F", [words]), ("G", least, most), ("C",), ("O", elements), ("A", [elements, ...])."""

    def __init__(self, nodes):
        self.rendered = ""
        self.leaves = []  # (start, node)
        self.render(nodes)
        self.tokens = normalize.words(self.rendered)
        self.default = [word for word, _, _ in self.tokens]
        self.at = 0
        starts = [start for start, _ in self.leaves] + [len(self.rendered)]
        self.leaf_words, index = {}, 0
        for number, (start, node) in enumerate(self.leaves):
            mine = []
            while index < len(self.tokens) and self.tokens[index][1] < starts[number + 1]:
                mine.append(self.tokens[index][0])
                index += 1
            self.leaf_words[id(node)] = mine
        self.elements = trim(merge(self.build(nodes)))
        self.segments = [[]]  # what does not vary, with the usual choices
        for node in nodes:
            words = [] if isinstance(node, list) else self.leaf_words[id(node)]
            varies = isinstance(node, Var) and any(element[0] in "CGO" for element in self.variable(node, words))
            if isinstance(node, list) or varies:
                self.segments.append([])
            else:
                self.segments[-1] += words

    def render(self, nodes):
        for node in nodes:
            if isinstance(node, list):
                self.render(node)
            else:
                self.leaves.append((len(self.rendered), node))
                self.rendered += node.text if isinstance(node, Text) else node.original

    def build(self, nodes):
        elements = []
        for node in nodes:
            if isinstance(node, list):
                inside = merge(self.build(node))
                if inside:
                    elements.append(("O", inside))
            elif isinstance(node, Text):
                elements.append(("F", self.leaf_words[id(node)]))
            else:
                elements += self.variable(node, self.leaf_words[id(node)])
        return elements

    def variable(self, node, original):
        if node.match == ".{0,5000}" or node.name.lower() in ("copyright", "copyrightnotice"):
            # Where the word itself stands before it, only the year and the holder vary.
            return [("C",)] if original[:1] in ([], ["copyright"], ["all"], ["portions"]) else [("G", 0, GAP_WORDS)]
        if node.name == "bullet" or node.match == ".{0,20}" or re.fullmatch(r"[^\w]*", node.match) and "." not in node.match:
            return [("O", [("F", original)])] if original else []
        choices = [[("F", original)]] if original else [[]]
        for text in alternatives(node.match) or []:
            choice = []
            for part in re.split(f"([{GAP0}{GAP1}])", text):
                if part in (GAP0, GAP1) and part:
                    choice.append(("G", 0 if part == GAP0 else 1, GAP_WORDS))
                elif part:
                    choice.append(("F", [word for word, _, _ in normalize.words("x " + part)[1:]]))
            choice = merge(choice)
            if choice not in choices:
                choices.append(choice)
        if len(choices) == 1:
            return choices[0]
        if [("G", 0, GAP_WORDS)] in choices:
            return [("G", 0, GAP_WORDS)]
        if [("G", 1, GAP_WORDS)] in choices:
            return [("G", 1, GAP_WORDS)]
        return [("A", choices)]


def merge(elements):
    merged = []
    for element in elements:
        if element == ("F", []):
            continue
        if element[0] == "F" and merged and merged[-1][0] == "F":
            merged[-1] = ("F", merged[-1][1] + element[1])
        elif element[0] in "GC" and merged and merged[-1][0] == element[0]:
            continue
        else:
            merged.append(element)
    return merged


def trim(elements):
    """Without gaps and copyright statements at the ends, which any text may have."""
    while elements and elements[0][0] in "GC":
        elements = elements[1:]
    while elements and elements[-1][0] in "GC":
        elements = elements[:-1]
    return elements


def encode(elements):
    parts = []
    for element in elements:
        if element[0] == "F":
            tokens = element[1]
            part = f"{len(tokens)}.{normalize.run_hash(tokens):016x}"
            if len(tokens) >= SHORT:
                part += "." + normalize.digest(tokens)[:12].hex()
            parts.append(part)
        elif element[0] == "G":
            parts.append(f"G{element[1]}-{element[2]}")
        elif element[0] == "C":
            parts.append("C")
        elif element[0] == "O":
            parts.append("( " + encode(element[1]) + " )")
        else:
            parts.append("[ " + " | ".join(encode(choice) for choice in element[1]) + " ]")
    return " ".join(part for part in parts if part)


def pivot(elements, width=4):
    """The first fixed run of at least `width` words that every match has."""
    for index, element in enumerate(elements):
        if element[0] == "F" and len(element[1]) >= width:
            return index
    return None


def blocks(segments, most=256):
    """24-bit hashes of the text's runs of eight words, evenly spread if there are more than `most`, and how far apart they are."""
    size = normalize.BLOCK
    # The last run of a segment overlaps the one before, so that no word is left out.
    runs = [tokens[min(start, len(tokens) - size):][:size] for tokens in segments if len(tokens) >= size for start in range(0, len(tokens), size)]
    step = max(1, -(-len(runs) // most))
    raw = b"".join(fold(normalize.run_hash(run)).to_bytes(3, "big") for run in runs[::step])
    return f"{step}:" + base64.b64encode(raw).decode()


def fold(value):
    return (value ^ value >> 24 ^ value >> 48) & 0xFFFFFF
