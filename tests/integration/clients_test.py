"""The clients of docs/clients.md run as they are written; their connections are cut, and they miss nothing.

The Node clients need node and npm, which ./test does not install; the browser's one runs in Chromium where that is
installed, and under Node in any case.
"""

import functools
import http.server
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
from urllib.parse import urlencode

from cutting_proxy import CuttingProxy
from node_packages import install
from stack import ROOT, token, until
from wire import STACK, World

PLACE = STACK.var / "clients"
CUTS, TRADES = 3, 60
FILES = {"js": "follow.js", "html": "page.html", "python": "client.py", "mjs": "client.mjs"}
# The browser's file where there is no browser: under Node, with the WebSocket of its library.
STAND_IN = """
import { readFileSync } from "node:fs";
import Ws from "ws";
const { DUEL_WSS, DUEL_TOKEN, DUEL_CA } = process.env;
globalThis.WebSocket = class extends Ws {
  constructor(url, protocols) { super(url, protocols, { ca: readFileSync(DUEL_CA) }); this.onerror = () => {}; }
};
const { follow } = await import("./follow.js");
follow(`${DUEL_WSS}/api/v2/ws`, DUEL_TOKEN, process.argv.slice(2), (message) => console.log(JSON.stringify(message)));
"""

# What the page shows, told to the test.
TELLS = """
<script>
  setInterval(() => fetch("/shown", { method: "POST", body: document.getElementById("log").textContent }), 200);
</script>
"""


def write_files():
    PLACE.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "docs/clients.md").read_text()
    for language, name in FILES.items():
        [block] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
        (PLACE / name).write_text(block)
    with (PLACE / "page.html").open("a") as page:
        page.write(TELLS)
    (PLACE / "stand_in.mjs").write_text(STAND_IN)


class Page(http.server.SimpleHTTPRequestHandler):
    """Serves the page, and keeps what it shows in a file."""

    def do_POST(self):
        shown = self.rfile.read(int(self.headers["Content-Length"]))
        (PLACE / "page.part").write_bytes(shown)
        (PLACE / "page.part").replace(PLACE / "page.jsonl")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Clients(unittest.TestCase):
    restarts_with = {}

    @classmethod
    def setUpClass(cls):
        write_files()
        cls.no_node = install(ROOT / "tests/integration/ws", PLACE)

    def setUp(self):
        self.world = World(self._testMethodName.replace("_", ""))
        self.channels = [f"portfolio:{self.world.contest}", f"contest:{self.world.contest}", f"market:{self.world.symbol}"]
        self.world.tick("2")
        self.proxy = CuttingProxy(int(STACK.env["DUEL_WSS"].rsplit(":", 1)[1]))
        self.addCleanup(self.proxy.close)
        self.url = f"wss://localhost:{self.proxy.port}"

    def started(self, *words):
        """The client's process, with its messages as lines in a file."""
        output = (PLACE / f"{self._testMethodName}.jsonl").open("w+")
        self.addCleanup(output.close)
        environment = STACK.environment | STACK.env | {"DUEL_WSS": self.url, "DUEL_TOKEN": token(STACK, self.world.alice)}
        process = subprocess.Popen([*words, *self.channels], cwd=PLACE, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.terminate)

        return functools.partial(self.read, f"{self._testMethodName}.jsonl")

    @staticmethod
    def read(name):
        return [json.loads(line) for line in (PLACE / name).read_text().split("\n")[:-1]]

    def assert_misses_nothing(self, messages):
        """Trades happen while the connection is cut and the server started anew; the client shows each once."""
        until(lambda: {"PORTFOLIO_UPDATED", "LEADERBOARD_UPDATED", "MARKET_PRICE"} <= {m["type"] for m in messages()}, 60,
              lambda: f"the client shows only {messages()}")
        answers = lambda: [m["recovery"] for m in messages() if m["type"] == "SUBSCRIBED" and m["channel"] == self.channels[0]]
        cuts = 0
        for number in range(TRADES):
            self.world.trade()
            time.sleep(0.05)
            if cuts < CUTS and len(answers()) > cuts:   # it is back, in the middle of things
                cuts += self.proxy.cut() > 0
        while cuts < CUTS:
            until(lambda: len(answers()) > cuts, 30, "it does not come back")
            cuts += self.proxy.cut() > 0
        until(lambda: len(answers()) > CUTS, 30, "it does not come back for the last time")
        STACK.restart("wsserver", **self.restarts_with)
        self.world.trade()
        STACK.settle()
        for channel, kind, query in (
                (self.channels[0], "TRADE_EXECUTED", "SELECT seq FROM duel.trades WHERE contest_id = %s ORDER BY seq"),
                (self.channels[1], "PARTICIPANT_ACTIVITY", "SELECT seq FROM duel.activity WHERE contest_id = %s"
                                                           " AND activity_type = 'trade' ORDER BY seq")):
            happened = [seq for (seq,) in STACK.sql(query, self.world.contest)]
            self.assertEqual(len(happened), TRADES + 1)
            shown = lambda: [m["seq"] for m in messages() if (m["type"], m.get("channel")) == (kind, channel)]
            until(lambda: len(shown()) >= len(happened), 40, lambda: f"{kind}: {shown()} instead of {happened}")
            self.assertEqual(shown(), happened)
        until(lambda: self.held(messages()) == TRADES + 1, 20, "the last state does not come")
        self.assertEqual((answers()[0], set(answers()[1:])), ("none", {"replayed"}))
        self.assertEqual((cuts, len(answers()) > CUTS), (CUTS, True))

    def held(self, messages):
        tokens = [m["data"]["tokens"] for m in messages if m["type"] == "PORTFOLIO_UPDATED"][-1]
        return tokens[0]["amount"] if tokens else 0

    def test_python_misses_nothing(self):
        self.assert_misses_nothing(self.started("/usr/bin/python3", "client.py"))

    def test_node_misses_nothing(self):
        if self.no_node:
            self.skipTest(self.no_node)
        self.assert_misses_nothing(self.started("node", "client.mjs"))

    def test_browser_file_under_node_misses_nothing(self):
        if self.no_node:
            self.skipTest(self.no_node)
        self.assert_misses_nothing(self.started("node", "stand_in.mjs"))

    def test_browser_misses_nothing(self):
        if not shutil.which("chromium"):
            self.skipTest("chromium is not installed")
        (PLACE / "page.jsonl").write_text("")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Page, directory=PLACE))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://localhost:{server.server_address[1]}"
        self.restarts_with = {"DUEL_WSSERVER_ORIGINS": origin}
        STACK.restart("wsserver", **self.restarts_with)
        self.addCleanup(STACK.restart, "wsserver")
        asked = urlencode([("url", self.url + "/api/v2/ws"), ("token", token(STACK, self.world.alice)),
                           *(("channel", channel) for channel in self.channels)])
        profile = self.enterContext(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        browser = subprocess.Popen(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors",
                                    f"--user-data-dir={profile}", "--remote-debugging-port=0", f"{origin}/page.html#{asked}"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(browser.wait, 20)
        self.addCleanup(browser.terminate)
        self.assert_misses_nothing(functools.partial(self.read, "page.jsonl"))

    def test_a_token_that_is_not_good_ends_the_client(self):
        process = subprocess.run(["/usr/bin/python3", "client.py", self.channels[1]], cwd=PLACE, stdin=subprocess.DEVNULL,
                                 env=STACK.environment | STACK.env | {"DUEL_TOKEN": token(STACK, "x", secret="guessed")},
                                 capture_output=True, text=True, timeout=30)
        self.assertEqual(process.returncode, 1)
        self.assertIn("1008", process.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
