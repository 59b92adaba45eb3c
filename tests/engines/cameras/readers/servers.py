"""Servers on this machine for the stream reader: one that never answers, one that sends JPEG pictures as they come."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any

import cv2

from tests.engines.cameras.films import numbered


class Silent:
    """Accepts every connection and says nothing."""

    def __init__(self) -> None:
        self.called = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._callers: list[socket.socket] = []
        self._thread = Thread(target=self._accept, name="silent server")
        self._thread.start()

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for caller in self._callers:
            caller.close()
        self._thread.join()

    def _accept(self) -> None:
        try:
            while True:
                self._callers.append(self._listener.accept()[0])
                self.called.set()
        except OSError:
            return


class Shelf:
    """HTTP for the files of one folder."""

    def __init__(self, folder: Path) -> None:
        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: Any) -> None:
                super().__init__(*args, directory=str(folder))

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="file server")
        self._thread.start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{name}"

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Motion:
    """HTTP motion JPEG. It sends `burst` pictures to a caller, then hangs up; the next caller gets the same.

    After `stall` pictures it falls silent until `go` is set.
    """

    def __init__(self, burst: int = 10_000, interval: float = 0.01, stall: int = -1) -> None:
        self.closing, self.go = Event(), Event()
        self.callers = 0
        motion = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                motion.callers += 1
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    for index in range(burst):
                        if index == stall:
                            motion.go.wait()
                        if motion.closing.wait(interval):
                            return
                        self.wfile.write(motion.part(index))
                except OSError:
                    return

            def log_message(self, *words: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="motion server")
        self._thread.start()

    @staticmethod
    def part(index: int) -> bytes:
        jpeg = cv2.imencode(".jpg", numbered(index))[1].tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        return head.encode() + jpeg + b"\r\n"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/live"

    def __enter__(self) -> Motion:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self.go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
