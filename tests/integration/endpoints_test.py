"""The endpoints beside those of one channel each: every channel on one socket, and the older generation."""

import asyncio
import json
import unittest

import websockets

from stack import token
from wire import RUN, STACK, Client, WireTest, World, connect, iso


class Multiplexed(WireTest):
    async def test_every_channel_on_one_socket(self):
        world = World("mux")
        world.tick("2")
        STACK.settle()
        contest, market, portfolio = f"contest:{world.contest}", f"market:{world.symbol}", f"portfolio:{world.contest}"
        async with Client("/api/v2/ws", world.alice) as client:
            await client.send({"type": "SUBSCRIBE", "channels": [contest, market, portfolio, "portfolio"], "top": 1})
            for _ in range(4):
                self.assertEqual((await client.until("SUBSCRIBED"))["recovery"], "none")
            world.trade()
            trade = await client.until("TRADE_EXECUTED")
            self.assertEqual(trade["channel"], portfolio)
            await client.until("PARTICIPANT_ACTIVITY")
            world.tick("3")
            await client.until(lambda m: m["type"] == "MARKET_PRICE" and m["data"]["price"] == 3)
            await client.until(lambda m: m["type"] == "PORTFOLIO_UPDATED" and m["channel"] == portfolio
                               and m["data"]["total_value"] == 1001)
            self.assert_shapes(client.messages, "PORTFOLIO_UPDATED", "LEADERBOARD_UPDATED", "CONTEST_UPDATED", "MARKET_VOLUME")

            await client.send({"type": "UNSUBSCRIBE", "channels": [contest, market, "portfolio", portfolio]})
            for _ in range(4):
                gone = await client.until("UNSUBSCRIBED")
            self.assertEqual(gone["channel"], portfolio)
            world.trade()
            world.trade()
            STACK.settle()
            count = len(client.messages)
            await client.send({"type": "SUBSCRIBE", "channels": [portfolio], "since": {portfolio: gone["cursor"]}})
            answer = await client.receive()
            self.assertEqual((count, answer["type"], answer["recovery"]), (len(client.messages) - 1, "SUBSCRIBED", "replayed"))
            trades = [await client.until("TRADE_EXECUTED") for _ in range(2)]
            self.assertEqual([t["data"]["trade_id"] for t in trades], ["t2", "t3"])
            self.assertEqual(trades[0]["prev_seq"], trade["seq"])

    async def test_errors_name_the_channel_and_the_others_are_followed(self):
        async with Client("/api/v2/ws") as client:
            await client.send({"type": "SUBSCRIBE", "channels": ["nonsense", f"contest:none-{RUN}", f"market:NONE{RUN}"]})
            errors = {}
            for _ in range(2):
                error = (await client.until("ERROR"))["error"]
                errors[error["details"]["channel"]] = error["code"]
            self.assertEqual(errors, {"nonsense": "UNKNOWN_CHANNEL", f"contest:none-{RUN}": "UNKNOWN_CONTEST"})
            if not any(m["type"] == "SUBSCRIBED" for m in client.messages):
                self.assertEqual((await client.until("SUBSCRIBED"))["channel"], f"market:NONE{RUN}")
            await client.send({"type": "SUBSCRIBE", "channels": [f"market:{n}" for n in range(100)]})
            error = (await client.until("ERROR"))["error"]
            self.assertEqual((error["code"], error["details"]["channel"]), ("TOO_MANY_SUBSCRIPTIONS", "market:99"))
            await client.send({"type": "SUBSCRIBE", "channels": []})
            self.assertEqual((await client.until("ERROR"))["error"]["code"], "INVALID_FIELD")


async def told(socket, wanted, seconds=15):
    """The next message of a type."""
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), seconds))
        if message["type"] == wanted:
            return message


async def say(socket, **message):
    await socket.send(json.dumps(message))


class Authentication(WireTest):
    async def assert_closed(self, socket, code=1008):
        await asyncio.wait_for(socket.wait_closed(), 5)
        self.assertEqual(socket.close_code, code)

    async def test_the_token_may_come_by_message(self):
        world = World("late")
        async with connect("/api/v2/ws") as socket:
            await say(socket, type="SUBSCRIBE", channels=["portfolio"])
            self.assertEqual((await told(socket, "ERROR"))["error"]["code"], "AUTHENTICATION_REQUIRED")
            await say(socket, type="authenticate", token=token(STACK, world.alice))
            self.assertEqual((await told(socket, "AUTHENTICATED"))["data"]["wallet_address"], world.alice)
            await say(socket, type="SUBSCRIBE", channels=[f"portfolio:{world.contest}"])
            self.assertEqual((await told(socket, "PORTFOLIO_UPDATED"))["data"]["total_value"], 1000)
        async with connect("/api/v69/ws/portfolio", contest_id=world.contest) as socket:
            status = await told(socket, "connection_status")
            self.assertEqual((status["status"], status["data"]), ("connected", {"status": "connected", "authenticated": False}))
            await say(socket, type="authenticate", token=token(STACK, world.alice))
            result = await told(socket, "authentication_result")
            self.assertEqual((result["status"], result["userId"], result["data"]["status"]), ("success", world.alice, "success"))
            self.assertEqual((await told(socket, "connection_status"))["status"], "authenticated")
            self.assertEqual((await told(socket, "PORTFOLIO_UPDATED"))["data"]["total_value"], 1000)

    async def test_a_bad_token_by_message_closes_a_protected_endpoint(self):
        async with connect("/api/v2/ws") as socket:
            await say(socket, type="authenticate", token="nonsense")
            self.assertEqual((await told(socket, "ERROR"))["error"]["code"], "AUTHENTICATION_FAILED")
            await self.assert_closed(socket)
        async with connect("/api/v69/ws/contest") as socket:
            await say(socket, type="authenticate", token=token(STACK, "late", ttl=-60))
            self.assertEqual((await told(socket, "authentication_result"))["status"], "failed")
            error = await told(socket, "error")
            self.assertEqual((error["code"], error["error"]), ("TOKEN_EXPIRED", error["message"]))
            await self.assert_closed(socket)

    async def test_a_token_in_the_query_counts_on_v69_and_is_in_no_log(self):
        world = World("query")
        mine = token(STACK, world.alice)
        async with connect("/api/v69/ws/portfolio", token=mine, contest_id=world.contest) as socket:
            self.assertEqual((await told(socket, "connection_status"))["data"]["userId"], world.alice)
            self.assertEqual((await told(socket, "PORTFOLIO_UPDATED"))["data"]["total_value"], 1000)
        async with connect("/api/v2/ws/portfolio", token=mine) as socket:
            self.assertEqual((await told(socket, "ERROR"))["error"]["code"], "AUTHENTICATION_REQUIRED")
            await self.assert_closed(socket)
        self.assertNotIn(mine.split(".")[1], STACK.said("wsserver"))

    async def test_a_bad_token_changes_nothing_where_everybody_may_look(self):
        for bad in ("hello", token(STACK, "x", ttl=-60)):
            async with connect("/api/v69/ws/market-data", bad) as socket:
                self.assertEqual((await told(socket, "connection_status"))["status"], "connected")
                self.assertEqual((await told(socket, "authentication_result"))["status"], "failed")
                await say(socket, type="authenticate", token="nonsense")
                self.assertEqual((await told(socket, "authentication_result"))["status"], "failed")
                await say(socket, type="authenticate", token=token(STACK, "reader"))
                self.assertEqual((await told(socket, "authentication_result"))["status"], "success")
                await say(socket, type="PING")
                await told(socket, "pong")


class Older(WireTest):
    async def test_symbols_come_and_go_on_market_data_without_a_token(self):
        world = World("oldmarket")
        world.tick("2")
        STACK.settle()
        async with connect("/api/v69/ws/market-data") as socket:
            await say(socket, type="subscribe", symbols=[world.symbol])
            self.assertEqual((await told(socket, "MARKET_PRICE"))["data"]["price"], 2)
            await say(socket, type="unsubscribe", symbols=[world.symbol])
            self.assertEqual((await told(socket, "UNSUBSCRIBED"))["channel"], f"market:{world.symbol}")
            await say(socket, type="dance")
            error = await told(socket, "error")
            self.assertEqual((error["code"], error["originalType"]), ("UNKNOWN_MESSAGE", "dance"))

    async def test_rooms_are_contests(self):
        world = World("room")
        mine = token(STACK, world.alice)
        async with connect("/api/v69/ws/contest", mine) as socket:
            await say(socket, type="JOIN_ROOM", contestId=world.contest)
            self.assertEqual((await told(socket, "CONTEST_UPDATED"))["data"]["contest_id"], world.contest)
            await say(socket, type="LEAVE_ROOM", contestId=world.contest)
            await told(socket, "UNSUBSCRIBED")
            await say(socket, type="JOIN_ROOM", contestId=f"none-{RUN}")
            error = await told(socket, "error")
            self.assertEqual((error["code"], error["details"]), ("UNKNOWN_CONTEST", f"contest:none-{RUN}"))
        async with connect(f"/api/v69/ws/contest/{world.contest}", mine) as socket:
            await told(socket, "LEADERBOARD_UPDATED")

    async def test_the_server_pings_in_json(self):
        async with connect("/api/v69/ws/market-data") as socket:
            self.assertEqual(set(await told(socket, "ping", 35)), {"type", "timestamp"})


class Notices(WireTest):
    def write_status(self, key, **fields):
        STACK.produce("status", [{"timestamp": iso()} | fields], key=key)

    async def test_tokens_and_their_prices(self):
        world = World("token")
        world.tick("2")
        STACK.produce("prices", [{"type": "token", "timestamp": iso(), "symbol": world.symbol, "name": "Coin", "decimals": 6,
                                  "supply": "1000", "image_url": "https://x/y.png"}],
                      partition=hash(world.symbol) % 4, key=world.symbol)
        STACK.settle()
        async with connect("/api/v69/ws/token-data") as socket:
            await say(socket, type="get_all_tokens")
            tokens = {token["symbol"]: token for token in (await told(socket, "token_update"))["data"]}
            self.assertEqual(tokens[world.symbol], {
                "symbol": world.symbol, "name": "Coin", "price": "2", "marketCap": "2000", "volume24h": "1.5", "change24h": "0",
                "change1h": "0", "change5m": "0", "volume5m": "1.5", "imageUrl": "https://x/y.png", "status": "active"})
            world.tick("3")
            data = await told(socket, "token_data")
            self.assertEqual((data["symbol"], data["data"]["price"], data["data"]["marketCap"]), (world.symbol, "3", "3000"))
            await say(socket, type="subscribe_tokens", symbols=[world.symbol, f"NONE{RUN}"])
            self.assertEqual((await told(socket, "tokens_subscribed"))["count"], 2)
            self.assertEqual((await told(socket, "token_metadata"))["data"]["decimals"], 6)
            self.assertEqual((await told(socket, "token_data"))["data"]["price"], "3")
            await say(socket, type="unsubscribe_tokens", symbols=[world.symbol])
            self.assertEqual((await told(socket, "tokens_unsubscribed"))["symbols"], [world.symbol])
            other = World("fresh")
            other.tick("1")
            tokens = (await told(socket, "token_update"))["data"]
            self.assertIn(other.symbol, [token["symbol"] for token in tokens])

    async def test_announcements_reach_the_monitor(self):
        async with connect("/api/v69/ws/monitor") as socket:
            self.assertIn("status", (await told(socket, "SERVER_STATUS_UPDATE"))["data"])
            self.write_status("announcement", type="announcement", status="maintenance", message="back soon")
            data = (await told(socket, "SERVER_STATUS_UPDATE"))["data"]
            self.assertEqual((data["status"], data["message"], set(data)),
                             ("maintenance", "back soon", {"status", "message", "timestamp"}))
            self.write_status("announcement", type="announcement", status="online", message="here we are")
            self.assertEqual((await told(socket, "SERVER_STATUS_UPDATE"))["data"]["status"], "online")
        async with connect("/api/v69/ws/monitor") as socket:
            self.assertEqual((await told(socket, "SERVER_STATUS_UPDATE"))["data"]["message"], "here we are")

    async def test_exchanges_reach_admins_alone(self):
        source = f"exchange-{RUN}"
        status = {"type": "source_status", "source": source, "since": iso(), "messages_per_second": 5, "delay_ms": 20}
        self.write_status(source, **status, breaker="closed", failures=0)
        path = "/api/v69/ws/circuit-breaker"
        async with connect(path, token(STACK, "operator", role="admin")) as socket:
            health = await told(socket, "health:update")
            while health["service"] != source:
                health = await told(socket, "health:update")
            self.assertEqual((health["data"]["status"], health["data"]["metrics"]["throughput"]), ("healthy", 5))
            self.write_status(source, **status, breaker="open", failures=5, last_error="refused")
            trip = await told(socket, "breaker:trip")
            self.assertEqual((trip["service"], trip["data"]["circuit"]["state"], trip["data"]["error"]),
                             (source, "open", "refused"))
            self.write_status(source, **status, breaker="closed", failures=0)
            self.assertEqual((await told(socket, "breaker:reset"))["data"]["status"], "healthy")
            health = await told(socket, "health:update", 20)
            while health["service"] != source:   # others that tests have written age too
                health = await told(socket, "health:update", 20)
            self.assertEqual((health["data"]["status"], health["data"]["error"]), ("degraded", "nothing was heard of it for 15 s"))
        async with connect(path, token(STACK, "operator", role="admin")) as socket:
            while (health := await told(socket, "health:update"))["service"] != source:
                pass
            self.assertEqual(health["data"]["status"], "degraded")
            self.write_status(source, **status, breaker="closed", failures=0)
            while (health := await told(socket, "health:update"))["service"] != source:
                pass
            self.assertEqual((health["data"]["status"], health["data"].get("error")), ("healthy", None))
        async with connect(path, token(STACK, "somebody")) as socket:
            self.assertEqual((await told(socket, "error"))["code"], "FORBIDDEN")
            await asyncio.wait_for(socket.wait_closed(), 5)
            self.assertEqual(socket.close_code, 1008)


class Restart(WireTest):
    """Last: the server goes, and comes back with another patience."""

    async def test_close_codes_differ_between_generations(self):
        async with Client("/api/v2/ws") as new, connect("/api/v69/ws/market-data") as old:
            restarting = asyncio.create_task(asyncio.to_thread(
                STACK.restart, "wsserver", DUEL_WSSERVER_AUTHENTICATION_DEADLINE="1s", DUEL_WSSERVER_TEST_ENDPOINTS="1"))
            for socket in (new.socket, old):
                await asyncio.wait_for(socket.wait_closed(), 10)
            self.assertEqual((new.socket.close_code, old.close_code), (1012, 1001))
            await restarting
        async with connect("/api/v69/ws/portfolio") as socket:
            self.assertEqual((await told(socket, "error", 5))["code"], "AUTHENTICATION_REQUIRED")
            await asyncio.wait_for(socket.wait_closed(), 5)
            self.assertEqual(socket.close_code, 1008)
        await self.assert_simulated()
        await asyncio.to_thread(STACK.restart, "wsserver")
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            async with Client("/api/v2/ws/test/market"):
                pass
        self.assertEqual(refused.exception.status_code, 404)

    async def assert_simulated(self):
        for kind, wanted in (("portfolio", ("TRADE_EXECUTED", "PORTFOLIO_UPDATED", "PRICE_UPDATED")),
                             ("contest", ("PARTICIPANT_ACTIVITY", "LEADERBOARD_UPDATED", "CONTEST_UPDATED")),
                             ("market", ("MARKET_PRICE", "MARKET_VOLUME", "MARKET_SENTIMENT"))):
            async with Client(f"/api/v2/ws/test/{kind}", rate=50, seed=3) as client:
                while not set(wanted) <= {message["type"] for message in client.messages}:
                    await client.receive(10)
                self.assert_shapes(client.messages, *wanted)
        for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 4408, 4429):
            async with Client("/api/v2/ws/test/errors") as client:
                await client.send({"type": "error", "code": "TOO_SLOW"})
                self.assertEqual((await client.until("ERROR"))["error"]["code"], "TOO_SLOW")
                await client.send({"type": "close", "code": code})
                await asyncio.wait_for(client.socket.wait_closed(), 10)
                self.assertEqual(client.socket.close_code, code)


if __name__ == "__main__":
    unittest.main(verbosity=2)
