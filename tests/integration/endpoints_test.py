"""The endpoints beside those of one channel each: every channel on one socket, and the older generation."""

import asyncio
import json
import unittest

import websockets

from stack import token
from wire import RUN, STACK, Client, WireTest, World, connect


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
