"""Stops of the tour at sources that are worked with: menu, form, recordings, a calibration, a stream that hangs."""

from __future__ import annotations

import socket
from threading import Thread

import cv2
import numpy as np
from PySide6.QtWidgets import QMenu

from engines.calibration.types import MonoResult
from engines.cameras.types import FileSource, StreamSource
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from workbench.tour.walk import Stop, panel
from workbench.window.main import Window

FOCAL = 520.0
MENU = "tour: menu of a source"


def stops(theme: str) -> list[Stop]:
    """After the sample is shown; they leave it as it was."""
    return [
        Stop(f"{theme}-source-menu", _menu, also=_open_menu),
        Stop(f"{theme}-source-edit", _edit, also=lambda window: window.panels.sources.editor),
        Stop(f"{theme}-source-rename", _rename, panel=panel("sources")),
        Stop(f"{theme}-properties-calibrated", _calibrated, panel=panel("properties")),
        Stop(f"{theme}-recording", _record, _recorded, panel("sources")),
        Stop(f"{theme}-recorded", lambda window: window.commands.run("view.record-stop"), _saved),
        Stop(f"{theme}-stream-hangs", _hang, _waits, panel("sources"), 30),
        Stop(f"{theme}-tile-aimed", _aim),
        Stop(f"{theme}-source-gone", _go, _gone, panel("sources")),
        Stop(f"{theme}-sample-again", _tidy),
    ]


def _first(window: Window) -> str:
    """The source that was opened first: the sample, where the walk begins here."""
    if not window.services.feeds.ids():
        window.commands.run("file.open-sample")
    return window.services.feeds.ids()[0]


def _menu(window: Window) -> None:
    panel = window.panels.sources
    panel.list.select(_first(window))
    row = panel.list.row_of(_first(window))
    assert row is not None
    menu = panel.menu_for(row)
    menu.setObjectName(MENU)
    menu.popup(panel.list.mapToGlobal(panel.list.rect().topLeft()))


def _open_menu(window: Window) -> QMenu | None:
    return window.panels.sources.findChild(QMenu, MENU)


def _edit(window: Window) -> None:
    if (menu := _open_menu(window)) is not None:
        menu.close()
        menu.deleteLater()
    window.source_menu.do("edit", _first(window))


def _rename(window: Window) -> None:
    if (editor := window.panels.sources.editor) is not None:
        editor.reject()
    id = _first(window)
    window.sources.rename(window.services.feeds.paths(id)[1], "N: 2")
    window.panels.sources.list.edit_name(window.services.feeds.paths(id)[2])


def _calibrated(window: Window) -> None:
    path = window.services.feeds.paths(_first(window))[1]
    size = window.services.calibrations.size(path) or Size(640, 360)
    camera = Intrinsics(FOCAL, FOCAL, (size.width - 1) / 2, (size.height - 1) / 2)
    result = MonoResult(
        "brown5", size, camera, {}, (-0.1, 0.01, 0.0, 0.0, 0.0), (), 0.14, None, (), "good", (), 0.0, None
    )
    window.services.calibrations.assign(path, result, "far")
    window.panels.sources.list.select(path)
    window.docks.show("properties")
    window.properties.show(path)


def _record(window: Window) -> None:
    window.commands.run("view.record-all")


def _recorded(window: Window) -> bool:
    told = window.grid.tile(0).recording.text
    return "MB" in told or "kB" in told


def _saved(window: Window) -> bool:
    return not window.viewer.recordings.paths()


class Hanging:
    """A camera on this machine that gives a few pictures and then no more."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._callers: list[socket.socket] = []
        Thread(target=self._serve, name="hanging camera", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://ann:secret@127.0.0.1:{self._listener.getsockname()[1]}/gate"

    def close(self) -> None:
        self._listener.close()
        for caller in self._callers:
            caller.close()

    def _serve(self) -> None:
        try:
            while True:
                caller = self._listener.accept()[0]
                self._callers.append(caller)
                caller.recv(4096)
                caller.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
                for number in range(60):
                    caller.sendall(_part(number))
        except OSError:
            return


def _part(number: int) -> bytes:
    ramp = np.linspace(30 + number, 190, 640, dtype=np.float32).astype(np.uint8)
    jpeg = cv2.imencode(".jpg", cv2.merge([np.tile(ramp, (360, 1))] * 3))[1].tobytes()
    return f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode() + jpeg + b"\r\n"


_cameras: list[Hanging] = []


def _hang(window: Window) -> None:
    window.notices.clear()
    _cameras.append(Hanging())
    window.sources.add(StreamSource(_cameras[-1].url, "Gate"))


def _waits(window: Window) -> bool:
    feeds = window.services.feeds
    return any(feeds.feed(id).status().silent > 2 for id in feeds.ids() if feeds.feed(id).source.kind == "stream")


def _aim(window: Window) -> None:
    window.grid.tile(1).show_aimed(True)


def _go(window: Window) -> None:
    window.grid.tile(1).show_aimed(False)
    window.sources.add(FileSource("/media/disk/holiday: [1].mp4", "Holiday"))


def _gone(window: Window) -> bool:
    feeds = window.services.feeds
    return any(feeds.feed(id).status().gone for id in feeds.ids())


def _tidy(window: Window) -> None:
    while _cameras:
        _cameras.pop().close()
    for id in window.services.feeds.ids()[1:]:
        window.sources.remove(id)
    window.notices.clear()
