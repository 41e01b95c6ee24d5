"""A TCP proxy that can cut what runs through it, as bad networks do: without a word and at any byte."""

import socket
import threading


class CuttingProxy:
    """Listens on a port of its own choice and leads to `port` of this machine."""

    def __init__(self, port):
        self._target = port
        self._lock = threading.Lock()
        self._open = set()
        self._passes = threading.Event()
        self._passes.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Ends every connection; gives back how many there were."""
        with self._lock:
            pairs, self._open = self._open, set()
        for pair in pairs:
            for end in pair:
                self._end(end)
        return len(pairs)

    def hold(self):
        """Lets nothing through, and nobody know: a network that is parted."""
        self._passes.clear()

    def let_go(self):
        """What was sent meanwhile arrives after all."""
        self._passes.set()

    def passes_on(self, data, sink, pair):
        """For those that look at what runs through: false cuts the connection instead."""
        return True

    def close(self):
        self.let_go()
        self._end(self._listener)
        self.cut()

    @staticmethod
    def _end(end):
        try:
            end.shutdown(socket.SHUT_RDWR)   # wakes who reads from it
        except OSError:
            pass

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                self._listener.close()
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                client.close()
                continue
            pair = (client, server)
            with self._lock:
                self._open.add(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self._pump, args=(source, sink, pair), daemon=True).start()

    def _pump(self, source, sink, pair):
        source.settimeout(None)
        try:
            while data := source.recv(65536):
                self._passes.wait()
                if not self.passes_on(data, sink, pair):
                    break
                sink.sendall(data)
        except OSError:
            pass
        with self._lock:
            self._open.discard(pair)
        for end in pair:
            self._end(end)
        source.close()
