"""The checks of names, keys, order and cut words: on widgets made for it they find what is wrong, and only that."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets.kit.access import roles
from widgets.kit.access.elided import elided, listening
from widgets.kit.fields import NumberField, QuietButton, SearchField, Segmented, Toggle, describe
from widgets.kit.labels import ElidedLabel
from widgets.kit.panel import Panel, PrimaryButton, Section, Stat, columns, labelled
from widgets.shell.properties import PropertiesPanel, PropertiesShown, PropertyGroup
from widgets.shell.report import ReportDialog, ReportShown
from workbench.tour.checks import cut, disordered, nameless, order, unreachable
from workbench.tour.written import written

TAB = Qt.FocusPolicy.TabFocus


class Painted(QWidget):
    """Takes the mouse; `Typed` takes keys as well."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.update()


class Typed(Painted):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.update()


class Words(QWidget):
    """Paints a text that may be cut. given: it is the user's."""

    def __init__(self, text: str, given: bool = False) -> None:
        super().__init__()
        self.text, self.given = text, given
        self.setMinimumHeight(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = elided(painter.fontMetrics(), self.text, self.width(), given=self.given)
        painter.drawText(QRectF(self.rect()), shown)


@pytest.fixture(autouse=True)
def _asked(qapp) -> None:
    roles.install()


@pytest.fixture
def page(qtbot):
    """A window 300 pixels wide with these parts in a column."""

    def make(*parts: QWidget, wide: int = 300) -> QWidget:
        window = QWidget()
        window.setWindowTitle("Page")
        column = QVBoxLayout(window)
        for part in parts:
            column.addWidget(part)
        qtbot.addWidget(window)
        window.resize(wide, 500)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return make


def named(widget: QWidget, policy: Qt.FocusPolicy = TAB) -> QWidget:
    describe(widget, "Something")
    widget.setFocusPolicy(policy)
    return widget


def good_panel() -> QWidget:
    panel = Panel("Board")
    panel.add_head(PrimaryButton("Calibrate"))
    section = Section("Size", name="checks/size")
    section.add(labelled("Kind", Segmented("Kind", [("a", "One"), ("b", "Two")])))
    section.add(columns(labelled("Rows", NumberField("Rows", 4, 1, 9)), labelled("Unit", NumberField("Unit", 4, 1, 9))))
    section.add(Toggle("Free"))
    section.add(SearchField())
    panel.add(section)
    panel.add_foot(QuietButton("Save", "save"), QuietButton("", "help", name="Help"))
    return panel


def test_a_panel_of_the_kit_is_found_good(page):
    window = page(good_panel())
    assert [check(window) for check in (nameless, unreachable, disordered, cut)] == [[], [], [], []]
    assert len(order(window)) > 6


# Names and roles


@pytest.mark.parametrize("make", [QPushButton, QLineEdit, QComboBox, QPlainTextEdit, QListWidget, Painted, Typed])
def test_a_control_without_a_name_is_found_hidden_or_not(page, make):
    part = make()
    window = page(part)
    part.hide()
    assert len(nameless(window)) == 1
    assert type(part).__name__ in nameless(window)[0]
    describe(part, "Something")
    assert nameless(window) == []


def test_a_painted_control_is_a_picture_or_what_it_says_it_is(page):
    class Chart(Typed):
        accessible_role = QAccessible.Role.Chart

    parts = [named(Painted()), named(Chart())]
    window = page(*parts)
    assert nameless(window) == []
    said = [QAccessible.queryAccessibleInterface(part) for part in parts]
    assert [one.role() for one in said] == [QAccessible.Role.Graphic, QAccessible.Role.Chart]


def test_tabs_rows_and_entries_without_words_are_found(page):
    tabs, rows, menu = QTabBar(), QListWidget(), QMenu()
    tabs.addTab("")
    rows.addItems(["a row", ""])
    menu.addAction("")
    menu.setParent(tabs)
    window = page(named(tabs), named(rows))
    found = nameless(window)
    assert [any(words in one for one in found) for words in ("tab 0", "row 1", "an entry")] == [True] * 3
    assert len(found) == 3


# Keys


def test_what_no_key_leads_to_is_found(page):
    window = page(named(QPushButton("a"), Qt.FocusPolicy.NoFocus), named(QPushButton("b")), named(Typed()))
    assert [one.partition(":")[2] for one in unreachable(window)] == [" Tab passes it by"]


def test_what_takes_the_mouse_and_no_key_is_found_unless_it_says_its_keys(page):
    part = named(Painted())
    window = page(part, named(QPushButton("b")))
    assert "no key" in unreachable(window)[0]
    roles.reached_by(part, "Arrow keys")
    assert unreachable(window) == []


def test_one_of_a_group_stands_for_all_of_it(page):
    group, buttons = QButtonGroup(), [named(QPushButton(name), Qt.FocusPolicy.NoFocus) for name in "ab"]
    for button in buttons:
        button.setCheckable(True)
        group.addButton(button)
    window = page(*buttons)
    assert len(unreachable(window)) == 2
    buttons[1].setFocusPolicy(TAB)
    assert unreachable(window) == []


def test_what_keeps_tab_to_itself_is_found(page):
    text, table = named(QPlainTextEdit()), named(QTableWidget(2, 2))
    window = page(text, table)
    assert ["Tab does not leave it" in one for one in unreachable(window)] == [True, True]
    text.setTabChangesFocus(True)
    table.setTabKeyNavigation(False)
    assert unreachable(window) == []


# Order


def test_tab_against_the_eye_is_found(page):
    first, second, third = (named(QPushButton(name)) for name in "abc")
    held = QWidget()
    page_of = QVBoxLayout(held)
    for part in (first, second, third):
        page_of.addWidget(part)
    window = page(held)
    assert disordered(window) == []
    QWidget.setTabOrder(third, second)
    assert disordered(window) != []


def test_a_second_column_may_begin_at_the_top(page):
    left, right = QWidget(), QWidget()
    for side in (left, right):
        column = QVBoxLayout(side)
        for name in "ab":
            column.addWidget(named(QPushButton(name)))
    window = page(columns(left, right))
    assert disordered(window) == []


# Words that are cut


def test_words_that_do_not_fit_are_found_and_those_that_do_are_not(page):
    long = "Words that are far too long for forty pixels"
    header = QTableWidget(1, 1)
    header.setHorizontalHeaderLabels([long])
    header.verticalHeader().hide()
    header.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    empty = QLineEdit()
    empty.setPlaceholderText(long)
    tabs = QTabBar()
    tabs.addTab(long)
    tabs.setElideMode(Qt.TextElideMode.ElideRight)
    tabs.setUsesScrollButtons(False)
    number = NumberField("Number", 1.0, 0, 9, unit=long)
    parts = [QLabel(long), ElidedLabel(long), QPushButton(long), Toggle(long), empty, header, number, Words(long)]
    window = page(*parts, tabs, wide=900)
    header.setColumnWidth(0, 400)
    assert cut(window) == []
    for part in parts:
        part.setMinimumWidth(1)
        part.setMaximumWidth(40)
    header.setColumnWidth(0, 40)
    tabs.setFixedWidth(60)
    window.layout().activate()
    found = cut(window)
    kinds = ("QLabel", "QPushButton", "QLineEdit", "QHeaderView", "QTabBar")
    assert [kind for kind in kinds if not any(one.startswith(kind) for one in found)] == []
    painted = [one for one in found if one.startswith("painted")]
    assert len(painted) == 1, "an elided label and a painted one that say the same"
    assert len(found) == len(parts) - 1
    assert any("Toggle" in one for one in written(window))


def test_a_cell_that_is_cut_is_found_unless_its_tooltip_is_whole(page):
    table = QTableWidget(1, 1)
    table.setItem(0, 0, QTableWidgetItem("a name that is far too long for forty pixels"))
    window = page(table)
    table.setColumnWidth(0, 40)
    assert len(cut(window)) == 1
    table.item(0, 0).setToolTip(table.item(0, 0).text())
    assert cut(window) == []


def test_a_button_beyond_the_edge_of_what_holds_it_is_found(page):
    held = QWidget()
    held.setFixedSize(100, 40)
    button = QPushButton("Wait", held)
    button.move(120, 0)
    window = page(held)
    assert [one for one in cut(window) if "outside" in one] == ["QPushButton 'Wait' lies outside QWidget"]
    button.move(20, 0)
    assert not [one for one in cut(window) if "outside" in one]


def test_words_of_the_user_may_be_cut(page):
    long = "A name that is far too long for forty pixels"
    assert cut(page(Words(long), wide=60)) != []
    assert cut(page(Words(long, given=True), wide=60)) == []


class Drawn(QWidget):
    """Writes words at places of its own, as charts and rows do."""

    def __init__(self, *written: tuple[str, QRectF | QPointF], flags: int = 0) -> None:
        super().__init__()
        self.written, self.flags = written, flags
        self.setFixedSize(200, 60)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for words, at in self.written:
            painter.drawText(at, self.flags, words) if isinstance(at, QRectF) else painter.drawText(at, words)


WRAP = Qt.TextFlag.TextWordWrap.value


@pytest.mark.parametrize(
    ("words", "flags", "told"),
    [
        ([("words in room", QRectF(0, 0, 200, 20)), ("others", QRectF(0, 30, 200, 20))], 0, ""),
        ([("far too long for this", QRectF(0, 0, 40, 20))], 0, "no room"),
        ([("far too long for one line of this widget", QRectF(0, 0, 200, 20))], WRAP, "no room"),
        ([("far too long for one line of this widget", QRectF(0, 0, 200, 60))], WRAP, ""),
        ([("words at the edge", QPointF(150, 20))], 0, "no room"),
        ([("words", QPointF(20, 20)), ("on words", QPointF(24, 24))], 0, " over "),
        ([("a shadow", QPointF(20, 20)), ("a shadow", QPointF(21, 21))], 0, ""),
    ],
)
def test_written_words_that_are_cut_or_stand_on_others_are_found(page, words, flags, told):
    found = [one for one in written(page(Drawn(*words, flags=flags))) if one.startswith("cut")]
    assert bool(found) == bool(told)
    assert all(told in one for one in found)


def test_nobody_hears_of_cut_words_who_does_not_listen(qapp):
    metrics = QFontMetrics(qapp.font())
    with listening() as outer:
        with listening() as inner:
            elided(metrics, "far too long", 20)
        elided(metrics, "far too long", 30)
    assert (len(outer), len(inner)) == (1, 1)
    elided(metrics, "far too long", 20)
    assert (len(outer), len(inner)) == (1, 1)


def test_the_name_in_properties_and_the_files_of_a_report_come_first(qtbot) -> None:
    panel, dialog = PropertiesPanel(), ReportDialog()
    qtbot.addWidget(panel)
    qtbot.addWidget(dialog)
    panel.show_properties(PropertiesShown("Rig", groups=(PropertyGroup("flow", (Stat("fps", "30"),)),), called="Rig"))
    panel.show()
    dialog.open_with(ReportShown((("log.txt", "Log", "all is well"),)))
    met = order(panel)
    assert (met[0], met[-1]) == (panel.name, panel.copy)
    assert dialog.focusWidget() is dialog.list
    assert order(dialog)[:3] == [dialog.list, dialog.search, dialog.text], "read from the left column on"
    assert disordered(dialog) == []
