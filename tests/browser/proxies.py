"""Lines between browser and server: what they are all made of, and a proxy that gives the app a path of its own and strips it."""

import contextlib
import socket
import threading


def relay(near: socket.socket, far: socket.socket) -> None:
    """Pass on what either says to the other until both have ended, then close them."""
    with near, far:
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class StrippingProxy:
    """Passes what is asked below ``path`` on to a port of this machine, without the path; every connection carries one request."""

    def __init__(self, target: int, path: str) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}{path}"
        self._target = target
        self._path = path.encode()
        self.refused: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            head = self._head(near)
            if not head:
                return
            asked = head.split(b" ", 2)[1]
            if not asked.startswith(self._path + b"/"):
                self.refused.append(asked.decode())
                near.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            head = head.replace(asked, asked.removeprefix(self._path), 1)
            if b"upgrade: websocket" not in head.lower():
                head = head.replace(b"Connection: keep-alive", b"Connection: close")
            with socket.create_connection(("127.0.0.1", self._target)) as far:
                far.sendall(head)
                relay(near, far)

    @staticmethod
    def _head(near: socket.socket) -> bytes:
        """What was sent up to the end of the first request's head, and what came with it."""
        head = b""
        while b"\r\n\r\n" not in head:
            more = near.recv(65_536)
            if not more:
                return b""
            head += more
        return head
