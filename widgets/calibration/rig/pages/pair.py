"""The page of two cameras: rectified pictures with lines across both, epipolar errors, depth and a point cloud."""

from __future__ import annotations

from typing import cast

import cv2
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from engines.core.errors import WorkFailed
from engines.core.files import atomic_path
from engines.core.words import tr
from widgets.calibration.rig.pages.pair_picture import PairPicture, Showing
from widgets.calibration.rig.pages.pair_view import PairView, figures_of, known_words
from widgets.calibration.rig.pages.state import PagesView
from widgets.charts.heat import draw_scale
from widgets.kit.card_columns import Beside
from widgets.kit.fields import wrapped
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.lengths.field import LengthField
from widgets.kit.lengths.units import MM, UNITS, M, digits, in_units, length
from widgets.kit.panel import (
    ChoiceField,
    EmptyState,
    PlainButton,
    QuietButton,
    Segmented,
    StatGrid,
    Toggle,
    columns,
    labelled,
    scrolled,
)
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.work_page import WorkPage

NOTHING = (tr("Calibrate the rig to see two of its cameras rectified"), tr("Calibrate"))
WIDTHS = (272, 310, 0.4)
CLOUD, PICTURE = ".ply", ".png"
KINDS = tr("Point cloud (*.ply);;Picture (*.png)")
OWN = "own"
ALPHAS = (("0", tr("Nothing black")), ("0.5", tr("Half")), ("1", tr("All")), (OWN, tr("Own focal length")))
SHOWN: tuple[tuple[Showing, str], ...] = (("pictures", tr("Pictures")), ("over", tr("Over")), ("depth", tr("Depth")))
LIVE = tr("Depth of what the cameras show now, at half their resolution")
SOURCES = tr("Both rectified pictures as sources of the project")
NOT_OPEN = tr("Open the cameras of this rig and choose Use for these sources in its panel first")
_DEPTH_TIP = tr("Depths that are looked through; what is nearer or farther is not known")


class Scale(QWidget):
    """Which colour stands for which depth."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(30)
        self.setAccessibleName(tr("Colours of depth"))
        self._ends = "", ""

    def set_ends(self, near: float, far: float) -> None:
        """In metres."""
        unit = UNITS.of(M)
        self._ends = f"{digits(unit.of(far), 4)} {unit.symbol}", f"{digits(unit.of(near), 4)} {unit.symbol}"
        ends = {"far": self._ends[0], "near": self._ends[1]}
        self.setToolTip(tr("From {far} (dark) to {near} (bright), as disparity; darkest: not known", **ends))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_scale(QPainter(self), QRectF(self.rect()).adjusted(1, 2, -1, 0), *self._ends, title=tr("depth"))


class PairPage(WorkPage):
    """`set_wanted(dict)` of fields of a `PairView`; `seen(bool)`: it is in front; `sourcesWanted`: as sources."""

    wanted = Signal(object)
    swapWanted = Signal()
    sourcesWanted = Signal()
    looked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        self.picture = PairPicture()
        self._make_head()
        self._make_side()
        empty = EmptyState(*NOTHING, "views", tr("Files of the project stay where they are"))
        side = scrolled(held(self._side(), "panel"))
        both = Beside(self.picture, side, WIDTHS)
        head = self.head_of(tr("Pair"), self.live, self.export)
        self.lay_out(head, self.body_of(empty, both))
        self._connect()

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown.pair, view
        pair = view.pair
        self.show_there(bool(pair.pairs))
        for control in (self.live, self.export):
            control.setVisible(bool(pair.pairs))
        self._fill(pair)
        if pair != before or self.picture.seen is not pair.seen:
            self._draw()

    def save(self) -> None:
        """Ask for a file and write the point cloud, or the picture."""
        if self.shown.pair.seen is None:
            return
        if path := ask_file(self, tr("Export the pair"), "export", KINDS, "depth.ply"):
            save_or_say(self, path, self.write)

    def write(self, path: str) -> None:
        """What is known of depth as points (.ply), or what is shown (.png)."""
        pair = self.shown.pair
        if pair.seen is None or pair.rig is None:
            raise WorkFailed(tr("Nothing is shown that could be saved"))
        if path.lower().endswith(CLOUD):
            from engines.calibration.rig.pairs.cloud import write_cloud

            write_cloud(path, pair.seen.depth, pair.seen.first, pair.rig)
            return
        with atomic_path(path) as part:
            part.write_bytes(cv2.imencode(PICTURE, self.picture.snapshot())[1].tobytes())

    def show_form(self, form: Showing) -> None:
        """Both pictures, or depth."""
        self.view.set_value(form)
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looked.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.looked.emit(False)

    # Within

    def _make_head(self) -> None:
        self.pair = ChoiceField(tr("Cameras"), tip=tr("Which two cameras"))
        self.pair.given = True
        self.swap = QuietButton(
            "", "swap", tr("Exchange the two: depth is told of the first picture"), name=tr("Swap cameras")
        )
        self.frame = ChoiceField(tr("Frame"), tip=tr("Which moment; frames in which both show the board come first"))
        self.live = Toggle(tr("Live"), tip=LIVE)
        self.view = Segmented(
            tr("Show"), SHOWN, tip=tr("Both pictures, with depth over the first, or with depth in place of the other")
        )
        self.export = QuietButton(
            tr("Export"), "export", tr("Save the depth as a point cloud (PLY), or the picture (PNG)")
        )

    def _make_side(self) -> None:
        self.stats, self.words = StatGrid(), wrapped()
        self.lines = Toggle(
            tr("Lines"), True, tip=tr("Lines across both pictures; drag them to what you want to compare")
        )
        self.alpha = ChoiceField(tr("Alpha"), ALPHAS, tip=tr("How much of the rectified pictures is shown"))
        self.near = LengthField(tr("Nearest"), 0.3, 0.01, 1000, M, decimals=4, step=0.1, tip=_DEPTH_TIP)
        self.far = LengthField(tr("Farthest"), 5.0, 0.02, 10000, M, decimals=4, step=0.5, tip=_DEPTH_TIP)
        self.scale = Scale()
        self.sources = PlainButton(tr("Use as sources"), "straight", SOURCES)

    def _side(self):  # noqa: ANN202  (a layout of Qt's)
        cameras = held(row_of((self.pair, 1), self.swap, spacing=4))
        depths = columns(labelled(tr("Nearest"), self.near, _DEPTH_TIP), labelled(tr("Farthest"), self.far, _DEPTH_TIP))
        alpha = labelled(tr("Shown of each picture"), self.alpha, self.alpha.toolTip())
        return column_of(
            cameras, self.frame, self.view, self.lines, self.words, depths, self.scale, self.stats, alpha,
            self.sources, None, spacing=12, margins=(0, 0, 8, 0),
        )  # fmt: skip

    def _connect(self) -> None:
        self.pair.chosen.connect(lambda id: self.wanted.emit({"pair": id}))
        self.frame.chosen.connect(lambda id: self.wanted.emit({"frame": id}))
        self.alpha.chosen.connect(lambda id: self.wanted.emit({"alpha": -1.0 if id == OWN else float(id)}))
        self.near.valueChanged.connect(lambda value: self.wanted.emit({"near": value}))
        self.far.valueChanged.connect(lambda value: self.wanted.emit({"far": value}))
        self.live.clicked.connect(lambda on: self.wanted.emit({"live": on}))
        self.swap.clicked.connect(self.swapWanted)
        self.sources.clicked.connect(self.sourcesWanted)
        self.export.clicked.connect(self.save)
        self.view.chosen.connect(lambda _id: self._draw())
        self.lines.toggled.connect(lambda _on: self._draw())
        UNITS.changed.connect(self._tell_anew)
        keep("pair", pair=self.pair, alpha=self.alpha, near=self.near, far=self.far, lines=self.lines)

    def _fill(self, pair: PairView) -> None:
        self.pair.set_choices(pair.pairs, pair.pair)
        self.frame.set_choices(pair.frames, pair.frame)
        self.frame.setVisible(bool(pair.frames) and not pair.live)
        self.live.setChecked(pair.live)
        self.live.setEnabled(pair.can_live or pair.live)
        self.sources.setEnabled(pair.can_live)
        self.live.setToolTip(LIVE if pair.can_live else f"{LIVE}. {NOT_OPEN}")
        self.sources.setToolTip(SOURCES if pair.can_live else f"{SOURCES}. {NOT_OPEN}")
        self.alpha.set_value(OWN if pair.alpha == -1 else f"{pair.alpha:g}")
        for field, value in ((self.near, pair.near), (self.far, pair.far)):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)
        self.scale.set_ends(pair.near, pair.far)
        self.stats.set_stats(figures_of(pair.figures) if pair.figures is not None else [])
        self.words.setText(known_words(pair) if pair.seen is not None else "")
        self.export.setEnabled(pair.seen is not None)
        self.state.setText(_state_words(pair))

    def _tell_anew(self) -> None:
        self._fill(self.shown.pair)
        self.picture.update()

    def _draw(self) -> None:
        showing = cast("Showing", self.view.value())
        self.lines.setEnabled(showing == "pictures")
        self.picture.show_pair(self.shown.pair, showing, self.lines.isChecked())


def _state_words(pair: PairView) -> str:
    """The rate where it is live, else how well rows match, once the pictures are there."""
    if pair.live:
        return tr("Live, {rate:.0f} per second", rate=pair.rate) if pair.rate else in_units(pair.note) or tr("Live")
    figures = pair.figures
    if pair.seen is None or figures is None or not figures.corners:
        return in_units(pair.note) if pair.seen is None else tr("Frame {frame}", frame=pair.frame)
    apart, off = length(figures.baseline_m, MM, 1), figures.rectified_dy_rms_px
    if figures.rectification.vertical:
        return tr("{apart} apart, columns off by {off:.3f} px", apart=apart, off=off)
    return tr("{apart} apart, rows off by {off:.3f} px", apart=apart, off=off)
