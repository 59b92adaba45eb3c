"""Joins the toy's panel to its live engine and its job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.workbench.toy.engine import Brightness, Spec
from tests.workbench.toy.panel import ToyPanel
from widgets.kit.work_state import Trouble
from workbench.controllers.common.feature_controller import FeatureController, Room
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.live_threads import Lookers
from workbench.controllers.common.source_watch import SourceWatch
from workbench.controllers.common.trouble_words import trouble_of


class Watch(SourceWatch):
    def settings_for(self, path: str) -> Spec:
        return Spec(path)

    def see(self, path: str) -> None:
        self.show_soon()


class ToyController(FeatureController):
    """The figure is of what is looked at, else of the last file."""

    def __init__(self, panel: ToyPanel, room: Room) -> None:
        super().__init__("toy", room.services, room.commands, panel)
        self.panel, self.shown = panel, None
        self.lookers = Lookers(room.services, "tests.workbench.toy.engine:Meter", "Brightness", self)
        self.watch = Watch("toy", room.viewer, room.services, self.lookers, 50, self)
        self.job = JobSlot(room.services.jobs, "tests.workbench.toy.engine:run", self.trouble_of, self)
        self.watch.changed.connect(self.read)
        self.job.done.connect(lambda _spec, result: self.show_figure(result))
        self.job.failed.connect(self.show_trouble)
        panel.lookWanted.connect(self.toggle)
        self.restore()

    def trouble_of(self, error: dict[str, Any]) -> Trouble:
        return trouble_of(error, "No brightness")

    def toggle(self) -> None:
        self.watch.look(self.watch.source, not self.watch.running)

    def take(self, paths: Sequence[str]) -> None:
        self.job.start(Spec(paths[0]), "Brightness of a file")

    def read(self) -> None:
        self.show_figure(self.lookers.latest(self.watch.source) or self.shown)

    def clear(self) -> None:
        self.show_figure(None)

    def show_figure(self, found: Brightness | None) -> None:
        self.shown, self.trouble = found, None
        self.show_soon()

    def show_now(self) -> None:
        words = self.trouble.title if self.trouble else f"Brightness {self.shown.mean:.1f}" if self.shown else "Idle"
        self.panel.show_state(words, "bad" if self.trouble else "")
        self.actions.refresh(self.name, self)

    def restore(self) -> None:
        if self.is_other_project():
            self.clear()

    def keep(self) -> None:
        """Nothing was set."""

    def close(self) -> None:
        self.rest()
        self.watch.close()


def make(room: Room) -> ToyController:
    """The feature in a window."""
    return ToyController(room.dock("toy", ToyPanel()), room)
