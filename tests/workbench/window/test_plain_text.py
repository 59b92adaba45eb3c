"""Text of files and people is never taken for HTML: not in a label, a question, or a tooltip."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QMessageBox, QToolTip, QWidget

from tests.workbench.opened import all_parts
from widgets.kit.labels import message_box

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = "<img src='x.png'><b>bold</b> <a href='file:///etc'>here</a>"
PLAIN = Qt.TextFormat.PlainText


def test_every_label_of_the_window_is_plain_and_stays_so(open_window):
    window = open_window(begin=False).window
    all_parts(window)
    labels = window.findChildren(QLabel)
    for label in labels:
        label.setText(HOSTILE)
    QApplication.processEvents()
    assert len(labels) > 300
    assert [
        f"{type(one).__name__} in {type(one.parent()).__name__}" for one in labels if one.textFormat() != PLAIN
    ] == []


def test_every_tooltip_is_plain(open_window):
    window = open_window(begin=False).window
    QToolTip.showText(QPoint(10, 10), HOSTILE, window)
    tips = [widget for widget in QApplication.topLevelWidgets() if widget.inherits("QTipLabel")]
    formats = [tip.textFormat() for tip in tips if isinstance(tip, QLabel)]
    QToolTip.hideText()
    for tip in tips:
        tip.deleteLater()
    assert formats == [PLAIN]


def questions(parent: QWidget) -> list[QWidget]:
    asked = QInputDialog(parent)
    asked.setLabelText(HOSTILE)
    box = message_box(parent, QMessageBox.Icon.Question, HOSTILE, HOSTILE)
    box.setInformativeText(HOSTILE)
    return [asked, box]


def test_every_question_is_plain(open_window):
    for dialog in questions(open_window(begin=False).window):
        dialog.show()
        QApplication.processEvents()
        labels = [label for label in dialog.findChildren(QLabel) if label.text()]
        dialog.close()
        assert {label.text() for label in labels} == {HOSTILE}
        assert {label.textFormat() for label in labels} == {PLAIN}


@pytest.mark.parametrize("layer", ["widgets", "workbench"])
def test_labels_and_boxes_are_made_in_one_place(layer):
    """A label that is not plain from its birth may open what its words name before it is ever dressed."""
    made = re.compile(r"\b(QLabel|QMessageBox)\(|\.(setHtml|insertHtml|appendHtml|setWhatsThis)\(")
    files = [path for path in (ROOT / layer).rglob("*.py") if path.name != "labels.py" and path.parent.name != "verbs"]
    assert [path.name for path in files if made.search(path.read_text("utf-8"))] == []
