"""A TCP proxy on loopback that counts what passes and cuts connections when it is told to."""

import random
import socket
import threading


class CountingProxy:
    def __init__(self, target_port):
        self._target = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs = set()
        self.sent = 0  # bytes from the client to the server
        self.received = 0
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_one(self):
        """Resets a connection chosen by chance, as a lost network does; False: there is none."""
        with self._lock:
            pairs = list(self._pairs)
        if not pairs:
            return False
        for side in random.choice(pairs):
            try:
                # No farewell: a reset.
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.cuts += 1
        return True

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=self._pump, args=(pair, client, server, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(pair, server, client, False), daemon=True).start()

    def _pump(self, pair, source, sink, is_sent):
        try:
            while data := source.recv(1 << 18):
                with self._lock:
                    if is_sent:
                        self.sent += len(data)
                    else:
                        self.received += len(data)
                sink.sendall(data)
        except OSError:
            pass
        with self._lock:
            self._pairs.discard(pair)
        for side in pair:
            side.close()
