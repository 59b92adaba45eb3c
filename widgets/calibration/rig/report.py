"""What came out: errors, verdict, reasons with remedies, distances and cameras with their deviations."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.calibration.rig.types import SolveStep
from engines.core.words import tr, tr_count
from widgets.calibration.numbers import ErrorFigures
from widgets.calibration.reasons import ReasonList
from widgets.calibration.rig.state import RigState
from widgets.calibration.rig.words import about, camera_row, pair_table
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import FiguresTable
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, QuietButton, Section
from widgets.kit.theme import LOOK, number_font
from widgets.kit.words import seconds_words

MOST_ADVICE, LEAST_STEPS = 3, 4
"""Reasons shown at once; steps that make a curve."""
LEAST_FALL = 0.2
"""Logarithm of the fall that fills the curve's height at the least, so that what stands still looks so."""
PAIR_TIPS = (
    tr("Two cameras"),
    tr("Between their centres, with one standard deviation: by the corners' noise, or by left-out frames"),
    tr("Between their viewing directions, in degrees, with one standard deviation"),
    tr("In which both see the board"),
    tr("Of the distance, when frames are left out"),
)
PAIR_HEADS = (tr("Distance of"), tr("Length"), tr("Angle"), tr("Frames"), tr("Spread"))
CAMERA_HEADS = (tr("Camera"), "f, px", "\u00b1", "RMS", tr("Left out"), tr("Median"), tr("Frames"), tr("Outliers"))
CAMERA_TIPS = (
    tr("Its name"),
    tr("Focal length in pixels"),
    tr("One standard deviation of it, in pixels"),
    tr("Over the corners that fit, in pixels"),
    tr("The same on frames that were left out of the fit"),
    tr("Middle of all distances, in pixels"),
    tr("In which it sees the board"),
    tr("Corners that do not fit"),
)


class RigReport(QWidget):
    """Hidden until there is a result."""

    def __init__(self) -> None:
        super().__init__()
        self.figures, self.reasons = ErrorFigures(), ReasonList()
        self.loaded = wrapped("muted")
        self.close_loaded = QuietButton(tr("Close"), "close", tr("Show again what the pictures give"))
        self._loaded = held(row_of((self.loaded, 1), self.close_loaded, spacing=8))
        self.pairs = FiguresTable(tr("Distances"), PAIR_HEADS, PAIR_TIPS, most=10, firm=3)
        self.cameras = FiguresTable(tr("Cameras"), CAMERA_HEADS, CAMERA_TIPS, most=8)
        self.distances = Section(tr("Distances"), name="rig.distances")
        self.lenses = Section(tr("Cameras"), name="rig.cameras")
        self.look = QuietButton(
            tr("Frames"), "views", tr("Every frame and camera, down to single corners: the page Rig")
        )
        self.space = QuietButton(tr("In space"), "scene", tr("Cameras and boards in space: the page Space"))
        self.distances.add_action(self.space)
        self.lenses.add_action(self.look)
        self.distances.add(self.pairs)
        self.lenses.add(self.cameras)
        self.about = wrapped("hint")
        parts = self._loaded, self.figures, self.reasons, self.distances, self.lenses, self.about
        self.setLayout(column_of(*parts, spacing=12))
        self.hide()

    def show_state(self, state: RigState) -> None:
        result = state.result
        self.setVisible(result is not None)
        if result is None:
            return
        unseen = tr("frames that the rig was solved without")
        rated = result.rms_px > 0
        self.figures.setVisible(rated or bool(result.verdict))
        self.figures.show_errors(
            result.rms_px, result.held_out_rms_px, result.verdict, unseen, current=state.current and not state.busy
        )
        self.reasons.show_reasons(result.reasons, MOST_ADVICE)
        self._loaded.setVisible(bool(state.loaded_from and state.setup.paths))
        self.loaded.setText(
            tr("From {loaded_from}. The pictures are kept; calibrating shows theirs.", loaded_from=state.loaded_from)
        )
        self.pairs.show_cells(pair_table(result))
        self.cameras.show_rows([camera_row(camera) for camera in result.cameras])
        self.about.setText(about(result))


class SolverLine(QWidget):
    """How the solver goes: its error as a falling line, the rest in words. Hidden while it has not begun.

    The cost is told, not drawn: it is in deviations, which are estimated anew as the error falls.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = ElidedLabel("", "hint")
        self.words.setFont(number_font(11))
        self.curve = _Curve()
        self.setLayout(column_of(self.curve, self.words, spacing=2))
        self.hide()

    def show_steps(self, steps: Sequence[SolveStep]) -> None:
        self.setVisible(bool(steps))
        if not steps:
            return
        last = steps[-1]
        outliers = tr_count(last.outliers, "{n} outlier", "{n:,} outliers")
        self.words.setText(
            tr(
                "Step {step}, cost {cost:,.0f}, {outliers}, {seconds_words}",
                step=last.step,
                cost=last.cost,
                outliers=outliers,
                seconds_words=seconds_words(last.seconds),
            )
        )
        self.words.set_tip(
            tr("RMS {rms_px:.3f} px. Cost: squared deviations, as the loss counts them", rms_px=last.rms_px)
        )
        self.curve.setVisible(len(steps) >= LEAST_STEPS)
        self.curve.show_errors([step.rms_px for step in steps])


class _Curve(QWidget):
    """Errors by step, on a logarithmic scale."""

    def __init__(self) -> None:
        super().__init__()
        self._errors: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Error by step"))
        LOOK.changed.connect(self.update)

    def show_errors(self, errors: Sequence[float]) -> None:
        """Pixels."""
        self._errors = tuple(max(error, 1e-9) for error in errors)
        self.setToolTip(
            tr("RMS by step, logarithmic: from {first:.3f} to {last:.3f} px", first=errors[0], last=errors[-1])
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(3, 4, -3, -4)
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        low, high = log(min(self._errors, default=1.0)), log(max(self._errors, default=1.0))
        across, down = max(len(self._errors) - 1, 1), max(high - low, LEAST_FALL)
        at = [
            QPointF(room.left() + n / across * room.width(), room.bottom() - (log(error) - low) / down * room.height())
            for n, error in enumerate(self._errors)
        ]
        painter.setPen(QPen(LOOK.now.color("accent"), 1.6))
        painter.drawPolyline(QPolygonF(at))
        if at:
            painter.setBrush(LOOK.now.color("accent"))
            painter.drawEllipse(at[-1], 2.4, 2.4)
