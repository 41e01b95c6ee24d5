"""Where a client may stand when it comes back: before everything, at the end, behind memory, in another numbering, nowhere."""

import asyncio
import base64
import unittest

from wire import STACK, Client, WireTest, World


def opened(cursor):
    """Version, epoch, seq and channel of a cursor."""
    return base64.urlsafe_b64decode(cursor + "===").decode().split("|", 3)


def closed(version, epoch, seq, channel):
    return base64.urlsafe_b64encode("|".join((version, epoch, str(seq), channel)).encode()).rstrip(b"=").decode()


class ResumeTest(WireTest):
    def contest(self, world, since):
        return Client(f"/api/v2/ws/contest/{world.contest}", since=since)

    def folio(self, world, since):
        return Client("/api/v2/ws/portfolio", world.alice, contest_id=world.contest, since=since)

    async def seen(self, world, number):
        """All messages of a client that was there for this many trades."""
        async with Client("/api/v2/ws/portfolio", world.alice, contest_id=world.contest) as client:
            await client.until("PORTFOLIO_UPDATED")
            for _ in range(number):
                world.trade()
                await client.until("TRADE_EXECUTED")
            await client.until(lambda m: m["type"] == "PORTFOLIO_UPDATED" and m["data"]["tokens"]
                               and m["data"]["tokens"][0]["amount"] == number)
        return client.messages

    async def resumed(self, client, number, recovery="replayed", reason=None):
        """The ids of the trades that follow the answer, and no other before the state."""
        answer = await client.receive()
        self.assertEqual((answer["type"], answer["recovery"], answer.get("reason")), ("SUBSCRIBED", recovery, reason))
        state = await client.until("PORTFOLIO_UPDATED")
        trades = [message for message in client.messages if message["type"] == "TRADE_EXECUTED"]
        self.assertEqual(len(trades), number)
        for message in client.messages:
            self.assertGreaterEqual(state["seq"], message["seq"])
        for before, after in zip(trades, trades[1:]):
            self.assertEqual(after["prev_seq"], before["seq"])
        return [trade["data"]["trade_id"] for trade in trades], answer, state


class Edges(ResumeTest):
    async def test_from_before_the_first_event_everything_comes(self):
        world = World("first")
        messages = await self.seen(world, 3)
        version, epoch, _, channel = opened(messages[-1]["cursor"])
        for cursor in (messages[0]["cursor"], closed(version, epoch, 0, channel)):
            async with self.folio(world, cursor) as client:
                trades, answer, _ = await self.resumed(client, 3)
                self.assertEqual((trades, answer["seq"]), (["t1", "t2", "t3"], int(opened(cursor)[2])))

    async def test_from_any_message_exactly_the_later_events_come(self):
        world = World("any")
        messages = await self.seen(world, 4)
        for number, message in enumerate(messages):
            missed = [later["data"]["trade_id"] for later in messages[number + 1:] if later["type"] == "TRADE_EXECUTED"]
            with self.subTest(message["type"]):
                async with self.folio(world, message["cursor"]) as client:
                    trades, answer, state = await self.resumed(client, len(missed))
                    self.assertEqual((trades, answer["seq"], state["data"]), (missed, message["seq"], messages[-1]["data"]))
                if number >= 7:
                    break   # the attempts of a minute

    async def test_from_the_last_event_only_the_state_comes_then_what_happens(self):
        world = World("last")
        messages = await self.seen(world, 2)
        async with self.folio(world, messages[-1]["cursor"]) as client:
            await self.resumed(client, 0)
            world.trade()
            trade = await client.until("TRADE_EXECUTED")
            last = [message for message in messages if message["type"] == "TRADE_EXECUTED"][-1]
            self.assertEqual((trade["data"]["trade_id"], trade["prev_seq"]), ("t3", last["seq"]))

    async def test_garbage_and_cursors_of_elsewhere_get_a_snapshot_with_the_reason(self):
        world, other = World("garbage"), World("elsewhere")
        mine, others = (await self.seen(world, 1))[-1]["cursor"], (await self.seen(other, 1))[-1]["cursor"]
        version, epoch, seq, channel = opened(mine)
        cases = {"cut": (mine[:-3], "invalid_cursor"), "empty": ("", "invalid_cursor"),
                 "other bytes": ("\u00ff\u0000|", "invalid_cursor"), "long": ("A" * 3000, "invalid_cursor"),
                 "another version": (closed("9", epoch, seq, channel), "invalid_cursor"),
                 "negative": (closed(version, epoch, -1, channel), "invalid_cursor"),
                 "beyond 64 bits": (closed(version, epoch, 1 << 64, channel), "invalid_cursor"),
                 "ahead": (closed(version, epoch, int(seq) + 1_000_000, channel), "ahead_of_server"),
                 "another epoch": (closed(version, "0" * len(epoch), seq, channel), "epoch_changed")}
        for name, (cursor, reason) in cases.items():
            with self.subTest(name):
                async with Client("/api/v2/ws", world.alice) as client:
                    wanted = f"portfolio:{world.contest}"
                    await client.send({"type": "SUBSCRIBE", "channels": [wanted], "since": {wanted: cursor}})
                    _, answer, state = await self.resumed(client, 0, "snapshot", reason)
                    self.assertEqual(state["data"]["tokens"][0]["amount"], 1)
        async with Client("/api/v2/ws", world.alice) as client:
            wanted = f"portfolio:{world.contest}"
            await client.send({"type": "SUBSCRIBE", "channels": [wanted], "since": {wanted: others}})
            await self.resumed(client, 0, "snapshot", "invalid_cursor")

    async def test_a_client_ahead_of_the_server_goes_on_live_after_the_snapshot(self):
        world = World("ahead")
        version, epoch, seq, channel = opened((await self.seen(world, 1))[-1]["cursor"])
        async with self.folio(world, closed(version, epoch, int(seq) + 10**9, channel)) as client:
            await self.resumed(client, 0, "snapshot", "ahead_of_server")
            world.trade()
            self.assertEqual((await client.until("TRADE_EXECUTED"))["data"]["trade_id"], "t2")

    async def test_each_of_several_channels_goes_on_where_it_stands(self):
        world = World("several")
        contest, folio, market = f"contest:{world.contest}", f"portfolio:{world.contest}", f"market:{world.symbol}"
        world.tick("2")
        STACK.settle()
        async with Client("/api/v2/ws", world.alice) as client:
            await client.send({"type": "SUBSCRIBE", "channels": [contest, folio, market]})
            for _ in range(3):
                await client.until("SUBSCRIBED")
            world.trade()
            world.trade()
            for _ in range(2):
                await client.until("PARTICIPANT_ACTIVITY")
            await client.until(lambda m: m["type"] == "PORTFOLIO_UPDATED" and m["data"]["tokens"]
                               and m["data"]["tokens"][0]["amount"] == 2)
            first = {m["channel"]: m for m in reversed(client.messages)}       # the oldest of each channel
            last = {m["channel"]: m for m in client.messages}
        world.trade()
        STACK.settle()
        since = {contest: first[contest]["cursor"], folio: last[folio]["cursor"], market: "nonsense"}
        async with Client("/api/v2/ws", world.alice) as client:
            await client.send({"type": "SUBSCRIBE", "channels": [contest, folio, market], "since": since})
            await client.until(lambda m: m["type"] == "PORTFOLIO_UPDATED")
            while not {"LEADERBOARD_UPDATED", "MARKET_PRICE", "PARTICIPANT_ACTIVITY"} <= {m["type"] for m in client.messages}:
                await client.receive()
        answers = {}
        for message in client.messages:
            if message["type"] == "SUBSCRIBED":
                answers.setdefault(message["channel"], (message["recovery"], message["seq"], message.get("reason")))
        self.assertEqual(answers[contest], ("replayed", first[contest]["seq"], None))
        self.assertEqual(answers[folio], ("replayed", last[folio]["seq"], None))
        self.assertEqual((answers[market][0], answers[market][2]), ("snapshot", "invalid_cursor"))
        events = {channel: [m["type"] for m in client.messages if m["channel"] == channel and "prev_seq" in m]
                  for channel in (contest, folio)}
        self.assertEqual(events, {contest: ["PARTICIPANT_ACTIVITY"] * 3, folio: ["TRADE_EXECUTED"]})


class Behind(ResumeTest):
    """Last: the server is started anew, with less memory and less patience."""

    @classmethod
    def tearDownClass(cls):
        STACK.restart("wsserver")

    async def test_what_memory_has_lost_comes_from_postgres_in_pages(self):
        await asyncio.to_thread(STACK.restart, "wsserver", DUEL_WSSERVER_RECENT_BYTES="4kB", DUEL_WSSERVER_MAX_MISSED="700")
        world = World("trimmed")
        async with self.folio(world, []) as client:
            seen = await client.until("PORTFOLIO_UPDATED")
        for _ in range(700):
            world.trade()
        STACK.settle()
        async with self.folio(world, seen["cursor"]) as client:
            trades, _, state = await self.resumed(client, 700)
            self.assertEqual(trades, [f"t{n}" for n in range(1, 701)])
            self.assertEqual(state["data"]["tokens"][0]["amount"], 700)
        world.trade()
        STACK.settle()
        async with self.folio(world, seen["cursor"]) as client:
            _, _, state = await self.resumed(client, 0, "snapshot", "too_old")
            self.assertEqual(state["data"]["tokens"][0]["amount"], 701)
        async with self.folio(world, seen["cursor"]) as client:
            again = await client.receive()
            self.assertEqual(again["reason"], "too_old")
        async with self.folio(world, again["cursor"]) as client:
            await self.resumed(client, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
