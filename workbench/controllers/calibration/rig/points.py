"""The section about a rig in use: which sources it belongs to, points of theirs in space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engines.core.errors import KinoscopeError
from engines.core.words import tr, tr_count
from widgets.calibration.rig.points_state import Bones, RigUse
from widgets.kit.save_file import ask_file
from widgets.sources.choice import SourceChoice
from workbench.controllers.calibration.rig.joining import Joining
from workbench.controllers.calibration.rig.measuring import Measuring
from workbench.controllers.calibration.rig.part import Desk, SectionPart
from workbench.controllers.common.live_threads import choices
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.step import KeepOnShelf
from workbench.controllers.shell.viewer import ViewerController
from workbench.features import Feature
from workbench.feeds.calibrations import ago
from workbench.feeds.rigs import RigInUse
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

if TYPE_CHECKING:
    from engines.calibration.rig.points.joining import Moment
    from engines.calibration.rig.types import RigResult, SpacePoint
    from widgets.calibration.rig.points import UseSection


class Use(SectionPart):
    """records: all features there are; those that see named points can be joined."""

    def __init__(
        self, desk: Desk, viewer: ViewerController, errands: Errands, parent: QObject, records: Sequence[Feature] = ()
    ) -> None:
        super().__init__(desk, viewer, errands, parent)
        self._engines = {one.id: one for one in records if one.live and one.points}
        self._chosen: dict[int, str] = {}
        self._engine = ""
        self._followed: RigInUse | None = None
        self._joining: Joining | None = None
        self._target = ""
        self.measuring = Measuring(viewer, desk.services, self)
        self.measuring.changed.connect(self.changed)
        desk.services.rigs.changed.connect(self._follow_rig)
        desk.services.rigs.unreadable.connect(lambda words: desk.services.notify(words, "warn"))
        desk.services.results.came.connect(self._came)
        desk.services.results.ended.connect(self._ended)

    @property
    def state(self) -> RigUse:
        rig, used, moment = self.desk.session.result, self.used, self._moment
        sources = self._cameras()
        chosen = self._sources(rig, sources)
        points, bones = self._figures(moment)
        measured = self.measuring.measured
        return RigUse(
            cameras=() if rig is None else tuple(camera.name for camera in rig.cameras),
            sources=sources,
            chosen=chosen,
            problem=_problem(chosen),
            kept=used is not None and used.paths == chosen and _same(used.kept.result, rig),
            used="" if used is None else _used_words(used),
            engines=tuple((id, one.live) for id, one in self._engines.items()),
            engine=self._engine,
            joined=self._joined_words(moment),
            points=points if measured.point is None else (*points, replace(measured.point, name="measured")),
            bones=bones,
            rig=self._rig_of_points(used),
            recording=self._target,
            measuring=self.measuring.on,
            measured=measured,
        )

    @property
    def used(self) -> RigInUse | None:
        """The rig that the selected source belongs to, else the largest that the open sources form."""
        rigs = self.desk.services.rigs
        return rigs.of(self.viewer.selected_path()) or next(iter(rigs.in_use()), None)

    def wire(self, section: UseSection) -> None:
        section.sourceChosen.connect(self.choose_source)
        section.used.connect(self.keep)
        section.engineChosen.connect(self.join)
        section.recordWanted.connect(self.record)
        section.measureWanted.connect(self.measure)
        section.forgotten.connect(self.measuring.forget)

    # Which sources

    def choose_source(self, camera: int, path: str) -> None:
        """Say which source a camera of the rig is."""
        self._chosen[camera] = path
        self.changed.emit()

    def keep(self) -> None:
        """Keep the rig that is shown for the chosen sources."""
        rig, services = self.desk.session.result, self.desk.services
        chosen = self._sources(rig, self._cameras())
        if rig is None or _problem(chosen):
            return
        try:
            used = services.rigs.assign(chosen, rig)
        except KinoscopeError as error:
            self.failed.emit(trouble_of(error.as_json(), tr("The rig is not used")))
            return
        text = tr_count(len(chosen), "Keep the rig for {n} camera", "Keep the rig for {n:,} cameras")
        services.undo.push(
            KeepOnShelf(text, partial(services.host.bring, "rig"), services.notify, services.rigs.forgetter(used))
        )
        services.notify(
            tr_count(len(chosen), "The rig is kept for these {n} camera", "The rig is kept for these {n:,} cameras"),
            "good",
        )

    def _cameras(self) -> tuple[SourceChoice, ...]:
        """Sources of a camera's own pictures: a rig is kept for nothing that was straightened."""
        feeds = self.desk.services.feeds
        return tuple(one for one in choices(feeds) if feeds.child(one.path) is None)

    def _sources(self, rig: RigResult | None, sources: Sequence[SourceChoice]) -> tuple[str, ...]:
        """As chosen, else by names within one feed, else in their order."""
        names = [] if rig is None else [camera.name for camera in rig.cameras]
        offered = _offered(names, [source.path for source in sources])
        there = {source.path for source in sources}
        return tuple(path if (path := self._chosen.get(at, offered[at])) in there else "" for at in range(len(names)))

    # Points in space

    def join(self, engine: str) -> None:
        """Follow what a feature sees in all cameras of the rig, "" for none."""
        self._stop_joining()
        used = self.used
        if not engine or used is None:
            self.changed.emit()
            return
        try:
            rig = self.desk.services.rigs.rig(used)
        except KinoscopeError as error:
            self.failed.emit(trouble_of(error.as_json(), tr("No points in space")))
            return
        self._engine, self._followed = engine, used
        joining = Joining(rig, self._engines[engine].points)
        joining.joined.connect(self.changed)
        joining.recorded.connect(self._recorded)
        joining.failed.connect(self._broke)
        self._joining = joining
        self.desk.services.supervisor.adopt(joining)
        joining.start()
        for path in used.paths:
            self.viewer.engineToggled.emit(engine, path, True)
        self.changed.emit()

    def record(self, on: bool) -> None:
        """Write what comes from now on into a table, or end that."""
        if self._joining is None:
            return
        asked = self.viewer.grid, tr("Record points in space"), "points", "CSV (*.csv)", "points.csv"
        self.record_to(ask_file(*asked) if on else "")

    def record_to(self, path: str) -> None:
        self._target = path
        if self._joining is not None:
            self._joining.record(Path(path) if path else None)
        self.changed.emit()

    # Measuring

    def measure(self, on: bool) -> None:
        """Take clicks in the viewer for a point, or no more."""
        self.measuring.switch(self.used if on else None)
        if self.measuring.on:
            self.desk.services.host.show_centre("viewer")

    # What happens elsewhere

    def follow_sources(self) -> None:
        self._follow_rig()

    def forget(self) -> None:
        super().forget()
        self._chosen.clear()
        self._stop_joining()
        self.measuring.switch(None)

    def close(self) -> None:
        self._stop_joining()
        self.measuring.switch(None)

    # Within

    @property
    def _moment(self) -> Moment | None:
        return self._joining.latest() if self._joining is not None else None

    def _rig_of_points(self, used: RigInUse | None) -> RigResult | None:
        """What is joined or measured with; what is in use where nothing else can be shown."""
        if self._joining is not None:
            return self._joining.rig
        shown = self.desk.session.result
        return self.measuring.rig or (used.kept.result if used is not None and shown is None else None)

    def _figures(self, moment: Moment | None) -> tuple[tuple[SpacePoint, ...], Bones]:
        figures = moment.figures if moment is not None else ()
        points = [replace(p, name=f"{one.number} {p.name}") for one in figures for p in one.placed.points]
        bones = [(f"{one.number} {a}", f"{one.number} {b}") for one in figures for a, b in one.bones]
        return tuple(points), tuple(bones)

    def _joined_words(self, moment: Moment | None) -> str:
        if self._joining is None:
            return ""
        if moment is None:
            return tr("Waiting for what the cameras see")
        alone = tr("\n{alone} seen by one camera only", alone=moment.alone) if moment.alone else ""
        if not moment.figures:
            return tr("Nothing that two cameras see{alone}", alone=alone)
        told = tr(
            "{count} in {cameras}: {points}",
            count=len(moment.figures),
            cameras=tr_count(len(moment.cameras), "{n} camera", "{n:,} cameras"),
            points=tr_count(moment.points, "{n} point", "{n:,} points"),
        )
        return tr(
            "{told}, {residual_px:.1f} px, {rate:.0f} a second{alone}",
            told=told,
            residual_px=moment.residual_px,
            rate=self._joining.rate,
            alone=alone,
        )

    def _came(self, engine: str, path: str, result: object) -> None:
        if self._joining is not None and engine == self._engine and self._followed and path in self._followed.paths:
            self._joining.put(self._followed.number(path), result)

    def _ended(self, engine: str, path: str) -> None:
        """One that is missing is said; without two there is nothing to join."""
        if engine == self._engine and self._followed is not None:
            left = [each for each in self._followed.paths if engine in self.viewer.engines_on(each)]
            if len(left) < 2:
                self._stop_joining()
                self.changed.emit()

    def _stop_joining(self) -> None:
        joining, self._joining = self._joining, None
        engine, self._engine, used, self._followed = self._engine, "", self._followed, None
        self._target = ""
        if joining is not None:
            joining.request_stop()
        for path in used.paths if used is not None else ():
            if engine in self.viewer.engines_on(path):
                self.viewer.engineToggled.emit(engine, path, False)

    def _follow_rig(self) -> None:
        """Another rig, or none, is in use: what was made with the last one ends."""
        used = self.used
        if self._followed is not None and (used is None or used.kept.path != self._followed.kept.path):
            self._stop_joining()
        self.measuring.follow(used)
        self.changed.emit()

    def _recorded(self, path: Path, moments: int) -> None:
        self.desk.services.notify(
            tr_count(
                moments,
                "Recorded {n} moment to {path} in {parent}",
                "Recorded {n:,} moments to {path} in {parent}",
                path=path.name,
                parent=path.parent,
            ),
            "good",
        )

    def _broke(self, failure: Failure) -> None:
        self._stop_joining()
        self.failed.emit(trouble_of(failure.as_json(), tr("No points in space")))


def _offered(names: Sequence[str], paths: Sequence[str]) -> list[str]:
    """For each camera a source: the tile of its name, else the tiles of a feed with as many, else what there is."""
    feeds: dict[str, list[str]] = {}
    for path in paths:
        feed, _, tile = path.partition("/")
        if tile:
            feeds.setdefault(feed, []).append(path)
    for feed, tiles in feeds.items():
        if {f"{feed}/{name}" for name in names} <= set(tiles):
            return [f"{feed}/{name}" for name in names]
    whole = [path for path in paths if "/" not in path]
    fitting = [tiles for tiles in feeds.values() if len(tiles) == len(names)]
    found = fitting[0] if fitting else whole
    return [found[at] if at < len(found) else "" for at in range(len(names))]


def _problem(chosen: Sequence[str]) -> str:
    if not chosen:
        return tr("Calibrate a rig, or open one")
    if not all(chosen):
        return tr("Choose a source for each camera")
    return tr("Two cameras have the same source") if len(set(chosen)) < len(chosen) else ""


def _same(kept: RigResult, shown: RigResult | None) -> bool:
    return shown is not None and kept.cameras == shown.cameras


def _used_words(used: RigInUse) -> str:
    names = ", ".join(camera.name for camera in used.kept.result.cameras)
    return tr("{names}, kept {ago}", names=names, ago=ago(time() - used.kept.at))
