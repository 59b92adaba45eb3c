"""Panels say what the user wants by signals, keep the selection, and show what they are given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication

from engines.cameras.types import FileSource, FolderSource, SceneSource, StreamSource, TiledSource, UsbCamera, UsbSource
from widgets.kit.panel import FOLDS, Panel, QuietButton, Section, Stat, StatGrid
from widgets.kit.row_list import clauses, wide
from widgets.shell.jobs import JobRow, JobsPanel
from widgets.shell.log import LogPanel, LogRow
from widgets.shell.properties import PropertiesPanel, PropertiesShown, PropertyGroup
from widgets.sources.choice import SOURCE_MIME
from widgets.sources.panel import SourceRow, SourcesPanel, TileRow, dropped_texts

ROWS = (
    SourceRow("rig", "tiled", "Sample rig", "playing", "good", fps=30.0, tiles=(TileRow("rig/left", "left"),)),
    SourceRow("cam", "usb", "Camera", "failed", "bad", "It does not answer"),
)
JOBS = (
    JobRow(
        2, "Calibrate", "running", "busy", 0.4, "View 3 of 10", "12 s left", True, command="python main.py calibrate"
    ),
    JobRow(1, "Export", "done", "good", 1.0, "", "took 2 s", result="/tmp/out.json"),
    JobRow(0, "Solve", "failed", "bad", error="No board", hint="Check the board", trace="Traceback: here"),
)


@pytest.fixture
def sources(qtbot):
    panel = SourcesPanel()
    qtbot.addWidget(panel)
    panel.resize(264, 500)
    panel.show_rows(ROWS)
    return panel


def test_sources_are_summed_up_in_words(sources):
    assert sources.state == "2 sources, 1 failed"
    assert not sources.is_empty
    sources.show_rows(())
    assert sources.is_empty


def test_an_empty_list_offers_the_sample(sources, qtbot):
    sources.show_rows(())
    with qtbot.waitSignal(sources.sampleWanted):
        sources._empty.button.click()


def test_the_selection_stays_while_rows_change(sources):
    sources.list.select("rig/left")
    sources.show_rows((SourceRow("new", "file", "Clip", "paused"), *ROWS))
    assert sources.list.current() == "rig/left"
    assert sources.list.topLevelItemCount() == 3


def test_remove_reconnect_and_show_tell_the_id(sources, qtbot):
    sources.list.select("cam")
    with qtbot.waitSignal(sources.removed) as heard:
        sources.remove.click()
    assert heard.args == ["cam"]
    with qtbot.waitSignal(sources.retried) as heard:
        sources.retry.click()
    assert heard.args == ["cam"]
    with qtbot.waitSignal(sources.activated) as heard:
        sources.list.itemActivated.emit(sources.list.topLevelItem(0).child(0), 0)
    assert heard.args == ["rig/left"]


def test_a_row_is_dragged_by_its_path(sources):
    data = sources.list.mimeData([sources.list.topLevelItem(0).child(0)])
    assert bytes(data.data(SOURCE_MIME).data()) == b"rig/left"


def test_what_is_dropped_becomes_paths_and_addresses():
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/videos/a clip ü.mp4"), QUrl("rtsp://host/live")])
    assert dropped_texts(data) == ["/videos/a clip ü.mp4", "rtsp://host/live"]
    text = QMimeData()
    text.setText("rtsp://one\n\n rtsp://two ")
    assert dropped_texts(text) == ["rtsp://one", "rtsp://two"]


def form_for(sources, kind):
    sources.open_form(kind)
    return sources.form, sources.form.fields[kind]


def made_by(sources, qtbot):
    with qtbot.waitSignal(sources.sourceMade) as heard:
        sources.form.add.click()
    return heard.args[0]


def test_the_form_makes_each_kind(sources, qtbot, tmp_path):
    clip = tmp_path / "ein Film.mp4"
    clip.write_bytes(b"x")
    form, fields = form_for(sources, "file")
    fields.path.setText(str(clip))
    form.name.setText("Film")
    assert made_by(sources, qtbot) == FileSource(str(clip), "Film")
    _, fields = form_for(sources, "folder")
    fields.path.setText(str(tmp_path))
    assert made_by(sources, qtbot) == FolderSource(str(tmp_path), "")
    _, fields = form_for(sources, "stream")
    fields.url.setText("rtsp://camera.local/live")
    assert made_by(sources, qtbot) == StreamSource("rtsp://camera.local/live")
    form_for(sources, "scene")
    assert made_by(sources, qtbot) == SceneSource()
    _, fields = form_for(sources, "tiled")
    fields.kind.set_value("scene")
    fields.names.setText("front, left")
    assert made_by(sources, qtbot) == TiledSource(SceneSource(), 2, 2, ("front", "left"))
    _, fields = form_for(sources, "usb")
    sources.set_cameras([UsbCamera("Desk camera", "/dev/video2", 200)])
    assert made_by(sources, qtbot) == UsbSource("/dev/video2", "Desk camera", 200)


@pytest.mark.parametrize(
    ("kind", "fill", "words"),
    [
        ("file", lambda f: None, "missing"),
        ("file", lambda f: f.path.setText("/no/such file.mp4"), "no such"),
        ("stream", lambda f: f.url.setText("camera.local"), "not a stream"),
        ("scene", lambda f: f.board.setText("chess"), "not a board"),
        ("tiled", lambda f: (f.kind.set_value("scene"), f.rows.setValue(1), f.columns.setValue(1)), "One tile"),
        ("tiled", lambda f: (f.kind.set_value("scene"), f.names.setText("a, a")), "same name"),
        ("usb", lambda f: f.set_cameras([]), "No camera"),
    ],
)
def test_the_form_says_what_is_not_right_and_stays_open(sources, kind, fill, words):
    form, fields = form_for(sources, kind)
    assert form.problem.text() == "", "nothing is said before the user has tried"
    fill(fields)
    form.add.click()
    assert words in form.problem.text()
    assert form.isVisible()


def test_cameras_are_asked_for_when_their_form_opens(sources, qtbot):
    with qtbot.waitSignal(sources.camerasWanted):
        sources.open_form("usb")


@pytest.fixture
def jobs(qtbot):
    panel = JobsPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 240)
    panel.show_jobs(JOBS)
    panel.show()
    return panel


def test_only_what_can_be_done_with_a_job_is_offered(jobs):
    jobs.list.select(2)
    assert [b.isVisible() for b in (jobs.cancel, jobs.reveal, jobs.copy, jobs.remove)] == [True, False, True, False]
    jobs.list.select(1)
    assert [b.isVisible() for b in (jobs.cancel, jobs.reveal, jobs.copy, jobs.remove)] == [False, True, False, True]


def test_cancel_reveal_copy_and_remove(jobs, qtbot):
    jobs.list.select(2)
    with qtbot.waitSignal(jobs.cancelled) as heard:
        jobs.cancel.click()
    assert heard.args == [2]
    jobs.copy.click()
    assert QGuiApplication.clipboard().text() == "python main.py calibrate"
    jobs.list.select(1)
    with qtbot.waitSignal(jobs.revealed) as heard:
        jobs.reveal.click()
    assert heard.args == ["/tmp/out.json"]
    with qtbot.waitSignal(jobs.removed) as heard:
        jobs.remove.click()
    assert heard.args == [1]


def test_a_failed_job_says_why_and_what_to_do(jobs):
    jobs.list.select(0)
    assert jobs.details.words.text() == "No board"
    assert jobs.details.hint.text() == "Check the board"
    assert jobs.details.trace.toPlainText() == "Traceback: here"
    assert jobs.details.section.folded


def test_jobs_keep_the_selection(jobs):
    jobs.list.select(1)
    jobs.show_jobs((JobRow(3, "New", "queued", active=True), *JOBS))
    assert jobs.current().id == 1


def line(number: int, level: int = 20, text: str = "hello", details: str = "") -> LogRow:
    return LogRow(
        1.7e9 + number, level, {20: "info", 30: "warning", 40: "error"}[level], "feed", f"{text} {number}", details
    )


@pytest.fixture
def log(qtbot):
    panel = LogPanel(depth=50)
    qtbot.addWidget(panel)
    panel.resize(900, 240)
    return panel


def test_the_log_filters_by_level_and_by_words(log):
    log.append([line(1), line(2, 30, "slow camera"), line(3, 40, "broken camera")])
    assert len(log.shown) == 3
    log.level.set_value("warn")
    log.level.chosen.emit("warn")
    assert [row.level for row in log.shown] == [30, 40]
    log.search.setText("CAMERA broken")
    assert [row.text for row in log.shown] == ["broken camera 3"]
    assert log.state == "3 lines, 1 error, 1 warning"


def test_the_log_is_bounded_and_keeps_the_newest(log):
    for start in range(0, 200, 20):
        log.append([line(start + n) for n in range(20)])
    assert len(log.shown) == 50
    assert log.shown[-1].text == "hello 199"
    assert log.table.model().rowCount() == 50


def test_a_wide_log_has_its_filters_beside_its_title_and_more_lines(log, qtbot):
    log.append([line(number) for number in range(9)])
    log.show()
    wide = log.table.height()
    assert log.search.mapTo(log, QPoint(0, 0)).y() < log.head.height()
    log.resize(400, 240)
    qtbot.waitUntil(lambda: log.search.mapTo(log, QPoint(0, 0)).y() >= log.head.height())
    log.resize(900, 240)
    qtbot.waitUntil(lambda: log.table.height() == wide)


def test_the_log_filters_by_the_part_of_the_program(log):
    log.append([replace(line(1), origin="Faces"), replace(line(2), origin="Rig"), line(3)])
    assert [log.origin.itemText(place) for place in range(log.origin.count())] == ["All parts", "Faces", "Rig"]
    log.origin.set_value("Rig")
    log.origin.chosen.emit("Rig")
    assert [row.text for row in log.shown] == ["hello 2"]
    log.append([replace(line(4), origin="Actions"), replace(line(5), origin="Rig")])
    assert [row.text for row in log.shown] == ["hello 2", "hello 5"]
    assert log.origin.value() == "Rig"


def test_a_paused_log_holds_new_lines_back_and_shows_them_afterwards(log):
    log.append([line(1)])
    log.follow.click()
    log.append([line(2), line(3, 40, "broken")])
    assert [row.text for row in log.shown] == ["hello 1"]
    assert log.state == "1 line, paused, 2 new"
    log.follow.click()
    assert [row.text for row in log.shown] == ["hello 1", "hello 2", "broken 3"]
    assert log.state == "3 lines, 1 error"


def test_counts_of_the_log_follow_lines_that_go(log):
    log.append([line(0, 40), line(1, 30)])
    assert log.state == "2 lines, 1 error, 1 warning"
    log.append([line(number) for number in range(49)])
    assert log.state == "50 lines, 1 warning"
    log.append([line(60)])
    assert log.state == "50 lines"


def test_the_log_shows_the_traceback_of_a_line_and_copies(log):
    log.append([line(1), line(2, 40, "broken", "Traceback:\n  here")])
    log.table.selectRow(1)
    assert log.details.toPlainText() == "Traceback:\n  here"
    log.copy.click()
    assert "broken 2\n    Traceback:\n      here" in QGuiApplication.clipboard().text()
    log.clear.click()
    assert log.is_empty


def test_properties_follow_what_they_are_given(qtbot):
    panel = PropertiesPanel()
    qtbot.addWidget(panel)
    assert panel.is_empty
    groups = (PropertyGroup("picture", (Stat("Size", "640 x 360", "px"),)), PropertyGroup("flow", (Stat("fps", "30"),)))
    panel.show_properties(PropertiesShown("Rig", "playing", "good", groups))
    assert panel.head.title.text() == "Rig"
    panel.show_properties(PropertiesShown("Clip", "paused", "", groups[:1]))
    assert not panel._sections["picture"][0].isHidden()
    assert panel._sections["flow"][0].isHidden()


@pytest.mark.parametrize("wide", [240, 700])
def test_a_line_of_state_is_whole_and_stays_as_tall_as_it_was(qtbot, wide):
    panel = Panel("Rig")
    qtbot.addWidget(panel)
    panel.resize(wide, 300)
    panel.show()
    line = panel.head.state

    def tall(words: str) -> int:
        panel.set_state(words)
        wrap, text = Qt.TextFlag.TextWordWrap, line.text()
        qtbot.waitUntil(
            lambda: line.height() >= line.fontMetrics().boundingRect(0, 0, line.width(), 0, wrap, text).height()
        )
        return line.height()

    one, many = tall("3 views"), tall("front left and front right share 6 views; " * 5)
    assert many > one
    assert tall("4 views") == many, "nothing below it moves"
    panel.set_state("")
    assert tall("3 views") == one


def test_words_among_figures_end_where_the_longest_does(qtbot):
    grid = StatGrid((Stat("Kind", "Tiled"), Stat("Made of", "a scene that is rendered"), Stat("Rate", "30", "fps")))
    qtbot.addWidget(grid)
    grid.resize(260, 80)
    grid.show()
    kind, made, rate = (row[1].geometry().right() for row in grid._rows)
    assert kind == made > rate
    grid.set_stats((Stat("Kind", "Tiled"), Stat("Rate", "30", "fps")))
    qtbot.waitUntil(lambda: grid._rows[0][1].geometry().right() == grid._rows[1][1].geometry().right())


def test_a_row_says_as_many_whole_clauses_as_have_room(qapp):
    first, second = "There is no such file", "There is no such file (/media/disk/a 0.5.mp4)"
    words = f"{second}. It may have been moved"
    said = [clauses(words, wide(part, 11)) for part in (words, second, first, "There")]
    assert said == [words, second, first, ""]


def test_a_section_remembers_that_it_was_folded(qtbot):
    section = Section("Advanced", name="test/advanced")
    qtbot.addWidget(section)
    section.head.click()
    again = Section("Advanced", name="test/advanced")
    qtbot.addWidget(again)
    assert again.folded
    FOLDS.state.pop("test/advanced")


def test_a_foot_is_there_once_it_holds_something(qtbot):
    panel = Panel("Things")
    qtbot.addWidget(panel)
    assert panel._foot.isHidden()
    panel.add_foot(QuietButton("Save", "save"))
    assert not panel._foot.isHidden()


def test_figures_line_up_and_are_spoken_whole(qtbot):
    grid = StatGrid([Stat("fx", "1201.30", "px", "0.21"), Stat("cy", "7.1", "px", "0.4")])
    qtbot.addWidget(grid)
    grid.resize(300, 80)
    grid.show()
    first, second = grid._rows[0][1], grid._rows[1][1]
    assert first.geometry().right() == second.geometry().right()
    assert first.accessibleName() == "fx 1201.30 px plus or minus 0.21"
    grid.set_stats([Stat("fx", "1")])
    assert not second.isVisible()


def test_jobs_are_found_by_their_words_and_a_cut_off_one_is_resumed_by_return(qtbot):
    panel = JobsPanel()
    qtbot.addWidget(panel)
    rows = [JobRow(number, f"Job {number}", "done", "good") for number in range(20, 1, -1)]
    cut = JobRow(1, "Train tiny", "cancelled", cut_off="Cut off at step 5 of 12")
    panel.show_jobs((*rows, cut))
    panel.show()
    said, kept = [], []
    panel.resumed.connect(said.append)
    panel.kept.connect(kept.append)
    assert not panel.resume.isVisibleTo(panel)
    panel.search.setText("TINY cancelled")
    assert panel.list.count() == 1
    assert panel.current() == cut
    assert panel.details.words.text() == "Cut off at step 5 of 12"
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    panel.keep.click()
    assert (said, kept) == ([1], [1])
    panel.choose(7)
    assert panel.search.text() == ""
    assert panel.current() == rows[13]


def test_an_error_is_copied_with_all_that_a_report_needs(qtbot):
    panel = JobsPanel()
    qtbot.addWidget(panel)
    failed = JobRow(
        3, "Solve", "failed", "bad", error="No board", hint="Check it", trace="Traceback", command="main.py x"
    )
    panel.show_jobs((failed,))
    qtbot.keyClick(panel.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Solve\n\nNo board\n\nCheck it\n\nmain.py x\n\nTraceback"
