"""What the cameras saw, laid out so that all views of one camera are computed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seen:
    """One board in one frame of one camera.

    group: which of the solved board poses; board: its number; ids: of the target's corners (N), all different;
    corners: N x 2 pixels;
    weights: of the squared residuals, None for 1 each.
    """

    camera: int
    group: int
    board: int
    ids: Whole
    corners: Floats
    weights: Floats | None = None


@dataclass(frozen=True, slots=True)
class Sights:
    """All views that one camera has of one board: B views of its M corners.

    part: the board's corners among all. groups: B numbers of board poses, all different. corners: B x M x 2 pixels.
    trust: B x M weights, 0 where a corner was not seen. places: where the views stand in the list they came from.
    """

    camera: int
    part: slice
    groups: Whole
    corners: Floats
    trust: Floats
    places: Whole

    @property
    def count(self) -> int:
        """Of corners that were seen."""
        return int(np.count_nonzero(self.trust))

    def of_groups(self, kept: NDArray[np.bool_]) -> Sights:
        """The views of those board poses alone; the numbers of the poses stay."""
        return self.of_views(kept[self.groups])

    def of_views(self, kept: NDArray[np.bool_]) -> Sights:
        """Some of the B views alone."""
        return replace(
            self, groups=self.groups[kept], corners=self.corners[kept], trust=self.trust[kept], places=self.places[kept]
        )


def laid_out(views: Sequence[Seen], parts: Sequence[slice]) -> tuple[Sights, ...]:
    """The views by camera and board. parts: where each board's corners are among all."""
    by_kind: dict[tuple[int, int], list[int]] = {}
    for number, view in enumerate(views):
        by_kind.setdefault((view.camera, view.board), []).append(number)
    return tuple(_batch(views, places, parts[board], camera) for (camera, board), places in sorted(by_kind.items()))


def _batch(views: Sequence[Seen], places: Sequence[int], part: slice, camera: int) -> Sights:
    shape = len(places), part.stop - part.start
    corners, trust = np.zeros((*shape, 2)), np.zeros(shape)
    for row, number in enumerate(places):
        view = views[number]
        corners[row, view.ids - part.start] = view.corners
        trust[row, view.ids - part.start] = 1.0 if view.weights is None else view.weights
    groups = np.array([views[number].group for number in places], dtype=np.int64)
    return Sights(camera, part, groups, corners, trust, np.array(places, dtype=np.int64))
