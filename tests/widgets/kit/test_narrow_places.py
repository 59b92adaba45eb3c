"""What has no room beside something goes on below it, in a menu, or as an icon, and is whole again in a wide place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from widgets.kit.card_columns import Beside, Flow
from widgets.kit.fields import ChoiceField, PlainButton, QuietButton, wrapped
from widgets.kit.labels import NO_SPACE, Label, Lines, breakable, lines_of
from widgets.kit.layouts import column_of, held, row_of, split_of
from widgets.kit.page_board import PageBoard
from widgets.kit.panel import EmptyState, Panel, Section, columns, labelled, roomy, scrolled
from widgets.kit.work_page import WorkPage
from widgets.shell.jobs import JobRow, JobsPanel
from widgets.shell.leaving import LeavingQuestion, Work
from workbench.tour.checks import cut

WIDE, NARROW = 700, 320
TITLES = {name: (f"A page about {name}", "") for name in ("lenses", "boards", "views", "corners", "rigs")}


@pytest.fixture
def shown(qtbot):
    def show(part: QWidget, wide: int, high: int = 400) -> QWidget:
        page = scrolled(held(column_of(part, None)))
        qtbot.addWidget(page)
        page.resize(wide, high)
        with qtbot.waitExposed(page):
            page.show()
        return page

    return show


def beside(one: QWidget, other: QWidget) -> bool:
    """Whether one ends left of where the other begins."""
    return one.mapToGlobal(QPoint(one.width(), 0)).x() <= other.mapToGlobal(QPoint(0, 0)).x()


def make_columns() -> tuple[QWidget, QWidget, QWidget]:
    choices = ("a", "As the camera gives it"), ("b", "Half")
    one, other = (labelled(name, ChoiceField(name, choices)) for name in ("Size", "Rate"))
    return columns(one, other), one, other


def make_beside() -> tuple[QWidget, QWidget, QWidget]:
    large, said = QWidget(), Label("What is said of it, at some length", wraps=True)
    return Beside(large, said, (200, 300, 0.3)), large, said


def make_split() -> tuple[QWidget, QWidget, QWidget]:
    one, other = QWidget(), QWidget()
    for part in (one, other):
        part.setMinimumWidth(220)
    return split_of(one, other, sizes=(1, 1), room=500), one, other


def make_flow() -> tuple[QWidget, QWidget, QWidget]:
    one, other = PlainButton("Measure the time of all parts"), PlainButton("Export as a drawing")
    return Flow(one, other), one, other


@pytest.mark.parametrize("make", [make_columns, make_beside, make_split, make_flow])
def test_two_parts_stand_side_by_side_where_both_are_whole_and_else_below_each_other(shown, qtbot, make):
    whole, one, other = make()
    page = shown(whole, WIDE)
    assert beside(one, other)
    page.resize(NARROW, 400)
    qtbot.waitUntil(lambda: not beside(one, other) and whole.width() <= page.viewport().width())
    page.resize(WIDE, 400)
    qtbot.waitUntil(lambda: beside(one, other))


def test_a_flow_closes_up_over_what_was_hidden_while_it_was_out_of_view(qtbot):
    flow, one, other = make_flow()
    words = Label("What is beside takes the room")
    page = held(row_of((words, 1), flow))
    qtbot.addWidget(page)
    page.resize(WIDE, 40)
    page.show()
    before = flow.width()
    page.hide()
    one.hide()
    page.show()
    qtbot.waitUntil(lambda: flow.width() < before - 8 and other.x() == 0)
    assert flow.width() == other.width()


def test_what_is_said_beside_a_chart_is_unrolled_below_it(shown, qtbot):
    words = Label("A sentence that is long enough for many lines. " * 60, wraps=True)
    said = scrolled(words)
    page = shown(Beside(QWidget(), said, (200, 300, 0.3)), NARROW)
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 0)
    qtbot.waitUntil(lambda: said.viewport().height() >= words.heightForWidth(words.width()))


def test_pages_without_room_are_in_a_menu_that_leads_to_them(qtbot):
    board = PageBoard("Something", TITLES, {}, "Help")
    qtbot.addWidget(board.head)
    board.head.resize(1600, 40)
    board.head.show()
    assert board.more.isHidden()
    board.head.resize(NARROW, 40)
    left_out = [at for at in range(board.tabs.count()) if not board.tabs.isTabVisible(at)]
    assert not board.more.isHidden()
    assert [action.text() for action in board.more.menu().actions()] == [board.tabs.tabText(at) for at in left_out]
    with qtbot.waitSignal(board.pageChosen) as heard:
        board.more.menu().actions()[-1].trigger()
    assert heard.args == ["rigs"]
    assert board.tabs.isTabVisible(board.tabs.currentIndex())
    assert sum(board.tabs.isTabVisible(at) for at in range(5)) < 5


def test_actions_give_up_their_words_before_a_title_does_and_take_them_back(qtbot):
    panel, action = Panel("Jobs of this machine"), QuietButton("Copy as a command", "copy")
    panel.add_head(action, QuietButton("Reveal the result", "reveal"))
    qtbot.addWidget(panel)
    panel.resize(WIDE, 200)
    panel.show()
    whole = action.width()
    panel.resize(420, 200)
    qtbot.waitUntil(lambda: action.width() < whole / 2)
    assert panel.head.title.width() >= panel.head.title.sizeHint().width()
    panel.resize(WIDE, 200)
    qtbot.waitUntil(lambda: action.width() == whole)


def test_the_title_of_a_section_goes_on_in_the_next_line(shown, qtbot):
    section = Section("Board of nine by six inner corners, 25 mm", name="narrow/board")
    page = shown(section, WIDE)
    line = section.head.height()
    page.resize(180, 400)
    qtbot.waitUntil(lambda: section.head.height() > line)
    assert section.width() <= page.viewport().width()


def test_lines_without_room_end_in_an_ellipsis_and_are_whole_in_the_tooltip(qtbot):
    text = "There is no such file, it may have been moved or renamed since the project was saved"
    words = Lines(text)
    words.given = True
    qtbot.addWidget(words)
    words.resize(160, 34)
    words.show()
    words.grab()
    assert words.toolTip() == text
    words.resize(160, 200)
    words.grab()
    assert words.toolTip() == ""
    assert " ".join(lines_of(text, words.font(), 160)) == text


def test_a_long_command_of_a_job_takes_one_line_and_is_copied_whole(qtbot):
    panel, command = JobsPanel(), "python main.py job some.job " + "x" * 2000
    qtbot.addWidget(panel)
    panel.resize(420, 240)
    panel.show_jobs((JobRow(4, "Done", "done", command=command),))
    panel.show()
    line = panel.details.command
    assert line.isVisible()
    assert line.height() < 2 * line.fontMetrics().lineSpacing()
    panel.copy.click()
    assert QGuiApplication.clipboard().text() == command


def test_a_name_without_a_space_is_broken_where_it_has_no_room_and_a_word_is_not():
    digest = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
    told = f"sha256: {digest}, Abdoulaye_Wade_0003.jpg"
    assert breakable(told).replace(NO_SPACE, "") == told
    assert max(len(part) for word in breakable(told).split() for part in word.split(NO_SPACE)) <= 10
    assert breakable("The calibration is done") == "The calibration is done"


def test_words_that_go_on_in_the_next_line_are_copied_as_they_are(qapp, qtbot):
    path = "/data/recordings/2026-11-30/left-camera.calibration.json"
    label = wrapped(text=breakable(path))
    qtbot.addWidget(label)
    label.setSelection(0, len(label.text()))
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(label.text()) > len(path)
    assert qapp.clipboard().text() == path


@pytest.mark.parametrize("wide", [1200, 300])
def test_a_question_shows_all_its_answers_whether_or_not_they_have_room_side_by_side(qtbot, wide):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(wide, 600)
    question = LeavingQuestion(window)
    question.wait.setText("Wait in the background until all of it is done")
    question.ask([Work(1, "Train a network on the clips of the whole week", resumes=True)])
    for answer in (question.stay, question.cancel, question.wait):
        assert question.rect().contains(answer.rect().translated(answer.mapTo(question, QPoint(0, 0))))
    assert cut(question) == []


class Chart(QWidget):
    """Would like to be 500 pixels high, and can be 100."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(100, 100)

    def sizeHint(self) -> QSize:
        return QSize(400, 500)


def test_a_page_of_results_shrinks_its_charts_before_it_scrolls(qtbot):
    page, chart = WorkPage(), Chart()
    results = held(column_of(Flow(*(PlainButton(word) for word in ("One", "Two", "Three"))), (chart, 1)))
    page.lay_out(page.head_of("A page", PlainButton("Save")), page.body_of(EmptyState("Nothing yet"), results))
    page.show_there(True)
    area = roomy(page)
    qtbot.addWidget(area)
    area.resize(400, 320)
    area.show()
    assert area.verticalScrollBar().maximum() == 0
    assert 100 <= chart.height() < 320
    area.resize(400, 160)
    assert area.verticalScrollBar().maximum() > 0
    assert chart.height() == 100
