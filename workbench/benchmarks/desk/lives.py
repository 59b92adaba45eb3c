"""One life of the window that ends by a kill: shows every page, changes fields, and records what is shown, and when.

Run as a module with a file for the records, a seed, the seconds to work before the kill, what to begin with ("scene",
"content" or "" for what the life before left), and pages as "preset/page".
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from engines.core.clock import monotonic
from engines.core.errors import KinoscopeError
from workbench.benchmarks.desk.fields import change, fields, value_of
from workbench.threads.background import Errands
from workbench.window.keeping import STILL

STEP_MS = 120
SETTLED = 2
"""Looks in a row that show the same, so that what comes late is there."""
MOST_LOOKS = 40
LONGEST_WORK_S = 90.0
FILM = "walking"
MOVING = ("Panels",)
"""Fields that follow the arrangement of the docks, which is compared as such."""
OURS = ("TransportBar/Position", "TopBar", "Pages of", "faces.tracks/Name")
"""Parts of names of fields that are compared as something else or are of the moment: the slider that follows a film
(compared as its place), the buttons of presets and of pages (as the preset and pages in force), the name for a face
that is in view just now.
"""
FOLLOWS = "Follow now"
"""The button that is kept for each source: it belongs to the one that the timeline shows."""
NOT_BY_SCRIPT = ("Record", "Play", "Pause")


class Life(QObject):
    """Looks at all places, then works at random until it is killed."""

    def __init__(self, window: Any, out: Path, seed: int, seconds: float, only: tuple[str, ...] = ()) -> None:
        super().__init__(window)
        self._window, self._dice, self._seconds = window, Random(seed), seconds
        self._file = out.open("w", encoding="utf-8")
        self._places = [place for place in places(window) if not only or "/".join(place) in only]
        self._left, self._at = list(self._places), ("", "")
        self._shown = False
        self._next = ("", "")
        self._hand = threading.Lock()
        self._looks: list[dict[str, Any]] = []
        self._clock = QTimer(self, interval=STEP_MS)
        self._clock.timeout.connect(self._step)
        self._escape = QTimer(self, interval=STEP_MS)
        self._escape.timeout.connect(_leave_dialog)

    def begin(self) -> None:
        self._record("begin", {**state(self._window)})
        self._clock.start()
        self._escape.start()

    def _step(self) -> None:
        try:
            self._go_on()
        except BaseException:
            traceback.print_exc()
            os._exit(3)

    def _go_on(self) -> None:
        values = read(self._window) if self._at != ("", "") else {}
        if values:
            self._record("work" if self._shown else "look", values)
            if not self._shown and not self._is_settled(values):
                return
        if self._left:
            self._at = self._left.pop(0)
            show(self._window, *self._at)
        elif not self._shown:
            self._shown = True
            self._record("looked", {})
            threading.Timer(self._seconds, self._end).start()
        else:
            self._work(values)

    def _end(self) -> None:
        """At any moment but the one between a change and its record: what was shown must be known."""
        self._hand.acquire()
        os.kill(os.getpid(), signal.SIGKILL)

    def _is_settled(self, values: dict[str, Any]) -> bool:
        """What comes late to this place is there, what is read beside the window's thread too."""
        still = {name: value for name, value in values.items() if not name.startswith("near: ")}
        self._looks.append(still)
        idle = all(one.idle for one in self._window.services.supervisor.owned() if isinstance(one, Errands))
        done = len(self._looks) >= MOST_LOOKS or (idle and self._looks[-SETTLED:] == [still] * SETTLED)
        if done:
            self._looks = []
        return done

    def _work(self, values: dict[str, Any]) -> None:
        """What is left is looked at until it has come to rest: what goes with a change is seen to go."""
        if self._next == ("", "") and self._dice.random() < 0.2:
            self._next = self._dice.choice(self._places)
        if self._next != ("", ""):
            if not self._is_settled(values):
                return
            self._at, self._next = self._next, ("", "")
            with self._hand:
                show(self._window, *self._at)
                self._record("done", read(self._window))
            return
        there = fields(self._window)
        names = [name for name in there if is_kept(name) and not any(word in name for word in NOT_BY_SCRIPT)]
        with self._hand:
            chosen = self._dice.sample(names, min(2, len(names)))
            for name in chosen:
                change(there[name], self._dice)
            self._record("done", read(self._window), {name: value_of(there[name]) for name in chosen})

    def _record(self, what: str, values: dict[str, Any], changed: dict[str, Any] | None = None) -> None:
        """changed: fields that the script changed, which may be out of sight by now."""
        told = {"t": monotonic(), "what": what, "place": "/".join(self._at), "values": values}
        self._file.write(json.dumps(told | {"changed": changed or {}}) + "\n")
        self._file.flush()


def _leave_dialog() -> None:
    """What a change has opened waits for an answer: none is given."""
    asks = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    if asks is not None:
        asks.close()


def places(window: Any) -> list[tuple[str, str]]:
    """Presets and their pages."""
    found = []
    for preset in window.presets.values():
        form = getattr(window.features[preset.strip], "form", None) if preset.strip else None
        pages = [""] if form is None else [str(page) for page in type(form.page).__members__.values()]
        found += [(preset.id, page) for page in pages]
    return found


def show(window: Any, preset: str, page: str) -> None:
    window.preset(preset)
    if page:
        window.features[window.presets[preset].strip].choose_page(page)


def is_kept(name: str) -> bool:
    """Whether what this field shows is to come back."""
    return not any(word in name for word in OURS)


def read(window: Any) -> dict[str, Any]:
    """What the window shows now."""
    there = fields(window)
    kept = {
        _called(window, name): value_of(field) for name, field in there.items() if is_kept(name) and name not in MOVING
    }
    return {name: value for name, value in kept.items() if value is not None} | state(window)


def _called(window: Any, name: str) -> str:
    return f"late: {name} of {window.features['actions'].timeline.canvas.view.path}" if FOLLOWS in name else name


def state(window: Any) -> dict[str, Any]:
    """What is shown by no field."""
    grid, preset = window.grid, window.services.settings.value.preset
    pages = {
        one.id: str(window.features[one.id].form.page)
        for one in window.features.records
        if one.id in window.features and hasattr(window.features[one.id], "form")
    }
    place = f"{preset}/{pages.get(window.presets[preset].strip, '')}"
    return {
        "state: preset": preset,
        f"state: front at {place}": window.centre.front,
        "state: grid": grid.layout_name,
        "state: selected": grid.selected_index,
        "state: maximised": grid.maximised_index,
        **{f"state: page of {id}": page for id, page in pages.items()},
        **{f"state: tile {tile}": path for tile, path in window.viewer.shown().items()},
        **{f"state: source {id}": True for id in window.services.feeds.ids()},
        **{f"late: on {path}": list(window.viewer.engines_on(path)) for path in set(window.viewer.shown().values())},
        "state: docks": [id for id, dock in window.docks.docks.items() if not dock.visibleRegion().isEmpty()],
        **_films(window),
    }


def _films(window: Any) -> dict[str, Any]:
    """Where films are that have opened, and how they play."""
    feeds = window.services.feeds
    known = {id: feeds.feed(id).status() for id in feeds.ids()}
    films = {id: it for id, it in known.items() if it.info is not None and it.info.seekable}
    return {
        **{f"near: place in {id}": round(it.position, 2) for id, it in films.items()},
        **{f"once: {id} stands": it.state in STILL for id, it in films.items()},
        **{f"state: loop of {id}": it.loop for id, it in films.items()},
        **{f"state: speed of {id}": it.speed for id, it in films.items()},
    }


def begin(window: Any, content: str) -> None:
    """With something on every page, where that is asked for: the sample, a film with covered faces, sampled digits."""
    if content != "content":
        return
    window.commands.run("file.open-sample")
    film = known_file(FILM)
    if film is not None:
        window.add_source(str(film))
    window.preset("faces")
    faces = window.features["faces"]
    faces.set_settings(replace(faces.form.settings, blur="everyone"))
    path = window.viewer.shown().get(max(window.viewer.shown(), default=0), "")
    window.viewer.engineToggled.emit("faces", path, True)
    window.preset("diffusion")
    QTimer.singleShot(2500, window, lambda: window.features["diffusion"].start())


def known_file(name: str) -> Path | None:
    """A file of the model store that is there already."""
    from engines.core.store.fetching import load_path

    try:
        return load_path(name)
    except KinoscopeError:
        return None


def main(out: str, seed: str, seconds: str, content: str = "", *only: str) -> int:
    """Live until killed."""
    from workbench import app as application
    from workbench.threads.supervisor import Supervisor
    from workbench.window.main import Window

    qt = application.make_application()
    window = Window(Supervisor(), *application.open_state())
    window.resize(1600, 1000)
    window.show()
    window.start(["scene:1"] if content == "scene" else [])
    life = Life(window, Path(out), int(seed), float(seconds), only)
    QTimer.singleShot(700, life, partial(_begin, window, life, content))
    return qt.exec()


def _begin(window: Any, life: Life, content: str) -> None:
    begin(window, content)
    give_up = monotonic() + LONGEST_WORK_S
    clock = QTimer(life, interval=500)

    def look() -> None:
        jobs = [job for job in window.services.jobs.records() if not job.state.over]
        if content != "content" or monotonic() > give_up or (window.services.jobs.records() and not jobs):
            clock.stop()
            life.begin()

    clock.timeout.connect(look)
    look() if content != "content" else clock.start()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
