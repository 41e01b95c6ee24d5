"""Session tokens that are nearly right: keys, valid tokens of every algorithm, and what an attacker could make of them."""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW = 1_763_060_000
SECRET, OTHER_SECRET = b"a secret of thirty-two bytes, ok", b"another secret, of forty-one bytes, too..."
ISSUER, AUDIENCE = "https://issuer.example", "duel"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ALGORITHMS = {None: "HS256", "rsa": "RS256", "ec": "ES256", "ed": "EdDSA", "old": "HS256"}   # by kid
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def decoded(part):
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def make_keys():
    return {"rsa": rsa.generate_private_key(65537, 2048), "ec": ec.generate_private_key(ec.SECP256R1()),
            "ed": ed25519.Ed25519PrivateKey.generate()}


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Mint:
    """Signs as the issuer would, and as somebody would who has only what is public."""

    def __init__(self, keys, random):
        self.keys, self.random = keys, random
        self.strangers = make_keys()

    def signature(self, kid, text, keys=None):
        if kid is None or kid == "old":
            return hmac.new(SECRET if kid is None else OTHER_SECRET, text, hashlib.sha256).digest()
        key = (keys or self.keys)[kid]
        if kid == "rsa":
            return key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        if kid == "ed":
            return key.sign(text)
        r, s = decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def token(self, kid, header, claims, keys=None):
        """Of the bytes of header and claims, whatever they are, properly signed."""
        text = encoded(header) + b"." + encoded(claims)
        return text + b"." + encoded(self.signature(kid, text, keys))


def header_of(kid, **fields):
    return {"alg": ALGORITHMS[kid], "typ": "JWT"} | ({} if kid is None else {"kid": kid}) | fields


def claims_of(random, **fields):
    return {"sub": f"w{random.randrange(1000)}", "role": "user", "iat": NOW - 5, "exp": NOW + 3600, "iss": ISSUER,
            "aud": AUDIENCE} | fields


def text_of(content):
    return json.dumps(content).encode()


def valid(mint, kid):
    return mint.token(kid, text_of(header_of(kid)), text_of(claims_of(mint.random)))


# Signed properly, with something wrong, odd or harmless inside -------------------------------------------------------

TIMES = ["{now}", "{now}.0", "{now}.5", "1e10", "1E400", "-1", "0", "-0.0", "null", "true", "false", '"{now}"', '"now"',
         "[]", "[{now}]", "{{}}", "9999999999", "253402300800", "18446744073709551615", "18446744073709551616",
         "9" * 400, "NaN", "Infinity", "-Infinity", "0x7fffffff", "01", "+1", "1."]
ANYTHING = ["null", "true", "7", '""', '" "', '"x"', "[]", "{}", '["x"]', '[["x"]]', '{"x":1}', '"\\u0000"', '"\\ud800"']


def odd_time(mint):
    at = NOW + mint.random.choice([-3600, -31, -30, -29, -1, 0, 1, 29, 30, 31, 3600])
    return mint.random.choice(TIMES).format(now=at) if mint.random.random() < 0.5 else str(at)


def with_field(content, name, value):
    """JSON with one field that is text as it stands; written last, so a field that is there already is there twice."""
    rest = text_of({key: other for key, other in content.items() if key != name})
    return rest[:-1] + (b", " if len(rest) > 2 else b"") + text_of(name) + b": " + value.encode("utf-8", "surrogatepass") + b"}"


def odd_claim(mint, kid):
    name = mint.random.choice(["exp", "exp", "nbf", "iat", "iss", "aud", "sub", "role", "username", "jti"])
    if name in ("exp", "nbf", "iat"):
        value = odd_time(mint)
    else:
        named = [f'"{ISSUER}"', f'"{AUDIENCE}"', f'["{AUDIENCE}"]', f'["other","{AUDIENCE}"]', f'["{AUDIENCE}",7]',
                 f'[["{AUDIENCE}"]]', '"admin"', '"superadmin"', f'"{"x" * 5000}"']
        value = mint.random.choice(named + ANYTHING)
    return mint.token(kid, text_of(header_of(kid)), with_field(claims_of(mint.random), name, value))


def missing_claim(mint, kid):
    claims = claims_of(mint.random)
    del claims[mint.random.choice(list(claims))]
    return mint.token(kid, text_of(header_of(kid)), text_of(claims))


def odd_header(mint, kid):
    name, values = mint.random.choice([
        ("alg", ['"none"', '"None"', '"NONE"', '""', '"hs256"', '"HS512"', '"RS256"', '"ES256"', '"EdDSA"', '"HS256"', '"PS256"',
                 '"RS512"', '"ES384"', '["HS256"]', "null", "7"]),
        ("kid", ['"rsa"', '"ec"', '"ed"', '"old"', '"new"', '"../../etc/passwd"', '"rsa\\u0000"', '"RSA"'] + ANYTHING),
        ("crit", ["[]", '["exp"]', '["b64"]', '["alg"]', "null", '"exp"']),
        ("b64", ["true", "false", "null", '"false"']),
        ("jwk", ['{"kty":"oct","k":"AAAA"}', "null"]), ("jku", ['"https://evil.example/keys"']),
        ("x5u", ['"https://evil.example/x"']), ("x5c", ['["AAAA"]', "[]"]), ("typ", ['"JWT"', '"at+jwt"'] + ANYTHING),
        ("cty", ['"JWT"'] + ANYTHING), ("zip", ['"DEF"']), ("enc", ['"A128GCM"']), ("x", ANYTHING),
    ])
    return mint.token(kid, with_field(header_of(kid), name, mint.random.choice(values)), text_of(claims_of(mint.random)))


def missing_header(mint, kid):
    header = header_of(kid)
    del header[mint.random.choice(list(header))]
    return mint.token(kid, text_of(header), text_of(claims_of(mint.random)))


def key_twice(mint, kid):
    header, claims = text_of(header_of(kid)), text_of(claims_of(mint.random))
    first = mint.random.choice([b'"alg":"none"', b'"alg":"HS256"', b'"kid":"rsa"', b'"kid":"ec"', b'"\\u0061lg":"none"'])
    other = mint.random.choice([b'"role":"admin"', b'"sub":"w-other"', b'"exp":9999999999', b'"\\u0065xp":1', b'"x":1,"x":1'])
    if mint.random.random() < 0.5:
        header = mint.random.choice([b"{" + first + b"," + header[1:], header[:-1] + b"," + first + b"}"])
    else:
        claims = mint.random.choice([b"{" + other + b"," + claims[1:], claims[:-1] + b"," + other + b"}"])
    return mint.token(kid, header, claims)


def odd_json(mint, kid):
    header, claims = text_of(header_of(kid)), text_of(claims_of(mint.random))
    change = mint.random.choice([
        lambda text: b" \n\t" + text + b"\r\n ", lambda text: b"\xef\xbb\xbf" + text, lambda text: text + b"\0", lambda text: text + b'\0{"role":"admin"}',
        lambda text: text[:-1], lambda text: text + text, lambda text: b"[" + text + b"]", lambda text: b"",
        lambda text: b"null", lambda text: text_of(text.decode()), lambda text: text[:-1] + b",}",
        lambda text: text[:-1] + b"/**/}", lambda text: text.replace(b'"', b"'"), lambda text: text.decode().encode("utf-16"),
        lambda text: text[:-1] + b', "x": "\xff\xfe"}', lambda text: text[:-1] + b', "x": "\xc0\xaf"}',
        lambda text: text[:-1] + b', "x": "\xed\xa0\x80"}', lambda text: text[:-1] + b', "x": "a\nb"}',
        lambda text: text[:-1] + b', "x": ' + b"[" * 6 + b"]" * 6 + b"}",
        lambda text: text[:-1] + b', "x": ' + b"[" * 40 + b"]" * 40 + b"}",
        lambda text: text[:-1] + b', "x": "' + b"x" * 9000 + b'"}', lambda text: text[:-1] + b', "": 1, "__proto__": {"alg": "none"}}',
    ])
    if mint.random.random() < 0.5:
        header = change(header)
    else:
        claims = change(claims)
    return mint.token(kid, header, claims)


# Signed by somebody else, or not at all --------------------------------------------------------------------------------

def by_a_stranger(mint, kid):
    claims = text_of(claims_of(mint.random, role="admin"))
    if kid in mint.keys:
        return mint.token(kid, text_of(header_of(kid)), claims, mint.strangers)
    return mint.token("old" if kid is None else None, text_of(header_of(kid)), claims)


def by_a_public_key(mint, _):
    """HS256 with what anybody knows: the PEM of a public key, its DER, or nothing."""
    kid = mint.random.choice(list(mint.keys))
    pem = public_pem(mint.keys[kid])
    secret = mint.random.choice([pem, pem.strip(), b"".join(pem.splitlines()[1:-1]), b"", b"secret",
                                 base64.b64decode(b"".join(pem.splitlines()[1:-1]))])
    header = header_of(kid, alg=mint.random.choice(["HS256", ALGORITHMS[kid]]))
    if mint.random.random() < 0.3:
        del header["kid"]
    text = encoded(text_of(header)) + b"." + encoded(text_of(claims_of(mint.random)))
    return text + b"." + encoded(hmac.new(secret, text, hashlib.sha256).digest())


def unsigned(mint, kid):
    header = header_of(kid, alg=mint.random.choice(["none", "None", "nOnE", "NONE", "", ALGORITHMS[kid]]))
    text = encoded(text_of(header)) + b"." + encoded(text_of(claims_of(mint.random)))
    return text + mint.random.choice([b".", b"", b"..", b".AA", b".null"])


def odd_numbers(mint, _):
    """ES256 signatures whose numbers are not quite what they were."""
    text = encoded(text_of(header_of("ec"))) + b"." + encoded(text_of(claims_of(mint.random)))
    made = mint.signature("ec", text)
    r, s = int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big")
    zero, order, top = b"\0" * 32, P256_ORDER.to_bytes(32, "big"), b"\xff" * 32
    der = mint.keys["ec"].sign(text, ec.ECDSA(hashes.SHA256()))
    changed = mint.random.choice([
        made[:32] + (P256_ORDER - s).to_bytes(32, "big"),   # as valid as the other
        (P256_ORDER - r).to_bytes(32, "big") + made[32:], made[32:] + made[:32], zero + made[32:], made[:32] + zero, zero * 2,
        order + made[32:], made[:32] + order, top * 2, (1).to_bytes(32, "big") * 2, der, b"\0" + made, made + b"\0",
        b"\0" + made[:32] + b"\0" + made[32:], made[:31] + made[32:], made[:32], zero + made[:32] + zero + made[32:],
    ])
    return text + b"." + encoded(changed)


# Valid tokens that something happened to -------------------------------------------------------------------------------

def flipped_bit(mint, kid):
    parts = valid(mint, kid).split(b".")
    at = mint.random.randrange(3)
    content = bytearray(decoded(parts[at]))
    content[mint.random.randrange(len(content))] ^= 1 << mint.random.randrange(8)
    parts[at] = encoded(bytes(content))
    return b".".join(parts)


def changed_characters(mint, kid):
    token = bytearray(valid(mint, kid))
    for _ in range(mint.random.choice([1, 1, 1, 2, 5])):
        at, new = mint.random.randrange(len(token)), mint.random.choice(ALPHABET + b".=+/ \n\t%\0\xc3")
        mint.random.choice([lambda: token.__setitem__(at, new), lambda: token.insert(at, new), lambda: token.__delitem__(at)])()
    return bytes(token)


def last_character(mint, kid):
    """Bits of the last character that belong to no byte."""
    parts = valid(mint, kid).split(b".")
    at = mint.random.randrange(3)
    parts[at] = parts[at][:-1] + bytes([mint.random.choice(ALPHABET)])
    return b".".join(parts)


def other_parts(mint, kid):
    kids = list(ALGORITHMS)
    tokens = [valid(mint, kid).split(b"."), valid(mint, mint.random.choice(kids)).split(b".")]
    parts = [mint.random.choice(tokens)[mint.random.choice([at, at, at, mint.random.randrange(3)])] for at in range(3)]
    return b".".join(parts)


def odd_dress(mint, kid):
    token = valid(mint, kid)
    header, claims, signature = token.split(b".")
    size = mint.random.randrange(1, len(token))
    return mint.random.choice([
        token + b"=", token + b"==", header + b"=." + claims + b"=." + signature + b"=", token.replace(b"-", b"+").replace(b"_", b"/"),
        b" " + token, token + b" ", token + b"\n", token + b"\0", b"\xef\xbb\xbf" + token, token[:size], token[size:],
        token + b".", b"." + token, token + b"." + signature, header + b".." + signature, b"." + claims + b"." + signature,
        header + b"." + claims, header + b"." + claims + b".", token.upper(), token.lower(), b"Bearer " + token, token * 2,
        token.replace(b".", b"%2E"), header + b"." + claims + b"." + signature * 200, token + b"A" * 10_000, token,
        b'{"payload":"' + claims + b'","protected":"' + header + b'","signature":"' + signature + b'"}', b"", b".", b"..", b"...",
        token.replace(b".", b"\n."), header + b"." + encoded(token) + b"." + signature,
    ])


MUTATIONS = [odd_claim, odd_claim, odd_claim, odd_header, odd_header, missing_claim, missing_header, key_twice, odd_json,
             by_a_stranger, by_a_public_key, unsigned, odd_numbers, flipped_bit, changed_characters, last_character,
             other_parts, odd_dress]


def mutants(mint, count):
    """(name of the mutation, token); the same share of each algorithm."""
    kids = [None, "rsa", "ec", "ed", "old", "rsa", "ec", "ed"]
    for number in range(count):
        mutation = mint.random.choice(MUTATIONS)
        yield mutation.__name__, mutation(mint, kids[number % len(kids)])
