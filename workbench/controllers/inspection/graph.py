"""The graph of the open model: folded and laid out beside the window's thread, large ones by a job of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QObject, QTimer

from engines.core.words import tr
from engines.inspection.layout.folding import Folded, fold
from engines.inspection.layout.following import Links, links
from engines.inspection.layout.job import LayoutSpec
from engines.inspection.layout.layers import Placed, place
from engines.inspection.layout.modules import ModuleTree
from engines.inspection.layout.table import NodeRow, node_rows
from engines.inspection.types import Counts, Graph, ModelSheet
from widgets.inspection.graph.page import GraphPage
from widgets.inspection.state import GraphView, Page
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.inspection.part import Desk, PagePart
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

JOB = "engines.inspection.layout.job:run"
TITLE = tr("The graph cannot be laid out")
AT_ONCE = 400
"""Boxes up to which a layout is not worth a job: it holds up the window for a few milliseconds at most."""
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is worked out once for each graph."""

    rows: tuple[NodeRow, ...]
    tree: ModuleTree
    links: Links


class Graphs(PagePart):
    """Which modules are open, and what is selected, is kept here as long as the same graph is open."""

    page = Page.GRAPH
    kind = GraphPage

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._errands = Errands(tr("inspection graph"))
        desk.services.supervisor.adopt(self._errands)
        self._shown = GraphView()
        self._sheet: ModelSheet | None = None
        self._opened: frozenset[str] | None = None
        self._round = 0
        self._revealing = False
        self._slot = self.slot(desk.services.jobs, JOB, TITLE)
        self._slot.done.connect(self._have_placed)
        self._slot.cancelled.connect(self._not_placed)
        self._slot.failed.connect(self._stay)
        self._waiting = Folded((), ())
        self._last: int | None = None
        self._over: list[int] = []
        self._tidy = QTimer(self, singleShot=True, interval=0)
        self._tidy.timeout.connect(self._remove)

    def make(self) -> GraphPage:
        page = cast(GraphPage, super().make())
        page.selected.connect(self.select)
        page.openWanted.connect(self.open)
        page.closeWanted.connect(self.fold)
        page.allOpenWanted.connect(self.open_all)
        page.revealWanted.connect(self.reveal)
        page.timeWanted.connect(self.desk.time)
        page.activationsWanted.connect(partial(self._see, Page.ACTIVATIONS))
        page.fieldWanted.connect(partial(self._see, Page.FIELD))
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"graph": self._shown}

    @property
    def can_export(self) -> bool:
        return self._shown.placed is not None

    def follow(self) -> None:
        """Lay out what is open now, once the page is in front. The same graph, timed anew, stays as it is folded."""
        sheet = self.desk.subject.sheet
        if sheet is self._sheet or self.desk.form.page is not self.page:
            return
        graph, before = sheet.graph if sheet is not None else None, self._sheet
        self._sheet = sheet
        if graph is None or before is None or before.graph is None or not _alike(graph, before.graph):
            self._slot.cancel()
            self._shown, self._opened = GraphView(), None
        self._round += 1
        if graph is not None and sheet is not None:
            work = partial(_known, graph, sheet.counts)
            self._errands.ask(work, partial(self._have_known, self._round), self._refused, key="graph")

    def close(self) -> None:
        self._errands.request_stop()

    def select(self, key: str) -> None:
        """A box by the name of its node or its key, "" for none."""
        self._shown = replace(self._shown, selected=key)
        self.changed.emit()

    def reveal(self, node: str) -> None:
        """Select a node, open the modules that it is in, and bring it into sight."""
        self._shown = replace(self._shown, selected=node, shows=self._shown.shows + 1)
        tree = self._shown.tree
        around = tree.around([node]) if tree is not None else frozenset[str]()
        if self._opened is not None and not around <= self._opened:
            self._revealing = True
            self._fold(self._opened | around)
        self.changed.emit()

    def open(self, path: str) -> None:
        """Show the parts of a module, the first of them selected."""
        tree, opened = self._shown.tree, self._opened
        if tree is not None and opened is not None:
            first = next((name for name, chain in tree.chains.items() if path in chain), "")
            self._shown = replace(self._shown, selected=self._visible(first, opened | {path}))
            self._fold(opened | {path})

    def fold(self, path: str) -> None:
        """Make a module one box again, which is selected."""
        if self._opened is not None:
            self._shown = replace(self._shown, selected=f"module:{path}")
            self._fold(self._opened - {path})

    def open_all(self, on: bool) -> None:
        """Open all modules, or close them."""
        tree = self._shown.tree
        if tree is not None:
            self._shown = replace(self._shown, selected="")
            self._fold(frozenset(tree.sizes) if on else frozenset())

    def _visible(self, node: str, opened: frozenset[str]) -> str:
        """What a node is seen as: itself, or the closed module that it is in."""
        chain = self._shown.tree.chains[node] if self._shown.tree is not None else ()
        return next((f"module:{path}" for path in chain if path not in opened), node)

    def _have_known(self, told: int, known: _Known) -> None:
        if told == self._round:
            self._shown = replace(self._shown, rows=known.rows, tree=known.tree, links=known.links)
            self._fold(self._opened)

    def _fold(self, opened: frozenset[str] | None) -> None:
        """Fold and lay out anew. None: as it opens by itself."""
        sheet = self._sheet
        if sheet is None or sheet.graph is None:
            return
        self._opened = opened
        self._round += 1
        work = partial(_folded, sheet.graph, sheet.counts, opened, self._shown.tree)
        self._errands.ask(work, partial(self._have_folded, self._round), self._refused, key="graph")

    def _have_folded(self, told: int, made: tuple[Folded, Placed | None]) -> None:
        if told != self._round:
            return
        folded, placed = made
        self._opened = folded.open
        if placed is None:
            self._begin(folded)
            return
        self._slot.cancel()
        self._put(folded, placed)

    def _begin(self, folded: Folded) -> None:
        """Lay out a large graph; what is shown stays until it is there."""
        self._waiting = folded
        spec = LayoutSpec(len(folded.boxes), tuple(end for pair in _pairs(folded) for end in pair))
        self._slot.start(spec, tr("Laying out {count:,} boxes", count=len(folded.boxes)))
        self._last = self._slot.job

    def _have_placed(self, _spec: LayoutSpec, placed: Placed) -> None:
        self._forget()
        self._put(self._waiting, placed)

    def _not_placed(self, _spec: LayoutSpec) -> None:
        self._forget()
        self._stay(None)

    def _stay(self, _trouble: object) -> None:
        """What is shown stays as it was."""
        if self._shown.folded is not None:
            self._opened = self._shown.folded.open

    def _put(self, folded: Folded, placed: Placed) -> None:
        shows = self._shown.shows + int(self._revealing)
        self._revealing = False
        self._shown = replace(self._shown, folded=folded, placed=placed, shows=shows)
        self.changed.emit()

    def _see(self, page: Page, layer: str) -> None:
        """A layer on a page that looks."""
        self.desk.edit(page, {"layer": layer})
        self.desk.go_to(page)

    def _refused(self, failure: Failure) -> None:
        self.failed.emit(trouble_of(failure.as_json(), TITLE))

    def _forget(self) -> None:
        """A layout is no work that a history should keep: it goes once everybody was told that it is over."""
        if self._last is not None:
            self._over.append(self._last)
            self._last = None
            self._tidy.start()

    def _remove(self) -> None:
        over, self._over = self._over, []
        for job in over:
            self.desk.services.jobs.remove(job)


def _known(graph: Graph, counts: Counts) -> _Known:
    return _Known(node_rows(graph, counts), ModuleTree(graph), links(graph))


def _folded(
    graph: Graph, counts: Counts, opened: frozenset[str] | None, tree: ModuleTree | None
) -> tuple[Folded, Placed | None]:
    """The folded graph, laid out where it is small."""
    folded = fold(graph, counts, opened, tree)
    return folded, place(len(folded.boxes), _pairs(folded)) if len(folded.boxes) <= AT_ONCE else None


def _pairs(folded: Folded) -> list[Pair]:
    return [(edge.source, edge.target) for edge in folded.edges]


def _alike(one: Graph, other: Graph) -> bool:
    """Whether two graphs have the same nodes."""
    return [node.name for node in one.nodes] == [node.name for node in other.nodes]
