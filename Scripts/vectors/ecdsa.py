"""ECDSA on P-256, P-384 and P-521 (FIPS 186-5) with nonces by RFC 6979: the same signature on every machine. For test keys alone: slow, and
readable by whoever watches the clock."""
import base64
import hashlib
import hmac

# Name: (prime, b, order, generator, hash, OID in DER); a is -3.
CURVES = {
    "P-256": (
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5),
        "sha256", "06082a8648ce3d030107"),
    "P-384": (
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        (0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
         0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F),
        "sha384", "06052b81040022"),
    "P-521": (
        2**521 - 1,
        0x0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
        2**521 - 2**260 + 0xA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409,
        (0x00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66,
         0x011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650),
        "sha512", "06052b81040023"),
}


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def der_integer(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def pem(label, data):
    text = base64.b64encode(data).decode()
    return "".join(f"{line}\n" for line in [f"-----BEGIN {label}-----", *(text[i:i + 64] for i in range(0, len(text), 64)), f"-----END {label}-----"]).encode()


def add(p, a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % p == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
    x = (slope * slope - a[0] - b[0]) % p
    return x, (slope * (a[0] - x) - a[1]) % p


def multiply(p, k, point):
    result = None
    for bit in bin(k)[2:]:
        result = add(p, result, result)
        if bit == "1":
            result = add(p, result, point)
    return result


class Key:
    """The test key of a name, on a curve."""

    def __init__(self, name, curve="P-256"):
        self.name = name
        self.prime, self.b, self.order, self.generator, self.hash, oid = CURVES[curve]
        self.size = (self.order.bit_length() + 7) // 8
        seed = b"".join(hashlib.sha512(f"waybill test key {name} {i}".encode()).digest() for i in range(2))
        self.secret = int.from_bytes(seed, "big") % (self.order - 1) + 1
        x, y = multiply(self.prime, self.secret, self.generator)
        assert (y * y - x * x * x + 3 * x - self.b) % self.prime == 0
        point = b"\x04" + x.to_bytes(self.size, "big") + y.to_bytes(self.size, "big")
        algorithm = der(0x30, bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex(oid))
        self.public = der(0x30, algorithm, der(3, b"\0", point))
        inner = der(0x30, der_integer(1), der(4, self.secret.to_bytes(self.size, "big")), der(0xA1, der(3, b"\0", point)))
        self.private_pem = pem("PRIVATE KEY", der(0x30, der_integer(0), algorithm, der(4, inner)))
        self.id = hashlib.sha256(pem("PUBLIC KEY", self.public)).hexdigest()

    def sign(self, message):
        digest = hashlib.new(self.hash, message).digest()
        value = int.from_bytes(digest, "big") >> max(0, len(digest) * 8 - self.order.bit_length())
        for k in self.nonces(value):
            r = multiply(self.prime, k, self.generator)[0] % self.order
            s = pow(k, -1, self.order) * (value + r * self.secret) % self.order
            if r and s:
                return der(0x30, der_integer(r), der_integer(s))

    def nonces(self, value):
        """RFC 6979, section 3.2."""
        def mac(key, data):
            return hmac.new(key, data, self.hash).digest()
        count = hashlib.new(self.hash).digest_size
        seed = self.secret.to_bytes(self.size, "big") + (value % self.order).to_bytes(self.size, "big")
        v, k = b"\1" * count, b"\0" * count
        k = mac(k, v + b"\0" + seed)
        v = mac(k, v)
        k = mac(k, v + b"\1" + seed)
        v = mac(k, v)
        while True:
            bits = b""
            while len(bits) < self.size:
                v = mac(k, v)
                bits += v
            nonce = int.from_bytes(bits[:self.size], "big") >> (self.size * 8 - self.order.bit_length())
            if 1 <= nonce < self.order:
                yield nonce
            k = mac(k, v + b"\0")
            v = mac(k, v)


_made = {}


def key(name, curve="P-256"):
    if name not in _made:
        _made[name] = Key(name, curve)
    return _made[name]
