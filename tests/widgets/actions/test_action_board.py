"""The action board: tabs, thin wiring from pages to signals, trouble, drops, the cost of showing the same again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from tests.widgets.actions.board_views import evaluate_view, progress, result, train_view
from widgets.actions.board.pages import PAGES, TITLES, ActionBoard
from widgets.actions.state import ActionsView, Page
from widgets.kit.theme import LIGHT, LOOK
from widgets.kit.work_state import Busy, Trouble

VIEWS = {Page.TRAIN: train_view(progress=progress(), result=result()), Page.EVALUATE: evaluate_view()}


class Paints(QObject):
    """Counts what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def board(qtbot):
    made = ActionBoard()
    qtbot.addWidget(made)
    qtbot.addWidget(made.head)
    made.resize(1000, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.mark.parametrize("page", Page)
def test_a_tab_says_its_page_and_moves_nothing_by_itself(board, qtbot, page):
    start = Page.TRAIN if page is Page.WATCH else Page.WATCH
    board.show_state(ActionsView(page=start))
    with qtbot.waitSignal(board.pageChosen) as heard:
        board.tabs.setCurrentIndex(list(TITLES).index(page))
    assert heard.args == [page.value]
    assert board.shown.page is start


def test_watch_and_teach_have_no_page_and_the_others_are_made_when_asked_for(board, qtbot):
    with qtbot.assertNotEmitted(board.pageChosen):
        for page in (Page.WATCH, Page.TEACH):
            board.show_state(ActionsView(page=page))
    assert board.made == {}
    board.show_state(ActionsView(page=Page.EVALUATE))
    assert list(board.made) == [Page.EVALUATE]
    assert board.prepare()
    assert not board.prepare()
    assert set(board.made) == set(PAGES)


def test_the_work_of_both_pages_is_asked_for_by_their_buttons(board, qtbot):
    board.show_state(train_view())
    train = board.page(Page.TRAIN)
    with qtbot.waitSignal(train.trainWanted):
        train.empty.button.click()
    board.show_state(replace(VIEWS[Page.TRAIN]))
    with qtbot.waitSignal(train.watchWanted) as heard:
        train.watch.click()
    assert heard.args == [result().file]
    board.show_state(VIEWS[Page.EVALUATE])
    evaluate = board.page(Page.EVALUATE)
    with qtbot.waitSignal(evaluate.evaluateWanted):
        evaluate.start.click()


def test_trouble_stands_above_the_page_in_front(board, qtbot):
    trouble = Trouble("EfficientNet-Lite0 is not here.", fetch=("efficientnet-lite0",))
    view = replace(train_view(), trouble=trouble, missing={"efficientnet-lite0": 18_800_000})
    board.show_state(view)
    assert board.trouble.isVisible()
    assert board.trouble.fetch.text() == "Fetch 18.8 MB"
    with qtbot.waitSignal(board.trouble.fetchWanted):
        board.trouble.fetch.click()
    board.show_state(replace(view, trouble=None))
    assert not board.trouble.isVisible()


def test_dropped_files_are_told_by_their_paths(board, qtbot):
    data = QMimeData()
    data.setUrls(
        [QUrl.fromLocalFile("/m/a.safetensors"), QUrl("https://example.org/x"), QUrl.fromLocalFile("/v/b.csv")]
    )
    buttons, keys, move = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(9, 9), move, data, buttons, keys)
    QApplication.sendEvent(board, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(board.dropped) as heard:
        QApplication.sendEvent(board, QDropEvent(QPointF(9, 9), move, data, buttons, keys))
    assert heard.args == [["/m/a.safetensors", "/v/b.csv"]]


@pytest.mark.parametrize("page", PAGES)
def test_the_same_state_paints_nothing_and_another_does(board, qapp, page):
    view = VIEWS[page]
    board.show_state(view)
    for _ in range(6):
        qapp.processEvents()
    paints = Paints()
    for part in [board, *board.page(page).findChildren(QObject)]:
        part.installEventFilter(paints)
    board.show_state(replace(view))
    qapp.processEvents()
    assert paints.count == 0
    work = Busy("Working", 1, 2)
    same = view.train if page is Page.TRAIN else view.evaluate
    board.show_state(replace(view, **{page.value: replace(same, busy=work)}))
    qapp.processEvents()
    assert paints.count > 0


@pytest.mark.parametrize("page", PAGES)
def test_both_themes_paint(board, qapp, page):
    board.show_state(VIEWS[page])
    dark = board.grab().toImage()
    LOOK.apply(qapp, LIGHT)
    assert board.grab().toImage() != dark


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name_for_screen_readers(board, page):
    from PySide6.QtWidgets import QAbstractButton, QSlider, QTableView

    board.show_state(VIEWS[page])
    controls = [part for kind in (QAbstractButton, QSlider, QTableView) for part in board.page(page).findChildren(kind)]
    assert controls
    assert [type(part).__name__ for part in controls if not part.accessibleName()] == []
