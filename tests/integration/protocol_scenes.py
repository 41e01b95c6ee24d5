"""Scenes that make the server say everything that docs/protocol.md shows, with the numbers of its examples."""

import asyncio
import base64
import re

import protocol_page as page
from protocol_stage import CLOSES, Socket, announce, breaker, happen, ticks, trade


def cursor_parts(cursor):
    """Its version, epoch, seq and channel."""
    return base64.urlsafe_b64decode(cursor + "===").decode().split("|", 3)


async def arrive():
    """The first of all: the server has a client and an admin and nobody else."""
    client = await Socket("/api/v2/ws/market", "w1", "b", ip="10.0.0.1", symbols="SOL").__aenter__()
    for _ in range(3):
        await client.send({"type": "ping"})
        await client.until("pong")
    await asyncio.sleep(2)   # until it is known that the client is in
    admin = await Socket("/api/v2/ws/monitor", "admin", "b", role="admin", ip="10.0.0.2").__aenter__()
    await admin.until("MONITOR_SNAPSHOT")
    return client, admin


async def watching(client, admin):
    await admin.until("MONITOR_STATS")
    for _ in range(2):
        await client.send({"kind": "no type"})
    await admin.until("MONITOR_STATS", lambda m: m["data"]["errors"])
    await admin.say("FILTER")
    shown = (await admin.until("MONITOR_SNAPSHOT"))["data"]
    assert (shown["matching"], shown["connections"]) == (0, []), shown
    await client.socket.close()
    await admin.until("MONITOR_EVENT", lambda m: m["data"].get("close_code") == 1000)
    CLOSES.add(client.socket.close_code)
    for kind in ("FILTER", "CLOSE_CONNECTION"):
        await admin.spoil(kind)
    await admin.send({"type": "FILTER"})
    async with Socket("/api/v2/ws/market", "w1", "b", ip="10.0.0.3", symbols="SOL") as other:
        event = await admin.until("MONITOR_EVENT", lambda m: (m["data"]["event"], m["data"]["ip"]) == ("connected", "10.0.0.3"))
        await admin.say("CLOSE_CONNECTION", **{"100000002": event["data"]["id"]})
        await admin.until("CONNECTION_CLOSING", lambda m: m["data"]["id"] == event["data"]["id"])
        assert await other.closed() == 1008


async def duel():
    folio = Socket("/api/v2/ws/portfolio", "w1", contest_id="c1")
    board = Socket("/api/v2/ws/contest/c1", "w1", top=1)
    async with folio, board:
        start = await board.until("SUBSCRIBED")
        await folio.until("PORTFOLIO_UPDATED", lambda m: m["data"]["tokens"])
        await board.until("LEADERBOARD_UPDATED", lambda m: len(m["data"]["leaderboard"]) == 1)
        happen("a", trade(3, "w1", "buy", "1.5", "SOL", "100"))
        await folio.until("TRADE_EXECUTED")
        await board.until("PARTICIPANT_ACTIVITY")
        ticks("a", ("SOL", "101.5", {"size": "1", "side": "buy"}))
        await folio.until("PRICE_UPDATED", lambda m: m["data"]["change_24h"] != 0)
        await folio.until("PORTFOLIO_UPDATED", lambda m: m["data"]["total_value"] == 1003)
        await board.until("LEADERBOARD_UPDATED", lambda m: m["data"]["leaderboard"][0]["portfolio_value"] == 1003)
        async with Socket("/api/v2/ws/contest/c1", "w2", mode="diff") as changes:
            await changes.until("LEADERBOARD_UPDATED", lambda m: m["mode"] == "snapshot")
            happen("a", {"type": "participant_left", "contest_id": "c1", "wallet_address": "w3", "username": "cy"},
                   trade(4, "w2", "buy", "1", "SOL", "100.5"))
            await changes.until("LEADERBOARD_UPDATED", lambda m: m["mode"] == "diff" and m["data"]["removed"])
        happen("a", trade(5, "w1", "buy", "1", "BTC", "2"))
        await folio.until("PORTFOLIO_UPDATED", lambda m: len(m["data"]["tokens"]) == 2)
        async with Socket("/api/v2/ws/portfolio", "w1", mode="diff", contest_id="c1") as changes:
            await changes.until("PORTFOLIO_UPDATED", lambda m: m["mode"] == "snapshot")
            happen("a", trade(6, "w1", "sell", "1", "BTC", "4"), trade(7, "w1", "buy", "3", "ETH", "1"))
            await changes.until("PORTFOLIO_UPDATED", lambda m: m["mode"] == "diff" and m["data"]["removed"])
    await many(start["cursor"])


async def many(cursor):
    async with Socket("/api/v2/ws", "w1") as socket:
        await socket.say("SUBSCRIBE", **{"MXw0NDY2…": cursor})
        for channel, recovery in (("market:SOL", "none"), ("contest:c1", "replayed"), ("portfolio", "none"),
                                  ("portfolio:c1", "none")):
            await socket.until("SUBSCRIBED", lambda m: (m["channel"], m["recovery"]) == (channel, recovery))
        for channel in ("portfolio", "portfolio:c1"):
            await socket.until("PORTFOLIO_UPDATED", lambda m: (m["channel"], m["mode"]) == (channel, "snapshot"))
        for interval in ("1m", "1h"):
            await socket.until("MARKET_VOLUME", lambda m: m["data"]["interval"] == interval)
        await socket.say("UNSUBSCRIBE")
        await socket.until("UNSUBSCRIBED", lambda m: m["channel"] == "market:SOL")
        await socket.spoil("SUBSCRIBE")
        await socket.spoil("UNSUBSCRIBE")


async def portfolios():
    async with Socket("/api/v2/ws/portfolio", "w1") as own, Socket("/api/v69/ws/portfolio", "w1") as old, \
            Socket("/api/v2/ws/portfolio", "admin", role="admin", wallet="w1", contest_id="c1") as admin:
        for socket, channel in ((own, "portfolio"), (old, "portfolio"), (admin, "portfolio:c1")):
            await socket.until("PORTFOLIO_UPDATED", lambda m: m["channel"] == channel)
        await own.until("SUBSCRIBED", lambda m: m["channel"] == "portfolio:c1")


async def market():
    async with Socket("/api/v2/ws/market", "w1", "m", symbols="SOL,BTC", intervals="1m,1h") as socket:
        for interval in ("1m", "1h"):
            await socket.until("MARKET_VOLUME", lambda m: m["data"]["interval"] == interval)
        for kind in ("MARKET_PRICE", "MARKET_SENTIMENT"):
            await socket.until(kind)
        await socket.until("SUBSCRIBED", lambda m: m["channel"] == "market:BTC")


async def tokens():
    async with Socket("/api/v69/ws/token-data", None, "m") as socket:
        await socket.say("get_all_tokens")
        await socket.until("token_update")
        await socket.say("subscribe_tokens")
        for kind in ("tokens_subscribed", "token_metadata", "token_data"):
            await socket.until(kind, lambda m: "SOL" in m.get("symbols", [m.get("symbol")]))
        await socket.say("unsubscribe_tokens")
        await socket.until("tokens_unsubscribed", lambda m: m["symbols"] == ["SOL"])
        await socket.spoil("subscribe_tokens")
        await socket.spoil("unsubscribe_tokens")


async def older_messages():
    async with Socket("/api/v69/ws/contest", "w1") as rooms, Socket("/api/v69/ws/market-data") as prices:
        await rooms.say("JOIN_ROOM")
        await rooms.until("LEADERBOARD_UPDATED")
        await rooms.say("LEAVE_ROOM")
        await rooms.until("UNSUBSCRIBED", lambda m: m["channel"] == "contest:c1" and m["seq"])
        await prices.say("subscribe")
        for channel in ("market:SOL", "market:BTC"):
            await prices.until("SUBSCRIBED", lambda m: m["channel"] == channel)
        await prices.until("MARKET_PRICE")
        await prices.say("unsubscribe")
        await prices.until("UNSUBSCRIBED", lambda m: m["channel"] == "market:BTC")
        for socket, kinds in ((rooms, ("JOIN_ROOM", "LEAVE_ROOM")), (prices, ("subscribe", "unsubscribe"))):
            for kind in kinds:
                await socket.spoil(kind)
        await prices.send({"type": "dance"})
        await prices.until("error", lambda m: m["originalType"] == "dance")
    async with Socket("/api/v69/ws/contest/nope", "w1") as socket:
        await socket.until("error", lambda m: m["code"] == "UNKNOWN_CONTEST")


async def tokens_by_message():
    async with Socket("/api/v69/ws/market-data") as old, Socket("/api/v2/ws") as new:
        await old.until("connection_status", lambda m: not m["authenticated"])
        await old.send({"type": "authenticate", "token": "nonsense"})
        await old.until("authentication_result", lambda m: m["status"] == "failed")
        await old.say("authenticate")
        await old.until("authentication_result", lambda m: m["status"] == "success")
        await old.until("connection_status", lambda m: m["authenticated"])
        await old.spoil("authenticate")
        await new.fails({"type": "SUBSCRIBE", "channels": ["market:SOL"]})
        await new.say("authenticate")
        await new.until("AUTHENTICATED")
        await new.spoil("authenticate")


async def announcements():
    async with Socket("/api/v69/ws/monitor") as socket, Socket("/api/v2/ws/test/market", "w1") as simulated:
        await socket.until("SERVER_STATUS_UPDATE")
        await simulated.until("SUBSCRIBED")
        try:
            announce("maintenance", "back at noon")
            for one in (socket, simulated):
                await one.until("SERVER_STATUS_UPDATE", lambda m: m["data"]["message"] == "back at noon")
            async with Socket("/api/v2/ws/test/contest", "w1") as late:
                await late.until("SERVER_STATUS_UPDATE", lambda m: m["data"]["message"] == "back at noon")
                assert late.messages[0]["type"] == "SUBSCRIBED", late.messages[0]
        finally:
            announce("online", "here we are")
        for one in (socket, simulated):
            await one.until("SERVER_STATUS_UPDATE", lambda m: m["data"]["message"] == "here we are")


async def breakers():
    breaker("closed", 0)   # the one before may be too old by now
    async with Socket("/api/v69/ws/circuit-breaker", "admin", role="admin") as socket:
        async def told(kind, *conditions, seconds=10):
            await socket.until(kind, lambda m: m["service"] == "binance", *conditions, seconds=seconds)

        await told("health:update", lambda m: m["data"]["status"] == "healthy")
        breaker("open", 5, last_error="connection refused")
        await told("breaker:trip")
        breaker("closed", 0)
        await told("breaker:reset")
        breaker("closed", 0, delay_ms=31)
        await told("metrics:update", lambda m: m["data"]["metrics"]["latency"] == 31)
        await told("health:update", lambda m: m["data"]["status"] == "degraded", seconds=30)   # nothing more is heard of it


async def resumptions():
    async with Socket("/api/v2/ws/contest/c1", "w1", "r") as socket:
        begin = (await socket.until("SUBSCRIBED"))["cursor"]
        happen("r", *(trade(number, "w1", "buy", "1", "SOL", "1") for number in range(30)))
        for _ in range(30):
            end = (await socket.until("PARTICIPANT_ACTIVITY"))["cursor"]
    version, epoch, seq, channel = cursor_parts(begin)
    for cursor, answer in ((end, ("replayed", None)), (begin, ("snapshot", "too_old")),
                           ("nonsense", ("snapshot", "invalid_cursor")),
                           (f"{version}|{'0' * 16}|{seq}|{channel}", ("snapshot", "epoch_changed")),
                           (f"{version}|{epoch}|{10**9}|{channel}", ("snapshot", "ahead_of_server"))):
        if "|" in cursor:
            cursor = base64.urlsafe_b64encode(cursor.encode()).rstrip(b"=").decode()
        async with Socket("/api/v2/ws/contest/c1", "w1", "r", since=cursor) as socket:
            found = await socket.until("SUBSCRIBED")
            assert (found["recovery"], found.get("reason")) == answer, (found, answer)


async def simulations():
    prices = {}
    for seed, name in ((3, "one"), (3, "same"), (4, "other")):
        async with Socket("/api/v2/ws/test/market", f"w-{name}", rate=20, seed=seed) as socket:
            for _ in range(4):
                await socket.until("MARKET_PRICE")
            for kind in ("MARKET_VOLUME", "MARKET_SENTIMENT"):
                await socket.until(kind)
            prices[name] = {m["seq"]: m["data"]["price"] for m in socket.messages if m["type"] == "MARKET_PRICE"}
    assert prices["one"].items() & prices["same"].items() and prices["one"].items() != prices["other"].items(), prices
    assert all(prices["same"].get(seq, price) == price for seq, price in prices["one"].items()), prices
    async with Socket("/api/v2/ws/test/contest", "w1", rate=1000) as socket, \
            Socket("/api/v2/ws/test/portfolio", "w1", rate=50) as folio:
        await socket.until("SUBSCRIBED", lambda m: m.get("reason") == "epoch_changed")
        for kind in ("PARTICIPANT_ACTIVITY", "LEADERBOARD_UPDATED", "CONTEST_UPDATED"):
            await socket.until(kind)
        for kind in ("TRADE_EXECUTED", "PORTFOLIO_UPDATED", "PRICE_UPDATED"):
            await folio.until(kind)


async def two_ways():
    """The addresses and subprotocols of the page's JavaScript, with what its comments say."""
    [block] = re.findall(r"^```js\n(.*?)^```$", page.PAGE, re.M | re.S)
    found = re.findall(r'^new WebSocket\("wss://localhost:\d+(/[^"?]+)\?symbols=(\w+)", (.*)\); +// (.*)$', block, re.M)
    assert len(found) == 2, block
    for path, symbols, offer, comment in found:
        own = {"token": False, '["duel.v2", token]': True}[offer]
        async with Socket(path, "w1", "m", own=own, symbols=symbols) as socket:
            await socket.until("MARKET_PRICE")
            echoed = {socket.bearer: "echoed, as browsers require", "duel.v2": "duel.v2 is echoed, the token is not"}
            assert echoed[socket.socket.subprotocol] == comment, (socket.socket.subprotocol, comment)


async def silence(socket):
    """The server's own ping comes after 30 s; a pong is taken without a word."""
    await socket.say("ping")
    await socket.until("pong")
    await socket.say("pong")
    await socket.until("ping", seconds=60)
    assert not [message for message in socket.messages if message["type"] == "error"]


ALL = (duel, portfolios, market, tokens, older_messages, tokens_by_message, announcements, breakers, resumptions, simulations,
       two_ways)
