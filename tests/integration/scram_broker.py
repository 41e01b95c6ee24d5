"""As much of a Kafka broker as logging in with SASL/SCRAM takes.

Unlike Kafka from version 4 on, and like those before, it takes a nonce that the client repeats, as librdkafka before 2.6.1
does: so the real Kafka of these tests cannot show that such a login is right, and this can.
"""

import base64
import hashlib
import hmac
import os
import socketserver
import ssl
import struct
import threading

HANDSHAKE, VERSIONS, AUTHENTICATE = 17, 18, 36
KNOWN = {3: (0, 4), HANDSHAKE: (0, 1), VERSIONS: (0, 3), AUTHENTICATE: (0, 1)}   # requests: their versions
HASHES = {"SCRAM-SHA-256": hashlib.sha256, "SCRAM-SHA-512": hashlib.sha512}


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def data(value):
    return struct.pack(">i", len(value)) + value


class Login(socketserver.StreamRequestHandler):
    """One connection, up to the end of the login; `server.logins` has (mechanism, user) of those that were right."""

    def handle(self):
        try:
            while True:
                self.answer(*self.request_of())
        except (OSError, struct.error):
            pass

    def request_of(self):
        [size] = struct.unpack(">i", self.rfile.read(4))
        body = self.rfile.read(size)
        kind, version, number, name = struct.unpack(">hhih", body[:10])
        return kind, version, number, body[10 + max(name, 0):]

    def answer(self, kind, version, number, body):
        if kind == VERSIONS:
            rows = b"".join(struct.pack(">hhhB", key, *known, 0) for key, known in KNOWN.items())
            answer = struct.pack(">hB", 0, len(KNOWN) + 1) + rows + struct.pack(">iB", 0, 0)
        elif kind == HANDSHAKE:
            self.mechanism = body[2:].decode()
            answer = struct.pack(">hi", 0, len(HASHES)) + b"".join(text(name) for name in HASHES)
        elif kind == AUTHENTICATE:
            said = self.first(body[4:].decode()) if not hasattr(self, "bare") else self.last(body[4:].decode())
            answer = struct.pack(">hh", *((0, -1) if said else (58, -1))) + data((said or "").encode())
            answer += struct.pack(">q", 0) if version else b""
        else:
            raise OSError("the login is over")
        self.wfile.write(data(struct.pack(">i", number) + answer))

    def first(self, message):
        self.bare = message.removeprefix("n,,")
        self.user, nonce = (part[2:] for part in self.bare.split(","))
        self.salt = os.urandom(16)
        self.challenge = f"r={nonce}{os.urandom(8).hex()},s={base64.b64encode(self.salt).decode()},i=4096"
        return self.challenge

    def last(self, message):
        """The server's signature where the client's proof is right, by RFC 5802."""
        kind = HASHES[self.mechanism]
        without_proof, proof = message.rsplit(",p=", 1)
        assert without_proof.endswith(self.challenge.split(",")[0].removeprefix("r="))
        salted = hashlib.pbkdf2_hmac(kind().name, self.server.passwords.get(self.user, "").encode(), self.salt, 4096)
        signed = ",".join((self.bare, self.challenge, without_proof)).encode()
        client_key = hmac.digest(salted, b"Client Key", kind)
        signature = hmac.digest(kind(client_key).digest(), signed, kind)
        if base64.b64decode(proof) != bytes(a ^ b for a, b in zip(client_key, signature)):
            return None
        self.server.logins.append((self.mechanism, self.user))
        return "v=" + base64.b64encode(hmac.digest(hmac.digest(salted, b"Server Key", kind), signed, kind)).decode()


class ScramBroker(socketserver.ThreadingTCPServer):
    """Listens with TLS on 127.0.0.1, in threads of its own."""

    daemon_threads = True

    def __init__(self, certificate, key, passwords):
        super().__init__(("127.0.0.1", 0), Login)
        self.passwords, self.logins = passwords, []
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(certificate, key)
        self.socket = trust.wrap_socket(self.socket, server_side=True)
        self.brokers = f"localhost:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()
