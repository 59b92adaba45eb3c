"""Measures a point that is clicked in two or more pictures of the viewer: lines where it can be, then its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engines.core.errors import KinoscopeError
from engines.core.words import tr
from widgets.calibration.rig.clicks import overlays_of
from widgets.calibration.rig.points_state import Measured
from widgets.kit.lengths.units import UNITS
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.rigs import RigInUse
from workbench.services import Services

if TYPE_CHECKING:
    from engines.calibration.rig.points.picking import Pick
    from engines.calibration.rig.points.triangulation import Triangulator
    from engines.calibration.rig.types import RigResult

OWNER = "rig points"


class Measuring(QObject):
    """`changed()`: another click, or none. Clicks in one picture replace one another."""

    changed = Signal()

    def __init__(self, viewer: ViewerController, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self._services = viewer, services
        self._used: RigInUse | None = None
        self._triangulator: Triangulator | None = None
        self._clicks: dict[int, tuple[float, float]] = {}
        self.pick: Pick | None = None
        viewer.clicked.connect(self._clicked)
        UNITS.changed.connect(self._draw)

    @property
    def on(self) -> bool:
        return self._used is not None

    @property
    def rig(self) -> RigResult | None:
        """What is measured with."""
        return None if self._triangulator is None else self._triangulator.rig

    @property
    def measured(self) -> Measured:
        pick = self.pick
        return Measured() if pick is None else Measured(len(pick.clicks), pick.point, pick.why)

    def switch(self, used: RigInUse | None) -> None:
        """Measure with this rig, or no more."""
        from engines.calibration.rig.points.triangulation import Triangulator

        self.forget()
        try:
            self._triangulator = Triangulator(self._services.rigs.rig(used)) if used is not None else None
            self._used = used
        except KinoscopeError as error:
            self._services.notify(tr("Nothing can be measured: {error}", error=error), "bad")
            self._triangulator = self._used = None
        self.changed.emit()

    def follow(self, used: RigInUse | None) -> None:
        """Another rig may be in use."""
        if self._used is not None and (used is None or used.kept.path != self._used.kept.path):
            self.switch(None)

    def forget(self) -> None:
        """Draw nothing any more, and begin anew."""
        self._clicks, self.pick = {}, None
        for path in self._used.paths if self._used is not None else ():
            self._viewer.pin_overlays(OWNER, path, [])
        self.changed.emit()

    def _clicked(self, path: str, x: float, y: float) -> None:
        from engines.calibration.rig.points.picking import pick

        used, triangulator = self._used, self._triangulator
        if used is None or triangulator is None or path not in used.paths:
            return
        self._clicks[used.number(path)] = (x, y)
        self.pick = pick(triangulator, dict(self._clicks))
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        """Over the pictures; their labels tell lengths."""
        if self._used is None or self.pick is None:
            return
        for number, each in enumerate(self._used.paths):
            self._viewer.pin_overlays(OWNER, each, overlays_of(self.pick, number))
