"""One photograph with several boards in it as one view, with the figures of all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from engines.calibration.types import Point, ViewResult
from widgets.calibration.state import ViewRow


@dataclass(frozen=True, slots=True)
class Pooled:
    """The boards of one photograph, in their order."""

    parts: tuple[ViewResult, ...]

    @property
    def found(self) -> tuple[ViewResult, ...]:
        return tuple(part for part in self.parts if part.found)

    @property
    def rms_px(self) -> float | None:
        return pooled_rms(self.parts, lambda part: part.rms_px)

    @property
    def loo_rms_px(self) -> float | None:
        return pooled_rms(self.parts, lambda part: part.loo_rms_px)

    @property
    def corners(self) -> tuple[Point, ...]:
        return tuple(corner for part in self.found for corner in part.corners)

    @property
    def row(self) -> ViewRow:
        """As the table shows it."""
        first = self.parts[0]
        return ViewRow(
            first.path,
            first.name,
            found=bool(self.found),
            rms_px=self.rms_px,
            loo_rms_px=self.loo_rms_px,
            note="" if self.found else first.note,
            corners=self.corners,
            boards=len(self.found),
            twin_of=first.twin_of if all(part.twin_of for part in self.parts) else "",
            dropped=sum(len(part.dropped) for part in self.parts),
            suspects=sum(len(set(part.suspects) - set(part.dropped)) for part in self.parts),
        )


def by_photograph(views: Iterable[ViewResult]) -> dict[str, Pooled]:
    """The boards of each photograph or frame, by its path."""
    parts: dict[str, list[ViewResult]] = {}
    for view in views:
        parts.setdefault(view.path, []).append(view)
    return {path: Pooled(tuple(sorted(found, key=lambda part: part.board))) for path, found in parts.items()}


def pooled_rms(parts: Sequence[ViewResult], error: Callable[[ViewResult], float | None]) -> float | None:
    """The RMS over all corners of the parts whose error is known."""
    known = [(value, len(part.corners)) for part in parts if (value := error(part)) is not None and part.corners]
    if not known:
        return None
    return sqrt(sum(value * value * count for value, count in known) / sum(count for _, count in known))
