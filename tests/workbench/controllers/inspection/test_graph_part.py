"""What stands behind the Graph page: laid out beside the window, large graphs by a job that leaves no trace, folded,
revealed and cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject

from engines.inspection.layout.modules import ModuleTree
from engines.inspection.types import Format, ModelSheet, OpenSpec
from tests.engines.inspection.layout.graphs import chain, counts_of
from widgets.inspection.state import GraphView, Page
from workbench.controllers.inspection.form import Form
from workbench.controllers.inspection.graph import AT_ONCE, Graphs
from workbench.controllers.inspection.part import Subject
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor


@dataclass
class Desk:
    """As much of the controller as the part asks."""

    services: Any
    form: Form = Form(page=Page.GRAPH)
    subject: Subject = Subject()
    told: list[object] = field(default_factory=list)

    def ask_model(self) -> None:
        self.told.append("ask")

    def time(self) -> None:
        self.told.append("time")

    def edit(self, page: Page, fields: object) -> None:
        self.told.append((page, fields))

    def go_to(self, page: str) -> None:
        self.told.append(page)


def sheet_of(count: int) -> ModelSheet:
    graph = chain(count)
    return ModelSheet("/m/net.onnx", "net", Format.ONNX, 0, graph=graph, counts=counts_of(graph))


@pytest.fixture
def desk(supervisor: Supervisor, jobs: JobQueue) -> Desk:
    return Desk(SimpleNamespace(supervisor=supervisor, jobs=jobs))


@pytest.fixture
def part(desk: Desk) -> Iterator[Graphs]:
    owner = QObject()
    yield Graphs(desk, owner)  # type: ignore[arg-type]
    owner.deleteLater()


def view(part: Graphs) -> GraphView:
    return part.fields["graph"]


def laid_out(qtbot: Any, part: Graphs, boxes: int) -> GraphView:
    """The view once so many boxes are laid out."""
    qtbot.waitUntil(lambda: view(part).folded is not None and len(view(part).folded.boxes) == boxes, timeout=60_000)
    return view(part)


def test_a_graph_is_laid_out_once_its_page_is_in_front_and_keeps_its_folds_when_timed(qtbot, desk, part) -> None:
    desk.form, desk.subject = Form(page=Page.MODEL), Subject(OpenSpec("/m/net.onnx"), sheet_of(30))
    part.follow()
    assert view(part).rows == ()
    desk.form = Form(page=Page.GRAPH)
    part.follow()
    laid_out(qtbot, part, 32)
    part.open_all(False)
    laid_out(qtbot, part, 3)
    part.open("stage0")
    shown = laid_out(qtbot, part, 5)
    assert shown.selected == "module:stage0.block0"
    timed = sheet_of(30)
    layers = tuple(replace(layer, ms=1.0) for layer in timed.counts.layers)
    desk.subject = Subject(OpenSpec("/m/net.onnx"), replace(timed, counts=replace(timed.counts, layers=layers)))
    part.follow()
    qtbot.waitUntil(lambda: view(part).folded.boxes[1].ms == 10.0, timeout=20_000)
    assert view(part).folded.open == {"stage0"}
    assert view(part).selected == "module:stage0.block0"
    part.fold("stage0")
    assert laid_out(qtbot, part, 3).selected == "module:stage0"


def test_a_hit_in_closed_modules_is_opened_and_brought_into_sight(qtbot, desk, part) -> None:
    desk.subject = Subject(OpenSpec("/m/net.onnx"), sheet_of(250))
    part.follow()
    qtbot.waitUntil(lambda: view(part).placed is not None, timeout=20_000)
    part.open_all(False)
    laid_out(qtbot, part, 5)
    before = view(part).shows
    part.reveal("n137")
    shown = laid_out(qtbot, part, 5 + 9 + 9)
    assert shown.folded.open == {"stage1", "stage1.block3"}
    assert "n137" in shown.folded.holding()
    assert shown.selected == "n137"
    assert shown.shows == before + 2, "once in its closed module, once where it is"


def test_a_large_graph_is_a_job_that_can_be_cancelled_and_is_not_kept(qtbot, desk, part, jobs) -> None:
    count = AT_ONCE + 200
    desk.subject = Subject(OpenSpec("/m/net.onnx"), sheet_of(count))
    part.follow()
    qtbot.waitUntil(lambda: view(part).placed is not None, timeout=20_000)
    before = view(part)
    part.open_all(True)
    qtbot.waitUntil(lambda: part.busy is not None, timeout=20_000)
    part.cancel()
    qtbot.waitUntil(lambda: part.busy is None, timeout=30_000)
    if view(part).folded is before.folded:
        part.open_all(True)
    shown = laid_out(qtbot, part, count + 2)
    assert shown.folded.open == set(ModuleTree(chain(count)).sizes)
    assert (np.diff(shown.placed.layers[1:-1]) == 1).all()
    qtbot.waitUntil(lambda: jobs.records() == [], timeout=20_000)


def test_the_page_hands_on_what_other_pages_are_asked_for(qtbot, desk, part) -> None:
    page = part.make()
    qtbot.addWidget(page)
    page.fieldWanted.emit("n3")
    page.timeWanted.emit()
    page.empty.clicked.emit()
    assert desk.told == [(Page.FIELD, {"layer": "n3"}), Page.FIELD, "time", "ask"]
