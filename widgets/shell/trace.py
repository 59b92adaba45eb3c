"""Lines of text to read and copy."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit

from widgets.kit.fields import describe


def trace_view(name: str, tip: str) -> QPlainTextEdit:
    """Lines to read and copy, as long as they are."""
    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    describe(view, name, tip)
    return view
