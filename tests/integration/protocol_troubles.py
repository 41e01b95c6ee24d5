"""Scenes of docs/protocol.md in which something is wrong: every error, every close, every refusal."""

import asyncio

import protocol_page as page
from protocol_stage import CLOSES, STATUSES, Socket, ours
from raw_client import Raw, frame, request
from stack import token
from wire import RUN, STACK


async def errors():
    def forged(**claims):
        return token(STACK, "w9", **claims)

    for path, more, said in (
            ("/api/v2/ws/portfolio", {}, ()),
            ("/api/v2/ws/portfolio", {"bearer": forged(secret="guessed")}, ()),
            ("/api/v2/ws/portfolio", {"bearer": forged(ttl=-60)}, ()),
            ("/api/v2/ws/portfolio", {"who": "w1", "scene": "e", "ttl": 6}, ()),
            ("/api/v2/ws/monitor", {"who": "w1"}, ()),
            ("/api/v2/ws", {"who": "w1"}, ({"type": "authenticate", "token": forged()},)),
            ("/api/v2/ws/market", {"who": "w1"}, ()),
            ("/api/v2/ws", {"who": "w1"}, ({"type": "SUBSCRIBE", "channels": ["contest:nope"]},)),
            ("/api/v2/ws", {"who": "w1"}, ({"type": "SUBSCRIBE", "channels": ["nonsense"]},)),
            ("/api/v2/ws", {"who": "w1"}, ({"type": "SUBSCRIBE", "channels": [f"market:{n}" for n in range(101)]},)),
            ("/api/v2/ws", {"who": "w1"}, ({"type": "dance"},)),
            ("/api/v2/ws", {"who": "w2"}, ("{",)),
            ("/api/v2/ws", {"who": "w2"}, ("{",) * 10),
            ("/api/v2/ws", {"who": "w2"}, ({"type": "ping"},) * 45)):
        if ttl := more.pop("ttl", None):
            more = {"bearer": token(STACK, ours("w1", "e"), ttl=ttl)}
        async with Socket(path, **more) as socket:
            if ttl:
                await socket.until("TOKEN_EXPIRING")
            await socket.fails(*said)
    async with Socket("/api/v2/ws/test/errors", "w1") as socket:
        await socket.say("error")
        await socket.until("ERROR", lambda m: m["error"]["code"] == "UNKNOWN_CONTEST")
        await socket.spoil("error")
        await socket.spoil("close")
        for code in page.codes().values():
            await socket.send({"type": "error", "code": code})
            await socket.until("ERROR", lambda m: m["error"]["code"] == code)
            await asyncio.sleep(0.05)
        await socket.say("close")
        assert await socket.closed() == 4408
    for code in page.close_codes():
        async with Socket("/api/v2/ws/test/errors", f"w{code}") as socket:
            await socket.send({"type": "close", "code": code})
            assert await socket.closed() == code, code


async def breaches():
    """What a browser never sends."""
    for code, sent in ((1002, frame(1, b"{}", masked=False)), (1003, frame(2, b"{}")), (1007, frame(1, b"\xff")),
                       (1009, frame(1, b" " * 70_000))):
        raw = await (await Raw.connect()).upgrade("/api/v2/ws/market", f"raw{code}-{RUN}", symbols="A")
        raw.writer.write(sent)
        CLOSES.add(await raw.close_code())
        raw.close()


async def refusals():
    for sent in (request(more="Content-Length: 5\r\n", after=b"hello"), request("POST /api/v2/ws HTTP/1.1"),
                 request(Sec_WebSocket_Version="12"), request(more="X-Long: " + "x" * 20_000 + "\r\n"),
                 request(Origin="https://elsewhere.example"), request("GET /nothing HTTP/1.1"),
                 *[request(more="X-Forwarded-For: 10.9.9.9\r\n")] * 11):
        raw = await Raw.connect()
        raw.writer.write(sent)
        head, _, body = (await asyncio.wait_for(raw.reader.read(65_536), 10)).partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        if status != 101:
            STATUSES[status] = head.decode(), page.parse(body.decode())
        raw.close()


async def slow_reader(admin):
    raw = await (await Raw.connect(receive_buffer=4_096)).upgrade("/api/v2/ws/test/portfolio", f"sleepy-{RUN}", rate=1000)
    raw.writer.transport.pause_reading()
    await admin.until("MONITOR_EVENT", lambda m: m["data"]["event"] == "slow", seconds=15)
    end = await admin.until("MONITOR_EVENT", lambda m: "close_code" in m["data"] and m["data"].get("wallet") == f"sleepy-{RUN}",
                            seconds=15)
    CLOSES.add(end["data"]["close_code"])
    raw.close()


async def no_answer():
    """The read model is there, but says nothing."""
    with STACK.connection(admin=True) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE duel.contests")
        async with Socket("/api/v2/ws/contest/c1", "w3", "n") as socket:
            await socket.fails()
        blocker.rollback()


async def restart():
    async with Socket("/api/v2/ws", "w1") as new, Socket("/api/v69/ws/market-data") as old:
        restarting = asyncio.create_task(asyncio.to_thread(STACK.restart, "wsserver"))
        for socket in (new, old):
            await socket.until("SERVER_SHUTDOWN")
            await socket.closed()
        assert (new.socket.close_code, old.socket.close_code) == (1012, 1001)
        await restarting


ALL = (errors, breaches, refusals)
