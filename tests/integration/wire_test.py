"""What clients see on the wire: shapes, resumption, refusals, heartbeats, differences."""

import asyncio
import base64
import json
import unittest
from decimal import Decimal

import websockets

from stack import token, until
from wire import RUN, STACK, Client, WireTest, World, connect, iso


class Endpoints(WireTest):
    async def test_a_portfolio_shows_its_state_then_trades_and_prices(self):
        world = World("folio")
        world.tick("2")
        STACK.settle()
        async with Client("/api/v2/ws/portfolio", world.alice, contest_id=world.contest) as client:
            first = await client.receive()
            self.assertEqual((first["type"], first["channel"], first["recovery"]),
                             ("SUBSCRIBED", f"portfolio:{world.contest}", "none"))
            state = await client.until("PORTFOLIO_UPDATED")
            self.assertEqual(state["data"], {"tokens": [], "total_value": 1000, "performance_24h": 0})
            world.trade("0.000000000000000001", "3", fee="0.5")
            trade = await client.until("TRADE_EXECUTED")
            self.assertEqual(trade["prev_seq"], 0)
            self.assertEqual(trade["data"]["trade_id"], "t1")
            self.assertIn('"amount":0.000000000000000001', client.raw[-1])
            await client.until(lambda message: message["type"] == "PORTFOLIO_UPDATED" and message["data"]["tokens"])
            world.tick("400.25")
            await client.until(lambda message: message["type"] == "PRICE_UPDATED"
                               and message["data"]["price"] == Decimal("400.25"))
            state = await client.until("PORTFOLIO_UPDATED")
            self.assertEqual(state["data"]["tokens"], [
                {"symbol": world.symbol, "name": world.symbol, "amount": Decimal("1e-18"), "value": Decimal("4e-16")}])
            self.assertEqual(state["data"]["total_value"], Decimal("999.500000000000000397"))
            self.assert_shapes(client.messages, "SUBSCRIBED", "PORTFOLIO_UPDATED", "TRADE_EXECUTED", "PRICE_UPDATED")

    async def test_without_a_contest_the_portfolio_shows_trades_of_all_and_the_main_state(self):
        world = World("main")
        async with Client("/api/v2/ws/portfolio", world.alice) as client:
            while {m["channel"] for m in client.messages if m["type"] == "SUBSCRIBED"} < {"portfolio", f"portfolio:{world.contest}"}:
                await client.receive()
            world.trade()
            trade = await client.until("TRADE_EXECUTED")
            self.assertEqual(trade["channel"], f"portfolio:{world.contest}")
            STACK.produce("trades", [{"type": "trade", "timestamp": iso(), "trade_id": "m1", "wallet_address": world.alice,
                                      "symbol": world.symbol, "side": "sell", "amount": 1, "price": 5}], 3)
            trade = await client.until("TRADE_EXECUTED")
            self.assertEqual((trade["channel"], trade["data"]["trade_id"]), ("portfolio", "m1"))
            self.assertNotIn("contest_id", trade["data"])
            await client.until(lambda message: message["type"] == "PORTFOLIO_UPDATED" and message["data"]["tokens"])
            self.assert_shapes(client.messages, "SUBSCRIBED", "PORTFOLIO_UPDATED", "TRADE_EXECUTED")

    async def test_a_contest_shows_its_state_and_board_then_activity(self):
        world = World("contest")
        async with Client(f"/api/v2/ws/contest/{world.contest}") as client:
            self.assertEqual((await client.receive())["recovery"], "none")
            contest = (await client.until("CONTEST_UPDATED"))["data"]
            self.assertEqual((contest["status"], contest["total_participants"], contest["total_prize_pool"]),
                             ("active", 2, Decimal("2.5")))
            self.assertTrue(0 < contest["time_remaining"] <= 3600)
            world.trade("10", "5")
            activity = await client.until("PARTICIPANT_ACTIVITY")
            self.assertEqual(activity["data"]["details"],
                             {"symbol": world.symbol, "side": "buy", "amount": 10, "price": 5})
            world.tick("6")
            board = await client.until(lambda message: message["type"] == "LEADERBOARD_UPDATED"
                                       and message["data"]["leaderboard"][0]["portfolio_value"] == 1010)
            first, second = board["data"]["leaderboard"]
            self.assertEqual((first["rank"], first["wallet_address"], first["username"], first["performance"]),
                             (1, world.alice, "alice", 1))
            self.assertIn("last_trade_time", first)
            self.assertEqual((second["rank"], second["portfolio_value"], second["performance"]), (2, 1000, 0))
            self.assertNotIn("last_trade_time", second)
            world.write(world.event("participant_left", wallet_address=world.wallets[1], username="bob"))
            left = await client.until("PARTICIPANT_ACTIVITY")
            self.assertEqual((left["data"]["activity_type"], left["prev_seq"]), ("leave", activity["seq"]))
            self.assertNotIn("details", left["data"])
            await client.until(lambda message: message["type"] == "CONTEST_UPDATED"
                               and message["data"]["total_participants"] == 1)
            self.assert_shapes(client.messages, "CONTEST_UPDATED", "LEADERBOARD_UPDATED", "PARTICIPANT_ACTIVITY")

    async def test_a_market_shows_price_and_volume(self):
        world = World("market")
        world.tick("7.5", size="2", side="sell")
        STACK.settle()
        async with Client("/api/v2/ws/market", symbols=f"{world.symbol},SILENT{RUN}") as client:
            price = await client.until("MARKET_PRICE")
            self.assertEqual((price["channel"], price["data"]["price"]), (f"market:{world.symbol}", Decimal("7.5")))
            volume = (await client.until("MARKET_VOLUME"))["data"]
            self.assertEqual((volume["interval"], volume["volume"], volume["sell_volume"], volume["trades_count"]),
                             ("1m", 2, 2, 1))
            world.tick("8")
            await client.until(lambda message: message["type"] == "MARKET_PRICE" and message["data"]["price"] == 8)
            self.assertEqual({message["channel"] for message in client.messages if message["type"] == "SUBSCRIBED"},
                             {f"market:{world.symbol}", f"market:SILENT{RUN}"})
            self.assert_shapes(client.messages, "MARKET_PRICE", "MARKET_VOLUME")

    async def test_candles_of_every_interval_go_on_live(self):
        world = World("candles")
        intervals = {"1m", "5m", "15m", "1h", "4h", "1d"}
        async with Client("/api/v2/ws/market", symbols=world.symbol, intervals=",".join(intervals)) as client:
            await client.until("SUBSCRIBED")
            for size, wanted in (("1", {1}), ("3", {4, 3})):   # 3: a candle that opened in between
                world.tick("5", size=size)
                shown = set()
                while shown != intervals:
                    candle = (await client.until("MARKET_VOLUME"))["data"]
                    if candle["volume"] in wanted:
                        shown.add(candle["interval"])

    async def test_differences_have_only_what_changed(self):
        world = World("diff")
        await asyncio.to_thread(until, lambda: STACK.sql(
            "SELECT 1 FROM duel.leaderboard WHERE contest_id = %s HAVING count(*) = 2", world.contest), 10, "no ranking")
        async with Client(f"/api/v2/ws/contest/{world.contest}", mode="diff") as client:
            board = await client.until("LEADERBOARD_UPDATED")
            self.assertEqual((board["mode"], len(board["data"]["leaderboard"])), ("snapshot", 2))
            world.trade("10", "5", fee="100")
            board = await client.until("LEADERBOARD_UPDATED")
            self.assertEqual(board["mode"], "diff")
            changed = {row["wallet_address"]: row["rank"] for row in board["data"]["leaderboard"]}
            self.assertEqual((changed[world.alice], board["data"]["removed"]), (2, []))
            world.write(world.event("participant_left", wallet_address=world.alice, username="alice"))
            board = await client.until(lambda message: message["type"] == "LEADERBOARD_UPDATED"
                                       and message["data"]["removed"])
            self.assertEqual((board["data"]["leaderboard"], board["data"]["removed"]), ([], [world.alice]))
        async with Client("/api/v2/ws/portfolio", world.alice, contest_id=world.contest, mode="diff") as client:
            state = await client.until("PORTFOLIO_UPDATED")
            self.assertEqual((state["mode"], len(state["data"]["tokens"])), ("snapshot", 1))
            self.assert_shapes(client.messages, "PORTFOLIO_UPDATED")


class Resume(WireTest):
    async def trades_after(self, world, cursor, number):
        """What a client that comes back with this cursor is answered, and the ids of the next trades."""
        async with Client("/api/v2/ws/portfolio", world.alice, contest_id=world.contest, since=cursor) as client:
            answer = await client.receive()
            trades = [await client.until("TRADE_EXECUTED") for _ in range(number)]
        return answer, trades

    async def miss_trades(self, name, number=5):
        """A client sees one trade, goes away, and misses some; its last message is given back."""
        world = World(name)
        async with Client("/api/v2/ws/portfolio", world.alice, contest_id=world.contest) as client:
            await client.until("PORTFOLIO_UPDATED")
            world.trade()
            seen = await client.until("TRADE_EXECUTED")
        for _ in range(number):
            world.trade()
        STACK.settle()
        return world, seen

    async def assert_resumes(self, world, seen, number=5):
        answer, trades = await self.trades_after(world, seen["cursor"], number)
        self.assertEqual((answer["type"], answer["recovery"], answer["seq"]), ("SUBSCRIBED", "replayed", seen["seq"]))
        self.assertEqual([trade["data"]["trade_id"] for trade in trades], [f"t{2 + n}" for n in range(number)])
        for before, after in zip([seen, *trades], trades):
            self.assertEqual(after["prev_seq"], before["seq"])

    async def test_missed_trades_come_from_memory(self):
        world, seen = await self.miss_trades("memory")
        await self.assert_resumes(world, seen)

    async def test_missed_trades_come_from_postgres_after_a_restart(self):
        world, seen = await self.miss_trades("restart")
        await asyncio.to_thread(STACK.restart, "wsserver")
        await self.assert_resumes(world, seen)

    async def test_missed_activity_comes_from_postgres_after_a_restart(self):
        world = World("activity")
        async with Client(f"/api/v2/ws/contest/{world.contest}") as client:
            seen = await client.receive()
        world.trade()
        world.write(world.event("participant_left", wallet_address=world.alice, username="alice"),
                    world.event("participant_joined", wallet_address=world.alice, username="alicia"))
        STACK.settle()
        await asyncio.to_thread(STACK.restart, "wsserver")
        async with Client(f"/api/v2/ws/contest/{world.contest}", since=seen["cursor"]) as client:
            self.assertEqual((await client.receive())["recovery"], "replayed")
            events = [await client.until("PARTICIPANT_ACTIVITY") for _ in range(3)]
            self.assert_shapes(client.messages, "PARTICIPANT_ACTIVITY")
        self.assertEqual([event["data"]["activity_type"] for event in events], ["trade", "leave", "join"])
        self.assertEqual([event["data"]["username"] for event in events][1:], ["alice", "alicia"])
        self.assertEqual(events[0]["data"]["details"], {"symbol": world.symbol, "side": "buy", "amount": 1, "price": 2})
        self.assertEqual([event["prev_seq"] for event in events[1:]], [event["seq"] for event in events[:2]])

    async def test_a_cursor_that_cannot_be_followed_gets_a_snapshot_with_the_reason(self):
        world, seen = await self.miss_trades("reasons", 1)
        version, epoch, seq, channel = base64.urlsafe_b64decode(seen["cursor"] + "===").decode().split("|", 3)
        for cursor, reason in (
                ("nonsense", "invalid_cursor"),
                ("|".join((version, "0" * 16, seq, channel)), "epoch_changed"),
                ("|".join((version, epoch, str(int(seq) + 10**9), channel)), "ahead_of_server")):
            if "|" in cursor:
                cursor = base64.urlsafe_b64encode(cursor.encode()).rstrip(b"=").decode()
            with self.subTest(reason):
                async with Client("/api/v2/ws/portfolio", world.alice, contest_id=world.contest, since=cursor) as client:
                    answer = await client.receive()
                    self.assertEqual((answer["recovery"], answer["reason"]), ("snapshot", reason))
                    state = await client.until("PORTFOLIO_UPDATED")
                    self.assertEqual(state["data"]["tokens"][0]["amount"], 2)


class Refusals(WireTest):
    async def assert_closed(self, connecting, code=None):
        """An error message, then close 1008, at once."""
        async with connecting as socket:
            error = json.loads(await asyncio.wait_for(socket.recv(), 5))
            self.assertEqual((error["type"], set(error["error"]) - {"details"}), ("ERROR", {"code", "message"}))
            if code:
                self.assertEqual(error["error"]["code"], code)
            await asyncio.wait_for(socket.wait_closed(), 5)
            self.assertEqual(socket.close_code, 1008)

    async def test_a_bad_token_gets_an_error_and_close_1008(self):
        good = token(STACK, "mallory")
        head, body, signature = good.split(".")
        unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        bad = {
            "of another secret": token(STACK, "mallory", secret="guessed"),
            "expired": token(STACK, "mallory", ttl=-60),
            "unsigned": f"{unsigned}.{body}.",
            "with another body": f"{head}.{base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + '==').replace(b'user', b'admin')).rstrip(b'=').decode()}.{signature}",
            "no token": "hello",
        }
        for number, (what, text) in enumerate(bad.items()):
            with self.subTest(what):
                path = ("/api/v2/ws/portfolio", "/api/v2/ws/contest/any", "/api/v2/ws/market")[number % 3]
                await self.assert_closed(connect(path, text), "TOKEN_EXPIRED" if what == "expired" else None)

    async def test_no_token_gets_an_error_and_close_1008(self):
        await self.assert_closed(connect("/api/v2/ws/portfolio"), "AUTHENTICATION_REQUIRED")

    async def test_the_subprotocol_that_is_echoed_never_gives_away_more_than_was_offered(self):
        mine = token(STACK, "echo")
        for offered, echoed in (((mine,), mine), (("duel.v2", mine), "duel.v2")):
            async with connect("/api/v2/ws/portfolio", *offered) as socket:
                self.assertEqual(socket.subprotocol, echoed)

    async def test_only_an_admin_sees_another_wallets_portfolio(self):
        world = World("admin")
        path = "/api/v2/ws/portfolio"
        async with Client(path, "operator", role="admin", wallet=world.alice, contest_id=world.contest) as client:
            self.assertEqual((await client.until("PORTFOLIO_UPDATED"))["data"]["total_value"], 1000)
        await self.assert_closed(connect(path, token(STACK, world.wallets[1]), wallet=world.alice), "FORBIDDEN")

    async def test_a_bad_message_gets_an_error_and_the_connection_stays(self):
        async with Client("/api/v2/ws/portfolio", f"talker-{RUN}") as client:
            for message, code in (({"type": "DANCE"}, "UNKNOWN_MESSAGE"), ("no JSON", "MALFORMED_JSON"),
                                  ("[1]", "MALFORMED_JSON"), ({"kind": "ping"}, None)):
                with self.subTest(message):
                    await client.send(message)
                    error = await client.until("ERROR")
                    self.assertTrue(error["error"]["message"])
                    if code:
                        self.assertEqual(error["error"]["code"], code)
            await client.send({"type": "ping"})
            await client.until("pong")

    async def test_an_unknown_contest_gets_an_error_and_the_connection_stays(self):
        async with Client(f"/api/v2/ws/contest/none-{RUN}") as client:
            error = await client.until("ERROR")
            self.assertEqual(error["error"]["code"], "UNKNOWN_CONTEST")
            await client.send({"type": "ping"})
            await client.until("pong")

    async def test_ping_in_any_case_gets_a_pong_with_the_time(self):
        async with Client("/api/v2/ws/portfolio", f"pinger-{RUN}") as client:
            for kind in ("ping", "PING", "Ping"):
                await client.send({"type": kind})
                pong = await client.until("pong")
                self.assertEqual(set(pong), {"type", "timestamp"})

    async def test_a_binary_message_closes_with_1003(self):
        async with Client("/api/v2/ws/portfolio", f"binary-{RUN}") as client:
            await client.send(b"\0\1")
            await asyncio.wait_for(client.socket.wait_closed(), 5)
            self.assertEqual(client.socket.close_code, 1003)

    async def test_too_many_attempts_are_refused_before_the_upgrade_with_a_time_to_wait(self):
        mine = token(STACK, f"eager-{RUN}")
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            for _ in range(11):
                async with connect("/api/v2/ws/portfolio", mine):
                    pass
        self.assertEqual(refused.exception.status_code, 429)
        self.assertGreater(int(refused.exception.headers["Retry-After"]), 0)

    async def test_an_unknown_path_is_refused_before_the_upgrade(self):
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            async with connect("/api/v2/ws/nothing", token(STACK, "lost")):
                pass
        self.assertEqual(refused.exception.status_code, 404)


if __name__ == "__main__":
    unittest.main(verbosity=2)
