"""Who may open what: every role at every endpoint, for one's own and another's portfolio, by every way that a token comes."""

import asyncio
import json
import unittest
import uuid

import websockets

from stack import OPEN_DOORS, token
from wire import STACK, WireTest, World, connect

ANYONE, USER, ADMIN = "anyone", "user", "admin"
# path, who, whether the token may come in a message
ENDPOINTS = [
    ("/api/v2/ws/portfolio", USER, False),
    ("/api/v2/ws/contest/{contest}", USER, False),
    ("/api/v2/ws/market", USER, False),
    ("/api/v2/ws", USER, True),
    ("/api/v69/ws/portfolio", USER, True),
    ("/api/v69/ws/contest", USER, True),
    ("/api/v69/ws/contest/{contest}", USER, True),
    ("/api/v69/ws/market-data", ANYONE, True),
    ("/api/v69/ws/token-data", ANYONE, True),
    ("/api/v69/ws/monitor", ANYONE, True),
    ("/api/v69/ws/circuit-breaker", ADMIN, True),
]
WAYS = ("bare", "beside", "query", "message")


def setUpModule():
    STACK.restart("wsserver", **OPEN_DOORS, DUEL_WSSERVER_AUTHENTICATION_DEADLINE="2s")


def tearDownModule():
    STACK.restart("wsserver")


async def outcome(path, bearer, way, **query):
    """"open", or the close code; a protected endpoint without a token is given the time that it allows."""
    words = {"bare": (bearer,), "beside": ("duel.v2", bearer)}.get(way, ()) if bearer else ()
    if way == "query" and bearer:
        query["token"] = bearer
    async with connect(path, *words, **query) as socket:
        try:
            if way == "message" and bearer:
                await socket.send(json.dumps({"type": "authenticate", "token": bearer}))
            await asyncio.sleep(4)
            pong = await socket.ping()
            await asyncio.wait_for(pong, 20)
            return "open"
        except websockets.ConnectionClosed as closed:
            return closed.code


def wanted(path, who, takes_messages, role, way):
    """The same by the rules of the protocol."""
    is_v69 = path.startswith("/api/v69")
    arrives = role is not None and (way in ("bare", "beside") or way == "query" and is_v69 or way == "message" and takes_messages)
    if who == ANYONE:
        return "open"
    if not arrives or role == "bad":
        return 1008
    return "open" if who == USER or role == ADMIN else 1008


class Access(WireTest):
    async def test_every_role_at_every_endpoint_by_every_way(self):
        world = World("access")
        wallet = f"someone-{uuid.uuid4().hex}"
        bearers = {None: None, "bad": token(STACK, wallet, secret="another-secret-of-some-length"),
                   USER: token(STACK, wallet), ADMIN: token(STACK, wallet, role="admin")}
        cases = [(path, who, late, role, way) for path, who, late in ENDPOINTS for role in bearers for way in WAYS]

        async def one(path, who, late, role, way):
            query = {"symbols": "A"} if path == "/api/v2/ws/market" else {}
            return await outcome(path.format(contest=world.contest), bearers[role], way, **query)

        for begin in range(0, len(cases), 60):
            some = cases[begin:begin + 60]
            for case, found in zip(some, await asyncio.gather(*(one(*case) for case in some))):
                self.assertEqual(found, wanted(*case), case)

    async def test_portfolios_are_their_owners_and_the_admins(self):
        mine, other = f"mine-{uuid.uuid4().hex}", f"other-{uuid.uuid4().hex}"
        cases = [(path, role, way, wallet)
                 for path in ("/api/v2/ws/portfolio", "/api/v69/ws/portfolio") for role in ("user", "admin", "superadmin")
                 for way in ("bare", "beside") + (("query",) if "v69" in path else ()) for wallet in (None, mine, other)]
        found = await asyncio.gather(*(outcome(path, token(STACK, mine, role=role), way, **({"wallet": wallet} if wallet else {}))
                                       for path, role, way, wallet in cases))
        for case, code in zip(cases, found):
            self.assertEqual(code, 1008 if case[1] == "user" and case[3] == other else "open", case)

    async def test_another_role_or_an_expired_token_opens_nothing(self):
        for bearer in (token(STACK, "w", role="visitor"), token(STACK, "w", ttl=-5), token(STACK, "")):
            for way in ("bare", "beside"):
                self.assertEqual(await outcome("/api/v2/ws/portfolio", bearer, way), 1008)


if __name__ == "__main__":
    unittest.main(verbosity=2)
