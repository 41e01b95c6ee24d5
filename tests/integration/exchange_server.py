"""Exchanges on this machine: they speak TLS and WebSocket, answer subscriptions, and misbehave when told to."""

import asyncio
import datetime
import ipaddress
import json
import ssl
import tempfile
import threading

import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Makes certificates in a folder of its own, which ends with it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="duel-exchanges-")
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "exchanges of a test")])
        self.certificate = self._sign(self.name, self.key.public_key(), 1, x509.BasicConstraints(ca=True, path_length=0))
        self.asked_for = []   # names of servers, by clients that said one
        self.ca = self._write("ca", [self.certificate.public_bytes(serialization.Encoding.PEM)])

    def context(self, host="localhost", days=1):
        """TLS of a server with a certificate for that host, valid for so many days; below 0: expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)] + [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] * (host == "localhost"))
        certificate = self._sign(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key.public_key(), days, names)
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = self._write(f"{host}{days}", [secret, certificate.public_bytes(serialization.Encoding.PEM)])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.sni_callback = lambda socket, name, _: self.asked_for.append(name)
        return context

    def _sign(self, subject, key, days, extension):
        now = datetime.datetime.utcnow()
        begins = now - datetime.timedelta(days=2)
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key)
                .serial_number(x509.random_serial_number()).not_valid_before(begins)
                .not_valid_after(now + datetime.timedelta(days=days)).add_extension(extension, critical=False)
                .sign(self.key, hashes.SHA256()))

    def _write(self, name, parts):
        path = f"{self.folder.name}/{name}.pem"
        with open(path, "wb") as file:
            file.writelines(parts)
        return path


def answer(exchange, text):
    """What an exchange says to one message."""
    if text == "ping":
        return ["pong"]
    message = json.loads(text)
    match exchange:
        case "binance" | "binance_usdm":
            listing = message["method"] == "LIST_SUBSCRIPTIONS"
            return [json.dumps({"result": [] if listing else None, "id": message["id"]})]
        case "bitstamp" if message["event"] == "bts:heartbeat":
            return [json.dumps({"event": "bts:heartbeat", "data": {"status": "success"}})]
        case "bitstamp":
            return [json.dumps({"event": "bts:subscription_succeeded", "channel": message["data"]["channel"], "data": {}})]
        case "coinbase":
            return [json.dumps({"type": "subscriptions", "channels": [{"name": message["channels"][0]}]})]
        case "coinbase_advanced":
            return [json.dumps({"channel": "subscriptions", "events": [
                {"subscriptions": {message["channel"]: message.get("product_ids", ["heartbeats"])}}]})]
        case "kraken":
            return [json.dumps({"event": "subscriptionStatus", "status": "subscribed", "pair": pair}) for pair in message["pair"]]
        case "kraken_v2":
            return [json.dumps({"method": "subscribe", "success": True, "result": message["params"]})]
        case "okx":
            return [json.dumps({"event": "subscribe", "arg": argument}) for argument in message["args"]]


REFUSALS = {"binance": {"error": {"code": 2, "msg": "no such stream"}, "id": 1},
            "bitstamp": {"event": "bts:error", "data": {"message": "no such channel"}},
            "coinbase": {"type": "error", "message": "no such product"},
            "coinbase_advanced": {"type": "error", "message": "no such product"},
            "kraken": {"event": "subscriptionStatus", "status": "error", "errorMessage": "no such pair"},
            "kraken_v2": {"method": "subscribe", "success": False, "error": "no such pair"},
            "okx": {"event": "error", "code": "60018", "msg": "no such instrument"}}
HEARTBEATS = {"coinbase": {"type": "heartbeat", "product_id": "BTC-USD"}, "kraken": {"event": "heartbeat"},
              "kraken_v2": {"channel": "heartbeat"}, "coinbase_advanced": {"channel": "heartbeats", "events": []}}


class ExchangeServer:
    """One exchange in a thread of its own. `mode` is `well`, `silent`, `closing`, `huge`, `refusing`, `deaf` (heartbeats
    and nothing else) or `saying` (only what is in `said`, again and again); it may change at any time. Markets in
    `unknown` are refused."""

    def __init__(self, exchange, tls, mode="well"):
        self.exchange, self.tls, self.mode = exchange, tls, mode
        self.received, self.connections, self.compressed = [], 0, False
        self.said, self.unknown = ["{}"], set()
        self._sockets = set()
        self._loop = asyncio.new_event_loop()
        self._stopping = None
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self):
        return f"wss://localhost:{self.port}/ws"

    def send(self, *frames):
        """To every client, in order."""
        asyncio.run_coroutine_threadsafe(self._send(frames), self._loop).result(60)

    def replay(self, frames):
        """Frames with the microseconds of their arrival, at the pace at which they were recorded."""
        asyncio.run_coroutine_threadsafe(self._replay(frames), self._loop).result(120)

    def cut(self):
        """Ends every connection without a word."""
        self._loop.call_soon_threadsafe(lambda: [socket.transport.abort() for socket in list(self._sockets)])

    async def _send(self, frames):
        for socket in list(self._sockets):
            for frame in frames:
                await socket.send(frame)

    async def _replay(self, frames):
        began = self._loop.time() - frames[0][0] / 1e6
        for at, frame in frames:
            await asyncio.sleep(began + at / 1e6 - self._loop.time())
            await self._send([frame])

    def _run(self, ready):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(ready))

    async def _serve(self, ready):
        self._stopping = asyncio.Event()
        async with websockets.serve(self._meet, "127.0.0.1", 0, ssl=self.tls, max_size=None, close_timeout=1) as server:
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await self._stopping.wait()

    async def _meet(self, socket):
        self.connections += 1
        self.compressed = bool(socket.extensions)
        self._sockets.add(socket)
        beating = asyncio.ensure_future(self._beat(socket))
        try:
            if self.mode == "closing":
                return
            if self.mode == "huge":
                await socket.send('{"x":"' + "x" * 10_000_000 + '"}')
            async for text in socket:
                self.received.append(text)
                if self.mode == "refusing":
                    await socket.send(json.dumps(REFUSALS[self.exchange]))
                if self.mode == "well":
                    for line in answer(self.exchange, text):
                        refused = self.exchange == "kraken" and json.loads(line)["pair"] in self.unknown
                        await socket.send(json.dumps(REFUSALS["kraken"] | {"pair": json.loads(line)["pair"]}) if refused else line)
        except websockets.ConnectionClosed:
            pass
        finally:
            beating.cancel()
            self._sockets.discard(socket)

    async def _beat(self, socket):
        while True:
            if self.mode in ("well", "deaf") and self.exchange in HEARTBEATS:
                await socket.send(json.dumps(HEARTBEATS[self.exchange]))
            if self.mode == "saying":
                for line in self.said:
                    await socket.send(line)
            await asyncio.sleep(0.1)
