"""What operators see of the WebSocket server: metrics, readiness, the monitor, and never a secret."""

import asyncio
import contextlib
import json
import re
import unittest
import uuid

import websockets

from raw_client import Raw, request
from stack import OPEN_DOORS, ROOT, token, until
from wire import RUN, STACK, Client, WireTest, World, connect

def setUpModule():
    STACK.restart("wsserver", **OPEN_DOORS)


def tearDownModule():
    STACK.restart("wsserver")


def metrics():
    """series -> value."""
    text = STACK.health("wsserver", "/metrics")[1]
    return {name: float(value) for name, value in re.findall(r"^((?:duel|process)_\S+) (\S+)$", text, re.M)}


def total(series, *parts):
    return sum(value for name, value in series.items() if all(part in name for part in parts))


class Metrics(WireTest):
    async def test_they_count_what_happens(self):
        world = World("opmetrics")
        before = metrics()
        async with Client(f"/api/v2/ws/contest/{world.contest}", world.alice) as client:
            await client.until("LEADERBOARD_UPDATED")
            await client.send({"type": "ping"})
            await client.until("pong")
            world.trade()
            await client.until("PARTICIPANT_ACTIVITY")
            await client.send("no JSON")
            await client.until("ERROR")
            # Counted in the loop, told once a tick.
            await eventually(lambda: metrics()['duel_ws_connected{endpoint="v2_contest"}'] == 1, "it is connected")
        await eventually(lambda: total(metrics(), 'closes_total{code="1000"') > total(before, 'closes_total{code="1000"'), "it is closed")
        await asyncio.sleep(0.6)
        after = metrics()

        def more(*parts):
            return total(after, *parts) - total(before, *parts)

        self.assertEqual(more("attempts_total"), 1)
        self.assertEqual(more("accepts_total"), 1)
        self.assertEqual(more('messages_in_total{type="ping"'), 1)
        self.assertEqual(more('bytes_in_total{type="ping"'), len(json.dumps({"type": "ping"})))
        self.assertEqual(more('messages_in_total{type="malformed"'), 1)
        self.assertEqual(more('messages_out_total{type="ERROR"'), 1)
        self.assertEqual(more('errors_total{code="MALFORMED_JSON"'), 1)
        self.assertEqual(more('closes_total{code="1000"'), 1)
        self.assertGreaterEqual(more("messages_out_total"), len(client.messages))
        self.assertGreaterEqual(more("bytes_out_total"), sum(len(raw.encode()) for raw in client.raw))
        self.assertEqual(more("deliveries_total"), more("messages_out_total") + more("dropped_total", "closed"))
        self.assertEqual(more("snapshots_total"), more("snapshot_subscribers_total"))
        self.assertEqual(more("snapshots_total"), 1)
        self.assertEqual(more('resumes_total{outcome="none"'), 1)
        for histogram in ("latency", "feed_to_hub", "hub_to_socket", "tls_handshake", "loop_delay"):
            self.assertGreater(more(f"duel_ws_{histogram}_seconds_count"), 0, histogram)
        self.assertGreater(after["process_resident_memory_bytes"], 1e6)

    def test_what_the_documents_name_is_there(self):
        named = set(re.findall(r"`(duel_ws_\w+)", (ROOT / "docs/operations.md").read_text()))
        self.assertGreater(len(named), 25)
        source = "".join(path.read_text() for path in (ROOT / "wsserver").glob("meters.?pp"))
        seen = metrics()
        self.assertEqual({name for name in named if f'"{name}"' not in source
                          and not any(series.startswith(name) for series in seen)}, set())


class Monitor(WireTest):
    async def test_an_admin_sees_and_closes_connections(self):
        async with Client("/api/v2/ws/market", f"seen-{RUN}", symbols="A") as seen:
            async with Client("/api/v2/ws/monitor", "boss", role="admin") as boss:
                self.assertEqual((await boss.receive())["type"], "MONITOR_SNAPSHOT")
                await boss.send({"type": "FILTER", "wallet": f"seen-{RUN}", "endpoint": "v2_market"})
                found = (await boss.until("MONITOR_SNAPSHOT"))["data"]
                self.assertEqual((found["matching"], found["connections"][0]["state"]), (1, "open"))
                stats = (await boss.until("MONITOR_STATS"))["data"]
                self.assertEqual(stats["connections"]["v2_monitor"], 1)
                await seen.send({"type": "dance"})
                error = await boss.until(lambda m: m["type"] == "MONITOR_EVENT" and m["data"]["event"] == "error")
                self.assertEqual(error["data"]["code"], "UNKNOWN_MESSAGE")
                await boss.send({"type": "CLOSE_CONNECTION", "id": found["connections"][0]["id"]})
                await boss.until("CONNECTION_CLOSING")
                gone = await boss.until(lambda m: m["type"] == "MONITOR_EVENT" and m["data"]["event"] == "disconnected")
                self.assertEqual((gone["data"]["close_code"], gone["data"]["wallet"]), (1008, f"seen-{RUN}"))
                await asyncio.wait_for(seen.socket.wait_closed(), 5)
                self.assertEqual(seen.socket.close_code, 1008)
                await boss.send({"type": "CLOSE_CONNECTION", "id": "abcdef"})
                self.assertEqual((await boss.until("ERROR"))["error"]["code"], "INVALID_FIELD")

    async def test_others_may_not(self):
        async with Client("/api/v2/ws/monitor", "nobody") as client:
            self.assertEqual((await client.until("ERROR"))["error"]["code"], "FORBIDDEN")
            await asyncio.wait_for(client.socket.wait_closed(), 5)


async def eventually(condition, what):
    await asyncio.to_thread(until, condition, 20, what)


class Readiness(WireTest):
    async def status(self, socket, wanted, seconds=30):
        while True:
            message = json.loads(await asyncio.wait_for(socket.recv(), seconds))
            if message["type"] == "SERVER_STATUS_UPDATE" and message["data"]["status"] == wanted:
                return

    async def test_postgres_away_is_told_and_clients_stay(self):
        async with connect("/api/v69/ws/monitor") as socket:
            await self.status(socket, "online")
            pid = STACK.pid("postgres")
            STACK.kill("postgres")
            try:
                await self.status(socket, "maintenance")
                STACK.until_ready("wsserver", ready=False)
            finally:
                STACK.restart("postgres")
            self.assertNotEqual(STACK.pid("postgres"), pid)
            await self.status(socket, "online")
            STACK.until_ready("wsserver")


class Secrets(WireTest):
    async def test_secrets_are_nowhere(self):
        """Wherever a client can put a secret, it is in no log, no metric and no answer."""
        secrets = {place: f"s3cret{place}{uuid.uuid4().hex}" for place in
                   ("query", "otherquery", "protocol", "own", "message", "field", "json", "header", "cookie", "reason", "origin", "path")}
        valid = token(STACK, f"w-{RUN}", jti=secrets["field"])
        answers = []

        async def talk(socket, *messages):
            with contextlib.suppress(websockets.ConnectionClosed):
                for message in messages:
                    await socket.send(message)
            try:
                while True:
                    answers.append(await asyncio.wait_for(socket.recv(), 0.7))
            except (asyncio.TimeoutError, websockets.ConnectionClosed):
                pass
            answers.append(socket.close_reason or "")

        bad = json.dumps({"type": "authenticate", "token": secrets["message"]})
        for path, protocols, query in [
                ("/api/v69/ws/portfolio", (), {"token": secrets["query"]}), ("/api/v69/ws/market-data", (), {"token": secrets["query"]}),
                ("/api/v2/ws", (), {"token": secrets["query"]}), ("/api/v2/ws/market", (), {"symbols": "A", "token": secrets["query"]}),
                ("/api/v2/ws/market", (valid,), {"symbols": "A", "password": secrets["otherquery"]}),
                ("/api/v2/ws", (secrets["protocol"],), {}), ("/api/v2/ws", ("duel.v2", secrets["own"]), {}),
                ("/api/v69/ws/market-data", (secrets["protocol"],), {}), ("/api/v2/ws", (valid,), {})]:
            async with connect(path, *protocols, **query) as socket:
                await talk(socket, bad, '{"type":"authenticate","token":"%s"' % secrets["json"], f'"{secrets["json"]}"',
                           json.dumps({"type": "ping", "token": secrets["field"]}))
                await socket.close(1000, secrets["reason"])
        for line in ("GET /api/v2/ws?token=%s%%zz HTTP/1.1" % secrets["query"], "GET /none?token=%s HTTP/1.1" % secrets["query"],
                     "POST /api/v69/ws/portfolio?token=%s HTTP/1.1" % secrets["query"], "GET /%s HTTP/1.1" % secrets["path"]):
            raw = await Raw.connect()
            raw.writer.write(request(line, more=f"Authorization: Bearer {secrets['header']}\r\nCookie: a={secrets['cookie']}\r\n",
                                     Origin=f"https://{secrets['origin']}.example"))
            answers.append((await asyncio.wait_for(raw.reader.read(65536), 5)).decode())
            raw.writer.close()
        await asyncio.sleep(0.6)
        places = {"log": STACK.said("wsserver"), "metrics": STACK.health("wsserver", "/metrics")[1], "answers": "\n".join(answers)}
        self.assertIn("AUTHENTICATION_FAILED", places["answers"])
        self.assertIn("refused a token of", places["log"])
        hidden = [*secrets.values(), *valid.split(".")[1:]]
        self.assertEqual([(place, secret) for place, text in places.items() for secret in hidden if secret in text], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
