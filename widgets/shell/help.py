"""Help: one short page a panel, read from `resources/help`, in a window that does not block the work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QTextBrowser, QWidget

from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.labels import Dialog
from widgets.kit.layouts import row_of
from widgets.kit.row_list import HighRows
from widgets.kit.theme import CONTROL_HEIGHT, LOOK

PAGES = Path(__file__).resolve().parents[2] / "resources" / "help"
HEADINGS = {1: 2, 2: 1}
"""Steps of Qt's sizes above the text's."""

HEADING = re.compile(r"#+\s+(.+)|\*\*(.+?)\*\*")
ABOVE = 12
"""Pixels above a heading that was gone to."""
ROOM = 0.92
"""Share of the screen that it may take."""


class HelpPage(Dialog):
    """Pages at the left, the chosen one at the right. `show_page("jobs")` opens it there."""

    def __init__(self, parent: QWidget | None, pages: Mapping[str, Path]) -> None:
        """pages: files by name, in the order of the list."""
        super().__init__(parent)
        self.setWindowTitle(tr("Guide"))
        self.resize(QSize(760, 560).boundedTo(self.screen().availableSize() * ROOM))
        self._pages = pages
        self.list = QListWidget()
        self.list.setItemDelegate(HighRows(self.list, CONTROL_HEIGHT))
        self.list.setProperty("given", True)
        self.list.setFixedWidth(150)
        self.list.setUniformItemSizes(True)
        describe(self.list, tr("Pages"), tr("A page for each panel"))
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        describe(self.text, tr("Page"), tr("The page chosen at the left"))
        for name, path in self._pages.items():
            item = QListWidgetItem(_title(path))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.setLayout(row_of(self.list, (self.text, 1), spacing=12, margins=(12, 12, 12, 12)))
        self.list.currentItemChanged.connect(self._show_current)
        LOOK.changed.connect(self._show_current)

    def show_page(self, name: str) -> None:
        """Open at a page; an unknown name opens the first."""
        names = list(self._pages)
        self.list.setCurrentRow(names.index(name) if name in names else 0)
        self.show()
        self.raise_()

    def show_heading(self, name: str, heading: str) -> None:
        """Open at a page where one of its `headings` stands at the top; where there is none, at its beginning."""
        self.show_page(name)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        if not heading:
            return
        found = self.text.document().find(heading, 0, QTextDocument.FindFlag.FindCaseSensitively)
        while not found.isNull() and not _begins(found):
            found = self.text.document().find(heading, found, QTextDocument.FindFlag.FindCaseSensitively)
        if not found.isNull():
            found.setPosition(found.selectionStart())
            self.text.setTextCursor(found)
            bar = self.text.verticalScrollBar()
            bar.setValue(bar.value() + self.text.cursorRect(found).top() - ABOVE)

    def _show_current(self) -> None:
        if item := self.list.currentItem():
            path = self._pages[item.data(Qt.ItemDataRole.UserRole)]
            self.text.setMarkdown(path.read_text(encoding="utf-8"))
            self._set_type()

    def _set_type(self) -> None:
        """Room between paragraphs, headings of the panels' sizes, and quiet lines in tables."""
        document = self.text.document()
        document.setDocumentMargin(12)
        block = document.begin()
        while block.isValid():
            _set_block(QTextCursor(block))
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                shape = frame.format()
                shape.setBorderBrush(LOOK.now.color("line"))
                shape.setCellPadding(6)
                shape.setBottomMargin(12)
                frame.setFormat(shape)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)


def headings(text: str) -> tuple[str, ...]:
    """Of a page: its title, and what its sections and paragraphs begin with in bold."""
    lines = text.splitlines()
    begins = (line for above, line in zip(["", *lines], lines, strict=False) if line[:1] == "#" or not above.strip())
    found = map(HEADING.match, begins)
    return tuple(re.sub(r"^\d+\.\s*", "", (match[1] or match[2]).strip().rstrip(".")) for match in found if match)


def _begins(cursor: QTextCursor) -> bool:
    """Whether what was found begins its paragraph, but for a number before it."""
    before = cursor.block().text()[: cursor.selectionStart() - cursor.block().position()]
    return not before.strip(" .0123456789")


def _set_block(cursor: QTextCursor) -> None:
    """One paragraph, heading, line of a list or cell of a table."""
    shape = cursor.blockFormat()
    level, listed, cell = shape.headingLevel(), cursor.currentList() is not None, cursor.currentTable() is not None
    shape.setTopMargin(0)
    shape.setBottomMargin(0 if cell else 4 if listed else 10)
    shape.setLineHeight(120, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor.setBlockFormat(shape)
    if level:
        letters = QTextCharFormat()
        letters.setProperty(QTextCharFormat.Property.FontSizeAdjustment, HEADINGS.get(level, 0))
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.mergeCharFormat(letters)


def _title(path: Path) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("#").strip()
