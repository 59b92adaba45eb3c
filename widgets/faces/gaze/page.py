"""The gaze page: head pose and gaze of the largest face, and the nine-point calibration with its error."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from engines.core.words import tr
from engines.faces.study_types import GazeFit
from widgets.faces.gaze.drawings import HeadDial, NinePoints, TrailPlot
from widgets.faces.gaze.words import degrees, fit_words, looks_words, missing_size, signed, state_words
from widgets.faces.state import FacesView, GazeView, Page
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, row_of, styled
from widgets.kit.panel import ElidedLabel, EmptyState, Pill, PrimaryButton, QuietButton, Stat, StatGrid, scrolled
from widgets.kit.trouble_card import fetch_words
from widgets.kit.work_page import WorkPage

ASKED = tr(
    "Start the live view with gaze switched on, and this page shows how the head is held and where the eyes look."
)
FETCH = tr("Gaze needs the face and iris landmark networks, which are not on this machine yet.")
FIGURES, CARD, ROOM_FOR_BOTH = 250, 240, 560
"""Room in pixels that the figures need across, the calibration down, and two columns across."""
ABOUT_YAW = tr("Positive to your right as you see the picture; 0 looks into the camera")
ABOUT_STD = tr(
    "One standard deviation: mostly what differs from person to person; the place on the screen is without it"
)


class GazePage(WorkPage):
    """Dial, trail and calibration. `fetchWanted`: the landmark networks; `liveWanted`: the live view."""

    fetchWanted = Signal()
    liveWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: GazeView | None = None
        self._missing = self._columns = 0
        tip = tr("Look at nine points on the screen, about 20 seconds; better than 11 degrees needs it")
        self.calibrate = PrimaryButton(tr("Calibrate"), "target", tip)
        self.problem, self.why = Pill(), ElidedLabel("", "muted")
        self.dial, self.trail, self.points = HeadDial(), TrailPlot(), NinePoints()
        self.angles, self.quality = StatGrid(), StatGrid()
        self.verdict, self.note = Label(), Label()
        self.clear = QuietButton(
            tr("Forget"), "delete", tr("Forget this calibration; gaze is then told in degrees alone")
        )
        self._lay_out()
        self.empty.clicked.connect(lambda: (self.fetchWanted if self._missing else self.liveWanted).emit())
        self.show_state(FacesView(page=Page.GAZE))

    def show_state(self, view: FacesView) -> None:
        shown, missing = view.gaze, missing_size(view)
        self.progress.show_busy(shown.busy)
        if (shown, missing) == (self._shown, self._missing):
            return
        before, self._shown, self._missing = self._shown, shown, missing
        there = shown.pose is not None or shown.fit is not None or shown.target >= 0 or shown.busy is not None
        self.show_there(there)
        self._show_empty(missing)
        self.calibrate.setEnabled(shown.pose is not None and shown.target < 0 and shown.busy is None)
        self.calibrate.setVisible(there)
        self.state.setText(state_words(shown) if there else "")
        self._show_problem(shown.problem)
        self.dial.show_look(shown.pose, shown.gaze)
        self.trail.show_trail(shown.trail, shown.gaze, shown.pose)
        self._show_angles(shown)
        if before is None or (before.fit, before.collected, before.target) != (
            shown.fit,
            shown.collected,
            shown.target,
        ):
            self._show_fit(shown)

    def _show_empty(self, missing: int) -> None:
        words, button = (FETCH, fetch_words(missing)) if missing else (ASKED, tr("Open live view"))
        if self.empty.words.text() != words or self.empty.button.text() != button:
            self.empty.set_text(words, button)

    def _show_problem(self, problem: str) -> None:
        self.problem.set_state(tr("Could not calibrate") if problem else "", "warn")
        self.why.setText(problem)
        for widget in (self.problem, self.why):
            widget.setVisible(bool(problem))

    def _show_angles(self, shown: GazeView) -> None:
        pose, gaze = shown.pose, shown.gaze
        std = degrees(gaze.std).removesuffix("\u00b0") if gaze and gaze.std is not None else ""
        rows = [
            Stat(tr("Head yaw"), signed(pose.yaw if pose else None), "\u00b0", tip=ABOUT_YAW),
            Stat(tr("Head pitch"), signed(pose.pitch if pose else None), "\u00b0", tip=tr("Positive up")),
            Stat(
                tr("Head roll"),
                signed(pose.roll if pose else None),
                "\u00b0",
                tip=tr("Positive clockwise as you see it"),
            ),
            Stat(
                tr("Gaze yaw"),
                signed(gaze.yaw if gaze else None),
                "\u00b0",
                spread=std,
                tip=f"{ABOUT_YAW}. {ABOUT_STD}",
            ),
            Stat(tr("Gaze pitch"), signed(gaze.pitch if gaze else None), "\u00b0", spread=std, tip=ABOUT_STD),
            Stat(tr("Eyes"), (tr("shut") if gaze.blink else tr("open")) if gaze else "\u2013"),
        ]
        if gaze is not None and gaze.screen is not None:
            x, y = gaze.screen
            tip = tr("Where on the calibrated screen, with its standard deviation in degrees")
            sure = degrees(gaze.screen_std) if gaze.screen_std is not None else ""
            rows.append(Stat(tr("On the screen"), f"{x:.0f}, {y:.0f}", "px", spread=sure, tip=tip))
        self.angles.set_stats(rows)

    def _show_fit(self, shown: GazeView) -> None:
        fit = shown.fit
        self.points.show_fit(fit)
        self.verdict.setText(looks_words(shown.collected) if shown.target >= 0 else fit_words(fit))
        self.note.setText(fit.note if fit else "")
        self.note.setVisible(bool(fit and fit.note))
        self.quality.setVisible(fit is not None)
        self.clear.setVisible(fit is not None)
        self.quality.set_stats(_figures(fit) if fit else ())

    def _lay_out(self) -> None:
        line = row_of(self.problem, (self.why, 1), spacing=8, margins=(12, 0, 12, 4))
        full = QWidget()
        self._grid = QGridLayout(full)
        self._grid.setContentsMargins(12, 8, 12, 12)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(0, 2)
        self._grid.setRowStretch(0, 1)
        self._parts = self.dial, self.trail, self.angles, self._card()
        self._place(2)
        styled(full)
        head = self.head_of(tr("Head pose and gaze"), self.calibrate)
        self.lay_out(head, line, self.body_of(EmptyState(ASKED, tr("Open live view"), "show"), scrolled(full)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(2 if self.width() >= ROOM_FOR_BOTH else 1)

    def _place(self, columns: int) -> None:
        """Two drawings over two sets of figures, or where that is too narrow all below each other."""
        if columns == self._columns:
            return
        self._columns = columns
        top = Qt.AlignmentFlag.AlignTop
        for at, part in enumerate(self._parts):
            how = top if part is self.angles else Qt.AlignmentFlag(0)
            self._grid.addWidget(part, at // columns, at % columns, how)
        self._grid.setColumnMinimumWidth(0, FIGURES)
        self._grid.setColumnStretch(1, 3 * (columns - 1))
        self._grid.setRowStretch(1, 1)

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        card.setMinimumHeight(CARD)
        for label, role in ((self.verdict, "muted"), (self.note, "hint")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        title = row_of((ElidedLabel(tr("Calibration"), "heading"), 1), self.clear, spacing=8)
        parts = (title, (self.points, 1), self.verdict, self.note, self.quality)
        card.setLayout(column_of(*parts, spacing=8, margins=(12, 8, 8, 10)))
        return card


def _figures(fit: GazeFit) -> list[Stat]:
    worst = max(fit.by_point, default=0.0)
    return [
        Stat(
            tr("Error on points left out"),
            f"{fit.error:.1f}",
            "\u00b0",
            tip=tr("Mean angle; each point was left out once"),
        ),
        Stat(tr("Largest of a point"), f"{worst:.1f}", "\u00b0", tip=tr("Mean angle at the point that was seen worst")),
        Stat(
            tr("Deviation it tells"), f"{fit.std:.1f}", "\u00b0", tip=tr("What the regressor itself says of each axis")
        ),
    ]
