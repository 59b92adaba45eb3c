"""A photograph with the corners of one view on it: the wrong ones ringed, the chosen one named, each to be clicked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, Signal

from engines.calibration.types import MonoResult, ViewResult
from engines.core.frames import Image
from engines.core.words import tr
from widgets.calibration.overlays import residual_overlays
from widgets.calibration.pages.corners import CornerRow, board_of, corner_rows, mark_words
from widgets.kit.access.signs import Sign
from widgets.viewer.image_view import ImageView
from widgets.viewer.overlays import Caption, Label, Legend, Overlay, Points, Vectors

NEAR = 14.0
"""Screen pixels from a corner within which a click is meant for it."""
RING, MOST_LABELS = 12.0, 5


class CornerPicture(ImageView):
    """`cornerChosen(id)`, -1 for a click beside all corners."""

    cornerChosen = Signal(int)

    def __init__(self, labels: int = MOST_LABELS, *, legend: bool = True) -> None:
        """labels: so many corners that are probably wrong say so beside them. legend: what the marks mean."""
        super().__init__(tr("Picture with corners and residuals"), margin=8)
        self._labels, self._legend = labels, legend
        self.setToolTip(tr("Click a corner to see its error; the wheel zooms, drag moves, F fits"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.rows: tuple[CornerRow, ...] = ()
        self._marks: list[Overlay] = []
        self.activated.connect(self.fit)
        self.clicked.connect(self._choose)

    def show_view(self, view: ViewResult, result: MonoResult, dropped: Sequence[str], chosen: int) -> None:
        """Marks of this view; the photograph comes by `show_photograph`."""
        self.rows = corner_rows(view, dropped)
        made = marks(self.rows, view, result, chosen, self._labels)
        self._marks = made if self._legend else [one for one in made if not isinstance(one, Legend)]
        if self.has_picture:
            self.set_overlays(self._marks)

    def show_unmarked(self, image: Image, name: str = "") -> None:
        """A photograph in which no board was found; name: what it is called."""
        self.rows, self._marks = (), [Caption(tr("{name}   no board", name=name), "top-left")] if name else []
        self.show_photograph(image)

    def show_photograph(self, image: Image) -> None:
        self.set_image(image)
        self.set_overlays(self._marks)

    def corner_at(self, at: QPointF) -> int:
        """Id of the corner near a place of the widget, -1 for none."""
        if self.viewport is None:
            return -1
        away = [(math.dist((at.x(), at.y()), self.viewport.to_widget(*row.found).toTuple()), row) for row in self.rows]
        distance, row = min(away, key=lambda one: one[0], default=(math.inf, None))
        return row.number if row is not None and distance <= NEAR else -1

    def _choose(self, x: float, y: float) -> None:
        if self.viewport is not None:
            self.cornerChosen.emit(self.corner_at(self.viewport.to_widget(x, y)))


def marks(
    rows: Sequence[CornerRow], view: ViewResult, result: MonoResult, chosen: int, labels: int = MOST_LABELS
) -> list[Overlay]:
    """The residuals, rings about suspects, crosses on what is left out, and the chosen corner by name."""
    board = board_of(view, result)
    gone_ids = [row.number for row in rows if row.dropped]
    there = [one for one in result.views if one.path == view.path]
    fitting = [_fitting(one, gone_ids if one.name == view.name else ()) for one in there]
    named = residual_overlays(view, result, None, residuals=False)
    made = [*named, *residual_overlays(view, replace(result, views=tuple(fitting)), None)[1:]]
    gone = [row.found for row in rows if row.dropped]
    wrong = [row for row in rows if row.suspect and not row.dropped]
    ends = [(row.found[0] + row.error[0], row.found[1] + row.error[1]) for row in wrong]
    made += [Vectors([row.found for row in wrong], ends, 1.0, "bad"), Points(gone, "muted", 7.0, "cross")]
    made.append(Points([row.found for row in wrong], "bad", RING))
    if wrong:
        made = [_with(one, (tr("probably wrong"), "bad", "ring")) if isinstance(one, Legend) else one for one in made]
    made += [Label(mark_words(row, board), row.found, "bad") for row in wrong[:labels] if row.number != chosen]
    for row in rows:
        if row.number == chosen:
            made.append(Points([row.found], "text", RING + 3))
            made.append(Label(mark_words(row, board), row.found, "bad" if row.suspect else "text"))
    return sorted(made, key=lambda one: isinstance(one, Caption | Label | Legend))


def _with(legend: Legend, entry: tuple[str, str, Sign]) -> Legend:
    """One entry more in a legend."""
    return replace(legend, entries=(*legend.entries, entry))


def _fitting(view: ViewResult, dropped: Sequence[int]) -> ViewResult:
    """The view without corners that are wrong or left out, whose residuals would dwarf the others'."""
    odd = {*view.suspects, *view.dropped, *dropped}
    kept = [n for n, number in enumerate(view.ids) if number not in odd]
    if len(kept) == len(view.ids) or not view.projected:
        return view
    squares = [math.dist(view.corners[n], view.projected[n]) ** 2 for n in kept]
    return replace(
        view,
        ids=tuple(view.ids[n] for n in kept),
        corners=tuple(view.corners[n] for n in kept),
        projected=tuple(view.projected[n] for n in kept),
        weights=(),
        suspects=(),
        dropped=(),
        rms_px=math.sqrt(sum(squares) / len(squares)) if squares else view.rms_px,
    )
