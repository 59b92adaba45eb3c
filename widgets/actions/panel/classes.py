"""The classes of a film's labels: colour, key, name, how much is marked; named in place, added by Return."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QMenu

from engines.actions.types import BACKGROUND
from engines.core.words import tr, tr_count
from widgets.actions.panel.words import class_line, classes_hint, duration_words
from widgets.actions.state import ActionsView, ClassCount
from widgets.charts.class_colors import class_brush, class_words
from widgets.kit.form import beside, say, words
from widgets.kit.labels import Label
from widgets.kit.menus import menu_of
from widgets.kit.panel import PlainButton, Section, TextField, set_property
from widgets.kit.row_list import RIGHT, RowList, wide, write
from widgets.kit.theme import LOOK
from widgets.kit.when_new import when_new

CAP, SWATCH = 20.0, 10.0


class ClassList(RowList):
    """Rows are (ClassCount, whether its segment is open). `markWanted(name)` on Return or by its key cap."""

    markWanted = Signal(str)
    height_of_row, most_rows = 32, 9
    editable = removable = True

    def __init__(self) -> None:
        super().__init__(tr("Classes"), tr("Enter begins or ends a segment, F2 renames, Delete removes the class"))
        self.opened.connect(lambda row: self.markWanted.emit(self.name(row)))

    def name(self, row: int) -> str:
        return self.rows[row][0].name

    def words(self, row: int) -> str:
        return class_line(*self.rows[row])

    def name_box(self, box: QRectF) -> QRectF:
        return box.adjusted(SWATCH + CAP + 18, 0, -22, 0)

    def cap(self, row: int) -> QRectF:
        """Where a row's key is, which begins and ends a segment like the key itself."""
        box = self.box(row)
        return QRectF(box.left() + SWATCH + 8, box.center().y() - CAP / 2, CAP, CAP)

    def pressed_at(self, row: int, event: QMouseEvent) -> bool:
        if self.cap(row).contains(event.position()):
            self.markWanted.emit(self.name(row))
            return True
        return super().pressed_at(row, event)

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        told, is_open = self.rows[row]
        paint_swatch(painter, box, row)
        self._paint_cap(painter, row, told, is_open)
        line = self.name_box(box)
        if self.shows_cross(row):
            self.paint_cross(painter, row)
        figures = f"{told.segments:,}", duration_words(told.seconds)
        room = (wide("0000", 11), max(wide("00.0 s", 11), wide(figures[1], 11)) + 8)
        write(painter, line, figures[1], "muted", 11, RIGHT)
        write(painter, line.adjusted(0, 0, -room[1], 0), figures[0], "text" if told.segments else "muted", 13, RIGHT)
        write(painter, line.adjusted(0, 0, -sum(room) - 4, 0), class_words(told.name), given=True)

    def menu(self, row: int) -> QMenu:
        told, is_open = self.rows[row]
        return menu_of(
            self,
            (
                "record",
                tr("End the segment") if is_open else tr("Begin a segment"),
                lambda: self.markWanted.emit(told.name),
            ),
            ("edit", tr("Rename"), lambda: self.edit_name(row)),
            None,
            ("delete", remove_words(told), lambda: self.removed.emit(row)),
        )

    def _paint_cap(self, painter: QPainter, row: int, told: ClassCount, is_open: bool) -> None:
        look, cap = LOOK.now, self.cap(row)
        painter.setPen(QPen(look.color("line"), 1))
        painter.setBrush(look.color("accent") if is_open else look.color("raised"))
        painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        token = "on_accent" if is_open else "text"
        write(painter, cap, told.key or "\u2022", token, 11, Qt.AlignmentFlag.AlignHCenter)


class ClassSection(Section):
    """The list, a field that adds to it, and how marking goes."""

    classAdded = Signal(str)
    classRenamed = Signal(str, str)
    classRemoved = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Classes"), name="actions.classes")
        self.list = ClassList()
        self.hint = words("hint")
        self.name = TextField(
            tr("New class"), placeholder=tr("New class"), tip=tr("What the action is called; Enter adds it")
        )
        self.problem = words("hint")
        set_property(self.problem, "level", "bad")
        titles = Label(tr("segments, seconds"))
        titles.setProperty("role", "hint")
        self.add_action(titles)
        self._titles = titles
        self.put = PlainButton(tr("Add"), "add", tr("Add this class; its key is the next free number"))
        for part in (self.list, self.hint, beside(self.name, self.put), self.problem):
            self.add(part)
        self.body.setSpacing(6)
        self.problem.hide()
        self.name.returnPressed.connect(self._add)
        self.put.clicked.connect(self._add)
        self.name.textEdited.connect(lambda _text: self._complain(""))
        self.list.renamed.connect(self._rename)
        self.list.removed.connect(lambda row: self.classRemoved.emit(self.list.name(row)))

    def show_state(self, view: ActionsView) -> None:
        self._show(view.teach.counts, view.timeline.marking)

    @when_new
    def _show(self, counts: tuple[ClassCount, ...], marking: str) -> None:
        self.list.show_rows(tuple((each, each.name == marking) for each in counts))
        for part in (self.list, self._titles):
            part.setVisible(bool(counts))
        self.head.setText(tr("Classes: {count}", count=len(counts)) if counts else tr("Classes"))
        say(self.hint, classes_hint(counts))

    def _add(self) -> None:
        name = " ".join(self.name.text().split())
        if self._is_right(name):
            self.name.clear()
            self.classAdded.emit(name)

    def _rename(self, row: int, name: str) -> None:
        if self._is_right(name):
            self.classRenamed.emit(self.list.name(row), name)

    def _is_right(self, name: str) -> bool:
        problem = "" if name else tr("Type what the action is called")
        if name == BACKGROUND:
            problem = tr("\u201c{background}\u201d is what lies between the segments", background=BACKGROUND)
        elif any(name == row[0].name for row in self.list.rows):
            problem = tr("There is a class called {name} already", name=name)
        self._complain(problem)
        return not problem

    def _complain(self, problem: str) -> None:
        self.name.set_problem(problem)
        say(self.problem, problem)


def paint_swatch(painter: QPainter, box: QRectF, place: int) -> None:
    """A class's colour and hatch at the left of a row."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(LOOK.now.color("raised"))
    spot = QRectF(box.left(), box.center().y() - SWATCH / 2, SWATCH, SWATCH)
    painter.drawRoundedRect(spot, 3, 3)
    painter.setBrush(class_brush(place))
    painter.drawRoundedRect(spot, 3, 3)


def remove_words(told: ClassCount) -> str:
    return (
        tr_count(told.segments, "Remove with {n} segment", "Remove with {n:,} segments")
        if told.segments
        else tr("Remove")
    )
