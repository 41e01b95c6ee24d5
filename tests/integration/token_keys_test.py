"""Keys of session tokens rotate under a running server. No stack: who may come in is decided before Kafka or Postgres is asked."""

import asyncio
import os
import pathlib
import re
import ssl
import subprocess
import tempfile
import unittest

import websockets

from stack import BIN, until

NOBODY = 1   # a port where nothing listens


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdin=subprocess.DEVNULL, capture_output=True)


class Server:
    """The WebSocket server alone, with the public key of kid `main` in a file."""

    def __init__(self, folder):
        self.folder, self.log = folder, folder / "log"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "tls.key", "-out", folder / "tls.crt")

    def words(self, keys):
        return [f"{BIN}/duel-wsserver", "run", "--listen", "127.0.0.1:0", "--metrics-port", "0", "--kafka", f"127.0.0.1:{NOBODY}",
                "--postgres", f"postgresql://nobody@127.0.0.1:{NOBODY}/none", "--tls-cert", self.folder / "tls.crt",
                "--tls-key", self.folder / "tls.key", "--jwt-issuer", "us", *keys]

    def __enter__(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(self.words(["--jwt-key", f"main={self.folder / 'main.pem'}"]), stderr=log, env={})
        self.port = until(lambda: re.search(r"listening on wss://127.0.0.1:(\d+)", self.log.read_text()), 20, self.log.read_text).group(1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)

    def says(self, text):
        until(lambda: text in self.log.read_text(), 20, self.log.read_text)

    async def visit(self, token, seconds=20):
        """What the server says to that token in that time; nothing where it lets it wait for its snapshot."""
        trust = ssl.create_default_context(cafile=self.folder / "tls.crt")
        async with websockets.connect(f"wss://localhost:{self.port}/api/v2/ws/portfolio", ssl=trust, subprotocols=[token]) as socket:
            try:
                return await asyncio.wait_for(socket.recv(), seconds)
            except asyncio.TimeoutError:
                return ""


class Rotation(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="duel-rotation-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.folder / "old.key")
        openssl("genpkey", "-algorithm", "ED25519", "-out", self.folder / "new.key")
        self.publish("old")

    def publish(self, name):
        openssl("pkey", "-pubout", "-in", self.folder / f"{name}.key", "-out", self.folder / "next.pem")
        os.rename(self.folder / "next.pem", self.folder / "main.pem")

    def token(self, name, *words):
        command = [f"{BIN}/duel-wsserver", "token", "w1", "--kid", "main", "--key", self.folder / f"{name}.key", "--jwt-issuer", "us"]
        return subprocess.run([*command, *words], env={}, check=True, capture_output=True, text=True).stdout.strip()

    def test_a_key_is_replaced_without_a_restart(self):
        with Server(self.folder) as server:
            def answer(token, **patience):
                return asyncio.run(server.visit(token, **patience))

            self.assertEqual(answer(self.token("old"), seconds=1), "")
            self.assertIn("alg is not RS256", answer(self.token("new")))
            self.publish("new")
            server.says("EdDSA key read again")
            new = self.token("new")
            self.assertEqual(answer(new, seconds=1), "")
            self.assertIn("alg is not EdDSA", answer(self.token("old")))
            (self.folder / "main.pem").unlink()
            server.says("the old key stays")
            self.assertEqual(answer(new, seconds=1), "")
            self.assertNotIn(new, server.log.read_text())

    def test_a_server_does_not_start_with_a_key_that_it_must_not_use(self):
        server = Server(self.folder)
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", self.folder / "weak.key")
        openssl("pkey", "-pubout", "-in", self.folder / "weak.key", "-out", self.folder / "weak.pem")
        for keys, reason in ([[], "no key of session tokens"],
                             [["--jwt-key", f"main={self.folder / 'old.key'}"], "it is a private key"],
                             [["--jwt-key", f"main={self.folder / 'weak.pem'}"], "it is an RSA key of 1024 bits"],
                             [["--jwt-key", "main"], "wanted each KID=FILE or KID:HS256=FILE"],
                             [["--jwt-secret", "short"], "has 5 bytes; wanted at least 16"]):
            with self.subTest(reason):
                done = subprocess.run(server.words(keys), env={}, capture_output=True, text=True, timeout=20)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(reason, done.stderr)


if __name__ == "__main__":
    unittest.main()
