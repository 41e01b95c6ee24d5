"""Session tokens as we verify them, against two libraries that do not know us, on thousands of tokens that are nearly right.

What a library refuses we must refuse; where we refuse more, it is counted by our reason. `--mutants N` for more.
"""

import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime, timezone

import jwt
import jwt.api_jwt

from node_packages import install
from stack import BIN, ROOT
from token_mutants import (ALGORITHMS, AUDIENCE, ISSUER, NOW, OTHER_SECRET, SECRET, Mint, encoded, make_keys, mutants,
                           public_pem, valid)

MUTANTS = 10_000
LEEWAY = 30   # of nbf and iat; exp has none
JOSE = pathlib.Path(__file__).parent / "jose"
MODULES = ROOT / "var/peers/jose"


class StoppedClock(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.fromtimestamp(NOW, tz or timezone.utc)


def ask(command, tokens, **settings):
    """Every token's answer from a program that reads them in base64url, one a line."""
    done = subprocess.run(command, input="".join(encoded(token).decode() + "\n" for token in tokens), text=True, timeout=240,
                          capture_output=True, env=os.environ | settings)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} exited with {done.returncode}: {done.stderr}")
    return done.stdout.splitlines()


class Libraries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="duel-tokens-")
        folder = pathlib.Path(cls.folder.name)
        cls.keys = make_keys()
        cls.files = {kid: folder / f"{kid}.pem" for kid in cls.keys}
        for kid, file in cls.files.items():
            file.write_bytes(public_pem(cls.keys[kid]))
        cls.secret_file = folder / "old"
        cls.secret_file.write_bytes(OTHER_SECRET)
        mint = Mint(cls.keys, random.Random(7))
        made = [("valid", valid(mint, kid)) for kid in ALGORITHMS] + list(mutants(mint, MUTANTS))
        cls.names, cls.tokens = [name for name, _ in made], [token for _, token in made]
        cls.ours = ask([f"{BIN}/verify-tokens", str(NOW), SECRET.decode(), ISSUER, AUDIENCE, f"old:HS256={cls.secret_file}",
                        *(f"{kid}={file}" for kid, file in cls.files.items())], cls.tokens)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def compare(self, library, theirs):
        self.assertEqual(len(self.ours), len(self.tokens))
        self.assertEqual(len(theirs), len(self.tokens))
        for ours, other in zip(self.ours[:len(ALGORITHMS)], theirs):   # the valid ones
            self.assertEqual(ours, other)
            self.assertRegex(ours, "^accept ")
        both = sum(ours == other and ours.startswith("accept") for ours, other in zip(self.ours, theirs))
        unsafe = [f"{name}: {library} says {other}, we {ours}: {token!r}"
                  for name, token, ours, other in zip(self.names, self.tokens, self.ours, theirs)
                  if ours.startswith("accept") and ours != other]
        stricter = collections.Counter(ours for ours, other in zip(self.ours, theirs)
                                       if ours.startswith("refuse") and other.startswith("accept"))
        print(f"{library}: {len(self.tokens)} tokens, {both} taken by both; taken by {library} alone: {stricter.total()}")
        for reason, count in stricter.most_common():
            print(f"  {count:6} we {reason}")
        if unsafe:
            self.fail("\n".join([f"{len(unsafe)} tokens that should be refused:", *unsafe[:10]]))
        self.assertGreater(both, len(self.tokens) / 50)   # or the mutants are all too far from right to tell anything

    def test_pyjwt_takes_whatever_we_take(self):
        jwt.api_jwt.datetime = StoppedClock
        keys = {None: SECRET, "old": OTHER_SECRET} | {kid: key.public_key() for kid, key in self.keys.items()}

        def answer(token):
            try:
                kid = jwt.get_unverified_header(token).get("kid")
                options = {"require": ["exp", "sub"]}
                how = {"key": keys[kid], "algorithms": [ALGORITHMS[kid]], "issuer": ISSUER, "audience": AUDIENCE}
                # The library has one leeway for all times: once for nbf and iat, once for exp.
                jwt.decode(token, **how, leeway=LEEWAY, options=options)
                claims = jwt.decode(token, **how, options=options | {"verify_nbf": False, "verify_iat": False})
                return "accept " + encoded(str(claims["sub"]).encode()).decode()
            except Exception as error:   # what it raises on such tokens is not only its own
                return f"refuse {type(error).__name__}"

        self.compare("PyJWT", [answer(token) for token in self.tokens])

    def test_jose_takes_whatever_we_take(self):
        if missing := install(JOSE, MODULES):
            print(f"SKIPPED: the comparison with jose: {missing}")
            self.skipTest(missing)
        words = [f"{kid}={ALGORITHMS[kid]}={file}" for kid, file in self.files.items()]
        self.compare("jose", ask(["node", JOSE / "verify.mjs", str(NOW), SECRET.decode(), ISSUER, AUDIENCE, *words,
                                  f"old=HS256={self.secret_file}"], self.tokens, DUEL_PEER_MODULES=str(MODULES)))


if __name__ == "__main__":
    if "--mutants" in sys.argv:
        at = sys.argv.index("--mutants")
        MUTANTS = int(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    unittest.main()
