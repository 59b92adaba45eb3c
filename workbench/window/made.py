"""Makes a feature when it is first shown or asked for, and tells which of them files and failures belong to."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from engines.core.networks.in_use import ModelInUse
from engines.core.places import cache_dir
from engines.core.spec import resolve
from workbench.commands import Actions
from workbench.controllers.common.feature_controller import P, W
from workbench.controllers.shell.viewer import ViewerController
from workbench.features import Feature, Preset
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.jobs import JobRecord
from workbench.window.centre import Centre
from workbench.window.docks import Docks

SOON_MS = 2000
"""So long the first command waits for what a feature finds when it is made."""


class Made:
    """`made["faces"]` is the controller of a feature, made if need be. This is also the room that it is made in."""

    def __init__(
        self, features: Iterable[Feature], docks: Docks, centre: Centre, viewer: ViewerController, services: Services,
        commands: Actions,
    ) -> None:  # fmt: skip
        self.viewer, self.services, self.commands = viewer, services, commands
        self.records = tuple(features)
        self._docks, self._centre = docks, centre
        self._made: dict[str, Any] = {}
        self._begun: dict[str, Generator[None, None, Any]] = {}
        viewer.engineToggled.connect(self._toggled)
        for feature in self.records:
            if feature.live:
                viewer.register_engine(feature.id, feature.live)
            for dock in feature.docks:
                docks.docks[dock.id].visibilityChanged.connect(partial(self._seen, feature.id))
            for command in feature.commands:
                commands.bind(command.id, partial(self._run, feature.id, command.id))
                commands.enable(command.id, command.idle)

    def __getitem__(self, id: str) -> Any:
        for _ in self.pieces(id):
            pass
        return self._made[id]

    def pieces(self, id: str) -> Iterator[None]:
        """Make a feature, a piece a turn where its `make` yields between them; what is begun is gone on with."""
        while not self._make_some(id):
            yield

    def _make_some(self, id: str) -> bool:
        """Whether it is all made now."""
        if id not in self._made:
            begun = self._begun.pop(id, None) or resolve(self.record(id).make)(self)
            if not isinstance(begun, Generator):
                self._made[id] = begun
                return True
            try:
                next(begun)
                self._begun[id] = begun
            except StopIteration as end:
                self._made[id] = end.value
        return id in self._made

    def __contains__(self, id: str) -> bool:
        """Whether it is made."""
        return id in self._made

    def record(self, id: str) -> Feature:
        return next(feature for feature in self.records if feature.id == id)

    # The room that a feature is made in

    def dock(self, id: str, panel: P) -> P:
        self._docks.docks[id].fill(panel)
        return panel

    def board(self, name: str, board: W, strip: QWidget | None = None) -> W:
        self._centre.add(name, board, strip)
        return board

    def in_use(self) -> tuple[ModelInUse, ...]:
        """The models that features run now, those that were made."""
        told = [(one, one.model_in_use) for one in self.records if one.id in self._made]
        return tuple(model for one, tell in told if tell is not None for model in tell(self._made[one.id]))

    # What the window asks

    def start(self, panel: str) -> None:
        """Do the one action of this feature's panel, of what is in the centre where the panel is no feature's. Where it
        cannot be done now, the panel in front says why.
        """
        ids, places = [one.id for one in self.records], (panel, self._centre.strip, self._centre.front)
        id = next((place for place in places if place in ids), "")
        if id:
            start = self[id].panel.start
            self._docks.show(id)
            start.click()

    def make_for(self, preset: Preset) -> None:
        """Have the feature that this preset is of."""
        for feature in self.records:
            if feature.preset.id == preset.id:
                self[feature.id]

    def sweep(self, errands: Errands) -> None:
        """Clear up after a program that was killed, made or not; what cannot be cleared concerns nobody."""
        for feature in self.records:
            if feature.sweep:
                errands.ask(partial(_sweep, feature.sweep), lambda _done: None, lambda _failure: None)

    def restore(self) -> None:
        """Another project is open."""
        for controller in self._made.values():
            controller.restore()

    def keep_now(self) -> None:
        """What features have not kept yet."""
        for controller in self._made.values():
            controller.keep_now()

    def page_of(self, id: str) -> str:
        """What the page that a feature shows is called, "" where it shows none."""
        record = next((one for one in self.records if one.id == id and id in self._made), None)
        if record is None or not record.pages:
            return ""
        return str(resolve(record.pages)[self._made[id].form.page][0])

    def close(self) -> None:
        for controller in reversed(self._made.values()):
            controller.close()

    def shows(self, record: JobRecord) -> bool:
        """What is in the centre shows how this job failed."""
        there = (self._centre.front, self._centre.strip)
        return any(feature.id in there and feature.shows(record.job) for feature in self.records)

    def taker(self, files: Sequence[str]) -> str:
        """Id of the feature that files which fall onto the window are for, "" for none.

        The board in front, a strip in front for its own endings, whoever they are of, and the strip for all else.
        """
        front, strip = self._centre.front, self._centre.strip
        on_board = [one.id for one in self.records if one.id == front and "board" in one.drops]
        on_strip = [one for one in self.records if one.id == strip and "strip" in one.drops]
        known = [one.id for one in on_strip if files[0].lower().endswith(one.takes)]
        return next(iter([*on_board, *known, *self._owners(files[0]), *(one.id for one in on_strip)]), "")

    def owner(self, file: str) -> str:
        """Id of the feature that files of this kind are of, wherever they come from; "" for none."""
        return next(self._owners(file), "")

    def _owners(self, file: str) -> Iterator[str]:
        """The first by the ending, where the file does not tell that it is another's."""
        for one in self.records:
            if one.takes and file.lower().endswith(one.takes) and (not one.owns or resolve(one.owns)(file)):
                yield one.id

    # Within

    def _seen(self, id: str, on: bool) -> None:
        """A dock came into view, or went."""
        if id in self._made or (on and not self._docks.arranging):
            self[id].show_soon()

    def _run(self, id: str, command: str) -> None:
        """The first command of a feature: once it is made, it has bound its own. One that cannot be done now is done as
        soon as the feature has found what it needs, if that is soon, and its panel says what is missing.
        """
        self[id]
        action = self.commands.action(command)
        if action.isEnabled():
            self.commands.run(command)
            return
        self._docks.show(id)
        late = action.enabledChanged.connect(lambda on: on and action.trigger(), Qt.ConnectionType.SingleShotConnection)
        QTimer.singleShot(SOON_MS, action, lambda: action.disconnect(late))

    def _toggled(self, engine: str, path: str, on: bool) -> None:
        """A live engine of a feature that is not there to hear it."""
        if engine not in self._made and any(feature.id == engine for feature in self.records):
            self[engine]
            self.viewer.engineToggled.emit(engine, path, on)


def _sweep(path: str) -> None:
    resolve(path)(cache_dir())
