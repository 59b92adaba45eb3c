"""The live section of the rig's panel: the cameras looked at together, what to do next, capture by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engines.core.boards import Board
from engines.core.words import tr
from widgets.calibration.kinds import board_name, board_words
from widgets.calibration.rig.live_state import SEVERAL, RigLive
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import FiguresTable, Shown
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ChoiceField, PlainButton, Section, Toggle, describe, labelled
from widgets.sources.choice import SourceChoice

HEADERS = (tr("Cameras"), tr("Shared"), tr("Distance"))
TIPS = (
    tr("Two cameras of the rig"),
    tr("Views of the board that both have at the same moment"),
    tr("Between the cameras, with one standard deviation, as far as the captured sets tell"),
)


class SourceList(QWidget):
    """A toggle for each source that may be a camera. `chosen(paths)` in the order of the list."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.toggles: dict[str, Toggle] = {}
        self._sources: tuple[SourceChoice, ...] = ()
        self._column = column_of(spacing=4)
        self.setLayout(self._column)

    def show_sources(self, sources: tuple[SourceChoice, ...], chosen: tuple[str, ...]) -> None:
        if sources != self._sources:
            self._make(sources)
        for path, toggle in self.toggles.items():
            toggle.setChecked(path in chosen)

    def _make(self, sources: tuple[SourceChoice, ...]) -> None:
        self._sources = sources
        for toggle in self.toggles.values():
            self._column.removeWidget(toggle)
            toggle.deleteLater()
        self.toggles = {
            one.path: Toggle(one.title, tip=tr("{one} is a camera of the rig", one=one.title)) for one in sources
        }
        for toggle in self.toggles.values():
            toggle.clicked.connect(lambda _on: self._tell())
            self._column.addWidget(toggle)

    def _tell(self) -> None:
        self.chosen.emit(tuple(path for path, toggle in self.toggles.items() if toggle.isChecked()))


class LiveSection(Section):
    """`rigChosen(id)`: a tiled source, or `SEVERAL`. `boardWanted(Board)`, `flipWanted()`: as the camera's section."""

    rigChosen = Signal(str)
    boardWanted = Signal(object)
    flipWanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Live"), name="rig.live")
        self.none = wrapped("muted")
        self.rig = ChoiceField(
            tr("Cameras"), tip=tr("A source whose tiles are the cameras, or sources chosen one by one")
        )
        self.sources = SourceList()
        self.finder = Toggle(tr("Find the board"), tip=tr("Look for the board in all cameras at once"))
        self.guidance, self.where, self.more = wrapped(), wrapped("hint"), wrapped("hint")
        self.pairs = FiguresTable(tr("Pairs of cameras"), HEADERS, TIPS, most=7, firm=3)
        self.capture = PlainButton(tr("Capture"), "capture", tr("Keep this moment of all cameras (Shift+C)"))
        self.auto = Toggle(tr("Automatic"), tip=tr("Keep a set whenever the board is still, sharp and adds something"))
        self.use = PlainButton(tr("Use it"), "check", tr("Look for this board instead, which the pictures show"))
        self.flip = PlainButton(
            tr("Flip the pictures"), "check", tr("Turn the pictures left to right before the board is found")
        )
        self._fitting: Board | None = None
        self._rig = labelled(tr("Cameras"), self.rig)
        left = Qt.AlignmentFlag.AlignLeft
        self._offers = held(column_of((self.use, 0, left), (self.flip, 0, left), spacing=4))
        words = held(column_of(self.guidance, self.where, self.more, spacing=4))
        capture = row_of(self.capture, self.auto, None, spacing=12)
        self._live = held(column_of(words, self._offers, self.pairs, capture, spacing=12))
        for part in (self.none, self._rig, self.sources, self.finder, self._live):
            self.add(part)
        self._connect()

    def _connect(self) -> None:
        self.rig.chosen.connect(self.rigChosen)
        self.use.clicked.connect(lambda: self.boardWanted.emit(self._fitting))
        self.flip.clicked.connect(self.flipWanted)

    def show_state(self, live: RigLive) -> None:
        there = bool(live.sources)
        self.none.setText(live.hint)
        self.none.setVisible(bool(live.hint))
        self._rig.setVisible(there)
        self._show_rigs(live)
        self.sources.setVisible(there and live.rig == SEVERAL)
        self.sources.show_sources(live.sources, live.chosen)
        self.finder.setVisible(there)
        self.finder.setEnabled(live.can_run or live.running)
        self.finder.setChecked(live.running)
        self.auto.setChecked(live.auto)
        self._live.setVisible(live.running)
        if live.running:
            self._show_running(live)

    def _show_rigs(self, live: RigLive) -> None:
        several = tr("Several sources") if live.rigs else tr("Sources")
        choices = [*((one.path, one.title) for one in live.rigs), (SEVERAL, several)]
        if choices != [(self.rig.itemData(row), self.rig.itemText(row)) for row in range(self.rig.count())]:
            self.rig.set_choices(choices, live.rig)
        self.rig.set_value(live.rig)

    def _show_running(self, live: RigLive) -> None:
        self.guidance.setText(live.guidance)
        self.where.setText(live.where)
        self.where.setVisible(bool(live.where))
        self.more.setText(live.more)
        tips = {(row, 1): tr("More shared views are needed") for row in live.lacking}
        asked = frozenset({(live.asked_row, 1)}) if live.asked_row >= 0 else frozenset()
        self.pairs.show_cells(Shown(HEADERS, live.rows, strong=asked, told=tips))
        self.pairs.setVisible(bool(live.rows))
        self.capture.setEnabled(live.can_capture)
        self._offer(live)

    def _offer(self, live: RigLive) -> None:
        """One click for what the finder sees instead."""
        self._fitting = Board.parse(live.fitting) if live.fitting else None
        self.use.setVisible(self._fitting is not None)
        if self._fitting is not None:
            self.use.setText(tr("Use {board_name}", board_name=board_name(self._fitting)))
            describe(
                self.use,
                self.use.text(),
                tr("Look for this board instead: {board_words}", board_words=board_words(self._fitting)),
            )
        self.flip.setVisible(live.mirrored)
        self._offers.setVisible(self._fitting is not None or live.mirrored)
