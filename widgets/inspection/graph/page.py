"""The page of the graph: drawn or as a table, searched, coloured, and followed from what is selected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QStackedWidget

from engines.core.names import shown as plain
from engines.core.words import tr, tr_count
from engines.inspection.layout.folding import Box
from engines.inspection.types import ModelSheet
from widgets.inspection.graph.canvas import GraphCanvas
from widgets.inspection.graph.card import Card
from widgets.inspection.graph.colors import FIGURES
from widgets.inspection.graph.legend import Legend
from widgets.inspection.graph.painting import Marks
from widgets.inspection.graph.saving import KINDS, KINDS_OF_TABLE, save
from widgets.inspection.graph.search import GraphSearch
from widgets.inspection.graph.table import nodes_table
from widgets.inspection.graph.words import ms_text
from widgets.inspection.state import GraphView, InspectionView
from widgets.inspection.words import amount
from widgets.kit.card_columns import Flow
from widgets.kit.fields import ChoiceField, QuietButton, Segmented
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of, split_of
from widgets.kit.panel import EmptyState, columns
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.words import DOT, file_title
from widgets.kit.work_page import WorkPage

BESIDE = 620
"""Pixels that drawing and card need side by side."""
FORMS = (("graph", tr("Graph"), "inspector"), ("table", tr("Table"), "grid-3"))
FOLLOW = (("off", tr("Off")), ("back", tr("Back")), ("forward", tr("Forward")), ("both", tr("Both")))
FOLLOW_TIP = tr("What lights up with the selected box: all that it rests on (back), all that rests on it (forward)")
NO_MODEL = tr("Open a model file to see its graph")
NO_GRAPH = tr("This file holds weights and no graph of how they are used; export the model itself to see one")


@dataclass(frozen=True, slots=True)
class Marked:
    """What boxes are marked for. graph: compared by identity."""

    graph: GraphView
    way: str
    hits: tuple[str, ...]


class GraphPage(WorkPage):
    """`empty.clicked` asks for a model. Modules: `openWanted(path)`, `closeWanted(path)`, `allOpenWanted(bool)`.

    `selected(key)` for a box or row, "" for none; `revealWanted(node)` to open what it is in and go there;
    `timeWanted()` to have nodes timed; `activationsWanted(layer)` and `fieldWanted(layer)` for other pages.
    """

    selected = Signal(str)
    openWanted = Signal(str)
    closeWanted = Signal(str)
    allOpenWanted = Signal(bool)
    revealWanted = Signal(str)
    timeWanted = Signal()
    activationsWanted = Signal(str)
    fieldWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = InspectionView()
        self._sheet: ModelSheet | None = None
        self._shows = 0
        self._marked: Marked | None = None
        self._saved = ""
        self.canvas, self.table, self.card, self.legend = GraphCanvas(), nodes_table(), Card(), Legend()
        self.search = GraphSearch()
        self.form = Segmented(tr("Shown as"), FORMS, tip=tr("The same nodes, drawn or in rows"))
        self.follow = Segmented(tr("Follow"), FOLLOW, "both", tip=FOLLOW_TIP)
        self.color = ChoiceField(tr("Colour by"), _colors(), "", tip=tr("What the colours of boxes stand for"))
        self.time = QuietButton(tr("Measure time"), "speed", tr("Run the model on this machine and time each node"))
        self.export = QuietButton(tr("Export"), "export", tr("Save the drawing as PNG or SVG, or the table as CSV"))
        self.said = Label("", "hint", wraps=True)
        self._lay_out()
        self._connect()
        self.show_state(self.shown)

    def _lay_out(self) -> None:
        self.folds = held(
            row_of(
                _button("", tr("Show the parts of all modules"), lambda: self.allOpenWanted.emit(True), tr("Unfold")),
                _button("", tr("Make every module one box"), lambda: self.allOpenWanted.emit(False), tr("Fold")),
            )
        )
        view = (
            _button("zoom-out", tr("Smaller (-)"), lambda: self.canvas.zoom(1 / 1.4)),
            _button("zoom-in", tr("Larger (+)"), lambda: self.canvas.zoom(1.4)),
            _button("fit", tr("Show all of it (F)"), self.canvas.fit),
            self.folds,
        )
        chosen = (Label(tr("Follow"), "muted"), self.follow, Label(tr("Colour by"), "muted"), self.color)
        self.tools = Flow(*chosen, *view, spacing=6)
        bar = column_of(columns(self.form, self.search, spacing=12), self.tools, spacing=8, margins=(12, 0, 12, 8))
        self.stack = QStackedWidget()
        self.stack.addWidget(held(column_of((self.canvas, 1), self.legend), "panel"))
        self.stack.addWidget(self.table)
        split = split_of(self.stack, self.card, sizes=(860, 280), stretch=(1, 0), room=BESIDE)
        results = held(column_of(bar, (split, 1)), "panel")
        head = self.head_of(tr("Graph"), self.time, self.export)
        self.said.setContentsMargins(12, 0, 12, 6)
        self.lay_out(head, self.said, self.body_of(EmptyState(NO_MODEL, tr("Open model"), "inspector"), results))

    def _connect(self) -> None:
        self.form.chosen.connect(self._choose_form)
        self.follow.chosen.connect(lambda _way: self._mark())
        keep("graph", form=self.form, follow=self.follow)
        self.color.chosen.connect(lambda _figure: self._draw(self.shown.graph))
        self.search.changed.connect(self._hits_changed)
        self.search.wanted.connect(self.revealWanted)
        self.canvas.picked.connect(self.selected)
        self.table.picked.connect(self.selected)
        self.table.used.connect(self._reveal_drawn)
        for part in (self.canvas, self.card):
            part.openWanted.connect(self.openWanted)
            part.closeWanted.connect(self.closeWanted)
        self.card.activations.clicked.connect(lambda: self.activationsWanted.emit(self.shown.graph.selected))
        self.card.field.clicked.connect(lambda: self.fieldWanted.emit(self.shown.graph.selected))
        self.time.clicked.connect(self.timeWanted)
        self.export.clicked.connect(self.save)

    def show_state(self, view: InspectionView) -> None:
        sheet, graph = view.model.sheet, view.graph
        there = sheet is not None and sheet.graph is not None
        self.shown = view
        self.show_there(there)
        self.progress.show_busy(view.busy)
        self.empty.set_text(NO_GRAPH if sheet is not None else NO_MODEL)
        self.title.setText(tr("Graph of {sheet}", sheet=sheet.title) if sheet is not None and there else tr("Graph"))
        self.state.setText(_state(view))
        for button in (self.time, self.export):
            button.setVisible(there)
        self._saved = self._saved if sheet is self._sheet else ""
        self._say(self._saved or (graph.placed.note if graph.placed is not None else ""))
        if there:
            self._show_time(view)
            self._draw(graph)

    def _draw(self, graph: GraphView) -> None:
        """Drawing, table, legend and card of the same nodes."""
        sheet = self.shown.model.sheet
        fresh = sheet is not self._sheet and graph.placed is not None
        self.search.show_rows(graph.rows)
        self.folds.setVisible(graph.tree is not None and bool(graph.tree.sizes))
        self.canvas.show_graph(graph.folded, graph.placed, fresh=fresh)
        self._sheet = sheet if graph.placed is not None else self._sheet
        self.canvas.show_figure(self.color.value())
        self.legend.show_graph(graph.folded, self.color.value())
        self._show_rows(graph)
        self._mark()

    def _mark(self) -> None:
        """What is selected, followed and found, everywhere."""
        graph, scene = self.shown.graph, self.canvas.scene
        sheet = self.shown.model.sheet
        if scene is None or graph.folded is None or sheet is None:
            self.card.show_box(None, None, None)
            self._marked = None
            return
        if scene.folded is not graph.folded:
            return
        now = Marked(graph, self.follow.value(), self.search.hits)
        if now == self._marked:
            return
        self._marked = now
        place = scene.at.get(graph.selected, -1)
        box = graph.folded.boxes[place] if place >= 0 else None
        hits = frozenset(scene.at[name] for name in self.search.hits if name in scene.at)
        self.canvas.show_marks(Marks(place, self._lit(graph, box), hits))
        self.card.show_box(sheet.graph, graph.folded, box)
        self.card.activations.setEnabled(not sheet.runs)
        if place >= 0 and graph.shows != self._shows:
            self.canvas.bring(place)
        self._shows = graph.shows

    def _lit(self, graph: GraphView, box: Box | None) -> frozenset[int] | None:
        way, links, scene = self.follow.value(), graph.links, self.canvas.scene
        if box is None or links is None or scene is None or way == "off":
            return None
        names = box.nodes or (box.key,)
        reached = frozenset[str]()
        if way != "forward":
            reached |= links.back(names)
        if way != "back":
            reached |= links.forward(names)
        return frozenset(scene.at[name] for name in reached if name in scene.at)

    def _show_rows(self, graph: GraphView) -> None:
        if self.form.value() == "table":
            only = frozenset(self.search.hits) if self.search.field.text().strip() else None
            self.table.show_rows(graph.rows, only, graph.selected)

    def _hits_changed(self) -> None:
        self._show_rows(self.shown.graph)
        self._mark()

    def _choose_form(self, form: str) -> None:
        self.stack.setCurrentIndex(int(form == "table"))
        self.tools.setVisible(form == "graph")
        self._show_rows(self.shown.graph)

    def _reveal_drawn(self, name: str) -> None:
        """A row that was used: its box in the drawing."""
        with QSignalBlocker(self.form):
            self.form.set_value("graph")
        self._choose_form("graph")
        self.revealWanted.emit(name)

    def _show_time(self, view: InspectionView) -> None:
        sheet = view.model.sheet
        runs = sheet.runs if sheet is not None else ""
        timed = any(row.ms is not None for row in view.graph.rows)
        self.time.setText(tr("Measure again") if timed else tr("Measure time"))
        self.time.setEnabled(not runs and view.busy is None)
        self.time.setToolTip(runs or tr("Run the model on this machine and time each node"))

    def save(self) -> None:
        """Ask for a file, and write the drawing or the table into it."""
        sheet = self.shown.model.sheet
        if sheet is None:
            return
        offered = f"{file_title(sheet.title)} {'table.csv' if self.form.value() == 'table' else 'graph.png'}"
        kinds = KINDS_OF_TABLE if self.form.value() == "table" else KINDS
        if path := ask_file(self, tr("Export graph"), "export", kinds, offered):
            save_or_say(self, path, self._write)

    def _write(self, path: str) -> None:
        sheet = self.shown.model.sheet
        said = save(path, self.shown.graph, sheet.title if sheet is not None else "", self.color.value())
        self._saved = said or tr("Saved as {plain}", plain=plain(path))
        self._say(self._saved)

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Find) and self.there:
            self.search.field.setFocus()
            self.search.field.selectAll()
        else:
            super().keyPressEvent(event)


def _colors() -> list[tuple[str, str]]:
    return [("", tr("Family")), *((name, title) for name, (title, _unit) in FIGURES.items())]


def _button(role: str, tip: str, act: Callable[[], object], text: str = "") -> QuietButton:
    button = QuietButton(text, role, tip, name=tip)
    button.clicked.connect(lambda: act())
    return button


def _state(view: InspectionView) -> str:
    """'1,204 operators, 58 boxes shown - 4.65 M parameters - 407 M multiply-adds - 12.3 ms'."""
    sheet, folded, placed = view.model.sheet, view.graph.folded, view.graph.placed
    if sheet is None or sheet.graph is None:
        return ""
    shown = tr_count(len(folded.boxes), "{n} box shown", "{n:,} boxes shown") if folded is not None else ""
    once, adds = sheet.counts.parameters_shared_once, sheet.counts.multiply_adds
    aside = int(placed.lines.aside.sum()) if placed is not None else 0
    parts = (
        tr_count(len(sheet.graph.nodes), "{n} operator", "{n:,} operators"),
        shown,
        tr("{amount} parameters", amount=amount(once)),
        tr("{amount} multiply-adds", amount=amount(adds)) if adds is not None else "",
        ms_text(sum(times)) if (times := [row.ms for row in view.graph.rows if row.ms is not None]) else "",
        tr_count(aside, "{n} long edge at the side", "{n:,} long edges at the side") if aside else "",
    )
    return DOT.join(filter(None, parts))
