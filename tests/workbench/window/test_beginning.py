"""The window without a source: the start page in place of the viewer, examples that begin, and what a crash leaves."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QMimeData, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtWidgets import QWidget

from engines.core.places import data_dir
from tests.workbench.opened import LEFT, NO_KEYS, Opened, until
from tests.workbench.samples import CountSpec
from tests.workbench.toy import FEATURE
from workbench.features import Example

Open = Callable[..., Opened]
NEEDED = replace(FEATURE, example=Example("Needs", "Something that is not here", f"{__name__}:begin", ("yunet",)))
TOY = replace(FEATURE, example=Example("Toy", "At once", f"{__name__}:begin"))
QUICK = ("tests.workbench.samples:count", CountSpec(1), "Count")
begun: list[object] = []


def begin(desk: object) -> None:
    begun.append(desk)


def docks(opened: Opened) -> set[str]:
    return {id for id, dock in opened.window.docks.docks.items() if not dock.isHidden()}


def test_the_page_has_the_window_until_there_is_a_source_and_again_when_there_is_none(open_window: Open, qtbot) -> None:
    opened = open_window()
    window = opened.window
    until(qtbot, lambda: window.place.starts)
    assert docks(opened) == set()
    window.sources.add_dropped(["scene:1"])
    until(qtbot, lambda: not window.place.starts)
    assert docks(opened) == set(window.presets["monitor"].docks)
    until(qtbot, lambda: opened.picture(0) is not None)
    window.panels.sources.removed.emit("scene1")
    until(qtbot, lambda: window.place.starts and docks(opened) == set())


def test_docks_that_the_page_set_aside_come_back_as_they_were_after_a_restart(open_window: Open, qtbot) -> None:
    first = open_window("scene:1")
    until(qtbot, lambda: first.sources and not first.window.place.starts)
    first.window.docks.docks["properties"].close()
    before = docks(first)
    first.window.panels.sources.removed.emit("scene1")
    until(qtbot, lambda: docks(first) == set())
    assert first.end() == []
    again = open_window()
    until(qtbot, lambda: again.window.place.starts and docks(again) == set())
    again.window.sources.add_dropped(["scene:1"])
    until(qtbot, lambda: not again.window.place.starts)
    assert docks(again) == before != set()


def test_what_is_dragged_over_the_window_is_invited(open_window: Open) -> None:
    window = open_window(begin=False).window
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/film.mp4")])
    place = window.rect().center()
    QCoreApplication.sendEvent(window, QDragEnterEvent(place, Qt.DropAction.CopyAction, data, LEFT, NO_KEYS))
    veil = next(part for part in window.place.page.findChildren(QWidget) if part.accessibleName() == "Drop to open")
    assert veil.isVisible()
    assert veil.geometry() == window.place.page.rect()
    QCoreApplication.sendEvent(window, QDragLeaveEvent())
    assert not veil.isVisible()


def test_a_card_arranges_its_feature_and_begins(open_window: Open, qtbot) -> None:
    begun.clear()
    window = open_window(features=(TOY,)).window
    window.place.page.examples.cards[0].click()
    until(qtbot, lambda: begun == [window.features["toy"]])
    assert window.services.settings.value.preset == "toy"


def test_a_card_fetches_what_it_lacks_and_then_begins(open_window: Open, qtbot, monkeypatch) -> None:
    begun.clear()
    opened = open_window(features=(NEEDED,))
    window, asked = opened.window, []
    card = window.place.page.examples.cards[0]
    until(qtbot, lambda: "yunet" in card.accessibleDescription())
    submit = window.services.jobs.submit
    monkeypatch.setattr(
        window.services.jobs, "submit", lambda _job, spec, *_words: asked.append(spec) or submit(*QUICK)
    )
    card.click()
    assert (asked[0].names, begun, card.isEnabled()) == (("yunet",), [], False)
    until(qtbot, lambda: begun == [window.features["toy"]])
    assert card.isEnabled()


def test_a_crash_is_told_with_the_jobs_that_it_cut_off(open_window: Open, qtbot) -> None:
    first = open_window()
    id = first.window.services.jobs.submit(*QUICK)
    until(qtbot, lambda: first.window.services.jobs.record(id).state.over)
    assert first.end() == []
    assert not list((data_dir() / "running").glob("*.json"))
    with closing(sqlite3.connect(data_dir() / "jobs.sqlite")) as base, base:
        base.execute("UPDATE jobs SET state = 'running', owner = '999999:1.00' WHERE id = ?", (id,))
    mark = data_dir() / "running" / "999999.json"
    mark.write_text(json.dumps({"owner": "999999:1.00", "project": "Gait study"}))
    second = open_window()
    page = second.window.place.page
    until(qtbot, lambda: page.shown.cut_off is not None)
    assert page.shown.cut_off.project == "Gait study"
    assert [job.title for job in page.shown.cut_off.jobs] == ["Count"]
    assert not mark.exists()


def test_a_crash_is_told_beside_sources_too_and_says_what_was_open(open_window: Open, qtbot) -> None:
    first = open_window()
    first.window.commands.run("file.open-sample")
    until(qtbot, lambda: not first.window.place.starts)
    assert first.end() == []
    mark = data_dir() / "running" / "999999.json"
    mark.write_text(json.dumps({"owner": "999999:1.00", "project": "Gait study"}))
    second = open_window()
    until(qtbot, lambda: second.says("ended unexpectedly", "Gait study"))


def test_a_new_project_begins_on_the_start_page_whatever_page_was_in_front(open_window: Open) -> None:
    window = open_window().window
    window.commands.run("window.faces")
    window.commands.run("faces.people")
    assert window.centre.front != "viewer"
    window.commands.run("file.new")
    assert (window.centre.front, window.place.starts) == ("viewer", True)
