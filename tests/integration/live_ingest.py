"""`duel-ingest exchanges` as a test runs and watches it."""

import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from stack import BIN, asked


class LiveIngest:
    """A duel-ingest that follows some exchanges. `ca`: whose certificates they have, or empty: those that the system trusts;
    `markets`: {server: {market: symbol}}, preferred ones first."""

    def __init__(self, stack, ca, markets, *flags, **environment):
        self.stack = stack
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        words = [Path(BIN) / "duel-ingest", "exchanges", "--exchange-ca", ca, "--metrics-port", str(self.port), *flags]
        for server, table in markets.items():
            words += ["--source", f"{server.exchange}:" + ",".join(table), "--exchange-url", f"{server.exchange}={server.url}"]
            words += [word for market, symbol in table.items() for word in ("--symbol", f"{market}={symbol}")]
        self.began = time.time()
        self.log = open(stack.var / "log/exchanges.log", "w+")
        self.process = subprocess.Popen(words, env=stack.environment | stack.env | environment, stdin=subprocess.DEVNULL, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        said = self.said()
        self.log.close()
        if failure is not None:
            print(said)
        else:
            assert code == 0, (code, said)

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text()

    def get(self, path):
        return asked(f"http://127.0.0.1:{self.port}{path}")

    def ready(self):
        return self.get("/readyz")[0] == 200

    def metric(self, name, **labels):
        """The sum of the series of that name with these labels."""
        total = 0
        for series, value in re.findall(rf"^duel_ingest_{name}(\S*) (\S+)$", self.get("/metrics")[1], re.M):
            total += float(value) * all(f'{key}="{label}"' in series for key, label in labels.items())
        return total

    def states(self):
        """{source: its states as the topic has them since this began}."""
        found = {}
        for message in self.stack.log("status"):
            event = json.loads(message.value())
            if event["type"] == "source_status" and message.timestamp()[1] >= self.began * 1000 - 5:
                assert message.key().decode() == event["source"]
                found.setdefault(event["source"], []).append(event)
        return found

    def state(self, source):
        return self.states().get(source, [{"breaker": "none"}])[-1]
