"""The form of a source: typing begins in the first field, and Tab goes through it as the eye does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from widgets.sources.form import KINDS, SourceForm


@pytest.fixture
def form(qtbot):
    form = SourceForm()
    qtbot.addWidget(form)
    return form


@pytest.mark.parametrize("kind", KINDS)
def test_typing_begins_in_the_first_field(form, qtbot, kind):
    form.open_for("usb")
    form.open_for(kind)
    qtbot.waitUntil(lambda: form.focusWidget() is not None)
    assert form.focusWidget() is form.fields[kind].first


@pytest.mark.parametrize("kind", KINDS)
def test_tab_goes_from_top_to_bottom(form, kind):
    form.open_for("scene")
    form.open_for(kind)
    tops = [top for top, _ in visited(form, form.fields[kind].first)]
    assert len(tops) >= 5
    assert tops == sorted(tops)


def test_tab_reaches_the_source_that_is_split(form):
    form.open_for("tiled")
    fields = form.fields["tiled"]
    fields.kind.set_value("stream")
    fields.kind.chosen.emit("stream")
    names = [name for _, name in visited(form, fields.first)]
    assert names[:4] == ["Source that is split", "Address", "Give up after", "Rows"]


def visited(form: SourceForm, first: QWidget) -> list[tuple[int, str]]:
    """Height and name of each field that Tab comes to, until the last button."""
    stops: list[tuple[int, str]] = []
    widget: QWidget | None = first
    while widget is not None:
        takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
        if takes and widget.isVisibleTo(form):
            middle = widget.mapTo(form, QPoint(0, widget.height() // 2)).y()
            stops.append((middle // 14, widget.accessibleName()))
        widget = widget.nextInFocusChain()
        if widget is first:
            break
        if stops and stops[-1][1] == form.add.accessibleName():
            break
    return stops
