"""Frames by cameras as figures: what each camera saw in each frame and how well it agrees, boards taken together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from math import sqrt

from engines.calibration.rig.types import RigResult, RigView
from engines.core.words import tr, tr_count
from widgets.calibration.rig.alone import outliers
from widgets.calibration.state import pixels
from widgets.kit.words import DASH


class Kind(Enum):
    """What a cell is. The value is the word for it."""

    NOTHING = tr("no picture")
    UNSEEN = tr("no board found")
    OFF = tr("switched off")
    UNUSED = tr("not used")
    USED = "used"


@dataclass(frozen=True, slots=True)
class Figures:
    """One camera in one frame. rms, left: pixels, of the fit and of the frame left out."""

    frame: str
    camera: int
    kind: Kind = Kind.NOTHING
    rms: float | None = None
    left: float | None = None
    corners: int = 0
    wrong: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """cells: by frame, then by camera."""

    frames: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    cells: tuple[tuple[Figures, ...], ...] = ()

    @property
    def rated(self) -> list[float]:
        """Every RMS that there is."""
        return [cell.rms for row in self.cells for cell in row if cell.rms is not None and cell.kind is Kind.USED]

    def cell(self, frame: str, camera: int) -> Figures | None:
        if frame not in self.frames or not 0 <= camera < len(self.cameras):
            return None
        return self.cells[self.frames.index(frame)][camera]

    def worst(self) -> Figures | None:
        """The used cell that fits worst."""
        used = [cell for row in self.cells for cell in row if cell.kind is Kind.USED]
        return max(used, key=lambda cell: cell.rms or 0.0, default=None)


def matrix_of(result: RigResult, off: Collection[str] = ()) -> Matrix:
    """off: frames and `frame/camera` that are switched off by now, whatever the result took."""
    views: dict[tuple[str, int], list[RigView]] = {}
    for view in result.views:
        views.setdefault((view.frame, view.camera), []).append(view)
    frames = tuple(dict.fromkeys(view.frame for view in result.views))
    names = tuple(camera.name for camera in result.cameras)
    cells = tuple(
        tuple(_figures(frame, n, name, views.get((frame, n), ()), off) for n, name in enumerate(names))
        for frame in frames
    )
    return Matrix(frames, names, cells)


def _figures(frame: str, camera: int, name: str, views: Sequence[RigView], off: Collection[str]) -> Figures:
    found = [view for view in views if view.found]
    used = [view for view in found if view.used and view.rms_px is not None]
    note = next((view.note for view in views if view.note), "")
    corners = sum(len(view.ids) for view in found)
    if frame in off or cell_name(frame, name) in off:
        return Figures(frame, camera, Kind.OFF if found else Kind.UNSEEN, corners=corners, note=note)
    if not used:
        kind = Kind.UNUSED if found else Kind.UNSEEN if views else Kind.NOTHING
        return Figures(frame, camera, kind, corners=corners, note=note)
    wrong = sum(len(outliers(view)) for view in used)
    left = pooled(used, [view.held_out_rms_px for view in used])
    return Figures(frame, camera, Kind.USED, pooled(used, [view.rms_px for view in used]), left, corners, wrong)


def pooled(views: Sequence[RigView], errors: Sequence[float | None]) -> float | None:
    """Root mean square over the corners of several boards; None where one is not known."""
    known = [(len(view.ids), error) for view, error in zip(views, errors, strict=True) if error is not None]
    total = sum(corners for corners, _ in known)
    return sqrt(sum(n * error**2 for n, error in known) / total) if total and len(known) == len(views) else None


def cell_name(frame: str, camera: str) -> str:
    """How one camera in one frame is switched off."""
    return f"{frame}/{camera}"


def cell_words(cell: Figures, camera: str) -> str:
    """All of a cell in a sentence: 'set 07.png, side left: RMS 0.083 px, left out 0.085 px, 54 corners'."""
    at = f"{cell.frame}, {camera}"
    if cell.kind is not Kind.USED:
        return f"{at}: {cell.note or cell.kind.value}"
    parts = [tr("RMS {rms} px", rms=pixels(cell.rms))]
    if cell.left is not None:
        parts.append(tr("left out {left} px", left=pixels(cell.left)))
    parts.append(tr_count(cell.corners, "{n} corner", "{n:,} corners"))
    if cell.wrong:
        parts.append(tr("{outliers}", outliers=tr_count(cell.wrong, "{n} outlier", "{n:,} outliers")))
    return f"{at}: {', '.join(parts)}"


def table(matrix: Matrix) -> list[list[str]]:
    """Every cell, a heading first."""
    rows = [["frame", "camera", "state", "rms_px", "left_out_px", "corners", "outliers"]]
    for row in matrix.cells:
        for cell in row:
            errors = (DASH if value is None else f"{value:.4f}" for value in (cell.rms, cell.left))
            counts = str(cell.corners), str(cell.wrong)
            rows.append([cell.frame, matrix.cameras[cell.camera], cell.kind.value, *errors, *counts])
    return rows
