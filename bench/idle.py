#!/usr/bin/env python3
"""Memory of the WebSocket server for each connection that does nothing, after all came at once: bench/idle.py [--clients N]

Needs a stack with its env (bench/run.sh starts one), and DUEL_WSSERVER_MAX_PER_USER above the number of clients."""

import argparse
import asyncio
import json
import os
import pathlib
import ssl
import subprocess
from urllib.parse import urlsplit

SETTLED = 12   # seconds: what the handshakes took is given back by then
ON_THEIR_WAY = asyncio.Semaphore(500)   # one thread plays all clients: more run into the server's deadlines


def resident():
    """kB."""
    lines = pathlib.Path(f"/proc/{os.environ['DUEL_WSSERVER_PID']}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def connect(url, trust, bearer):
    async with ON_THEIR_WAY:
        return await upgrade(*await asyncio.open_connection(url.hostname, url.port, ssl=trust), url, bearer)


async def upgrade(reader, writer, url, bearer):
    writer.write((f"GET /api/v2/ws/market?symbols=IDLE HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                  f"Sec-WebSocket-Protocol: duel.v2, {bearer}\r\n\r\n").encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in answer, answer
    return reader, writer


async def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--clients", type=int, default=4000)
    options.add_argument("--json")
    chosen = options.parse_args()
    run = pathlib.Path(__file__).resolve().parent.parent / "run"
    bearer = subprocess.run([run, "token", "idle"], check=True, capture_output=True, text=True).stdout.strip()
    url = urlsplit(os.environ["DUEL_WSS"])
    trust = ssl.create_default_context(cafile=os.environ["DUEL_CA"])
    before = resident()
    connections = await asyncio.gather(*(connect(url, trust, bearer) for _ in range(chosen.clients)))
    await asyncio.sleep(SETTLED)
    each = (resident() - before) / len(connections)
    print(f"{chosen.clients} idle connections: {each:.1f} kB each")
    if chosen.json:
        with open(chosen.json, "a", encoding="utf-8") as file:
            file.write(json.dumps({"title": f"{chosen.clients} idle connections", "settings": {}, "figures": [
                {"name": "memory of one", "value": each, "unit": "kB"}]}) + "\n")
    os._exit(0)   # not one by one


if __name__ == "__main__":
    asyncio.run(main())
