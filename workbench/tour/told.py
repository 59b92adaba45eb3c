"""Finds what is seen and was not said through translation, in the stretched language, whose texts bear its marks.

Data is left alone: numbers, units, names of files and models, what the user typed, and what a widget is `given`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from widgets.kit.labels import NO_SPACE
from workbench.work.languages import MADE, spoken
from workbench.work.stretching import BEGIN, END

WORD = re.compile(r"(?<![\w./\\-])[A-Za-z][a-z]{2,}(?![\w/\\-]|\.\w|://|:\d)")
"""A word of letters that is no part of a path, an address, a board or an identifier."""
FILE = re.compile(r"\.\w{2,11}(?=\s|$)")
"""What names a file is the user's."""
KEYS = re.compile(r"(?:(?:Ctrl|Alt|Shift|Meta)\+)+\S+$")
DATA = frozenset(["nats", "bits", "img", "step", "rms", "fps", "kinoscope", "softmax", "astronaut"])
ROWS = 12


def untranslated(root: QWidget) -> list[str]:
    """Texts without the marks of the stretched language; none where another language is spoken."""
    if spoken() not in MADE:
        return []
    return list(dict.fromkeys(f"{kind} {text!r}" for kind, text in _texts(root) if is_bare(text)))


def is_bare(text: str) -> bool:
    if FILE.search(text.replace(NO_SPACE, "")) or KEYS.match(text) or BEGIN in text or END in text:
        return False
    return any(word.lower() not in DATA for word in WORD.findall(text))


def _texts(root: QWidget) -> Iterator[tuple[str, str]]:
    for part in (root, *root.findChildren(QWidget)):
        kind = type(part).__name__
        said = [part.toolTip(), part.accessibleName(), part.accessibleDescription(), part.statusTip()]
        given = is_given(part)
        if isinstance(part, QDockWidget):
            said.append(part.windowTitle())
        if isinstance(part, (QLabel, QAbstractButton)):
            said = [] if given else [*said, part.text()]
        if isinstance(part, (QGroupBox, QMenu)):
            said.append(part.title())
        if isinstance(part, QLineEdit):
            said.append(part.placeholderText())
        if isinstance(part, QTabBar):
            said += [part.tabText(at) for at in range(part.count())] + [
                part.tabToolTip(at) for at in range(part.count())
            ]
        if isinstance(part, QComboBox) and not given:
            said += [part.itemText(at) for at in range(part.count())]
        if not given:
            said += [text for action in part.actions() for text in (action.text(), action.toolTip())]
        if isinstance(part, QAbstractItemView) and part.isVisible() and part.model() is not None:
            said += _heads(part.model()) if given or isinstance(part, QHeaderView) else _cells(part.model())
        yield from ((kind, text) for text in said if text)


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    yield from _heads(model)
    for column in range(_columns(model)):
        for row in range(min(model.rowCount(QModelIndex()), ROWS)):
            yield str(model.data(model.index(row, column)) or "")


def _heads(model: QAbstractItemModel) -> Iterator[str]:
    return (str(model.headerData(column, Qt.Orientation.Horizontal) or "") for column in range(_columns(model)))


def _columns(model: QAbstractItemModel) -> int:
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())


def is_given(part: QWidget) -> bool:
    """Its words are the user's or a file's."""
    return bool(getattr(part, "given", False) or part.property("given"))
