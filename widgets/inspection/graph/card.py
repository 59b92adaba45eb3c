"""All that is known of the box that is selected, beside the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr, tr_count
from engines.inspection.layout.folding import Box, Folded, Role
from engines.inspection.types import Graph, Node
from widgets.inspection.graph.words import ms_text
from widgets.inspection.words import amount, bytes_text, close_shape
from widgets.kit.fields import PlainButton, QuietButton, set_property, wrapped
from widgets.kit.labels import ElidedLabel, Label
from widgets.kit.layouts import column_of, held, row_of, styled
from widgets.kit.panel import scrolled
from widgets.kit.results import Stat, StatGrid
from widgets.kit.words import DOT

NOTHING = tr("Select a box or a row to see what it is. A double click opens a module, and closes it from within.")
MOST = 24
"""Lines of a list."""


class Card(QWidget):
    """Buttons are public; `closeWanted(module)` for a module around the box."""

    openWanted = Signal(str)
    closeWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.name, self.what, self.place = wrapped("heading"), wrapped("muted"), wrapped("hint")
        self.figures = StatGrid()
        self.lists = {title: _Tensors(title) for title in (tr("Inputs"), tr("Outputs"), tr("Stored"))}
        self.attributes, self.settings = Label(tr("Attributes"), "label"), StatGrid()
        self.activations = PlainButton(
            tr("See its activations"), "chart", tr("Show this layer's feature maps on the picture")
        )
        self.field = PlainButton(
            tr("See its field"), "target", tr("Show what a unit of this layer sees of the picture")
        )
        self.open = PlainButton(
            tr("Open module"), "caret-right", tr("Show the parts of this module (double click, Enter)")
        )
        self.close_around = QuietButton(
            tr("Close its module"), "caret-up", tr("Fold the module that this is in (Backspace)")
        )
        self._module = self._around = ""
        self.open.clicked.connect(lambda: self.openWanted.emit(self._module))
        self.close_around.clicked.connect(lambda: self.closeWanted.emit(self._around))
        self._lay_out()
        self.show_box(None, None, None)

    def _lay_out(self) -> None:
        buttons = column_of(self.activations, self.field, self.open, row_of(self.close_around, None), spacing=6)
        parts = (
            self.name,
            self.what,
            self.place,
            self.figures,
            buttons,
            *self.lists.values(),
            self.attributes,
            self.settings,
        )
        body = held(column_of(*parts, None, spacing=10, margins=(12, 12, 12, 12)), "panel")
        self.setLayout(column_of(scrolled(body)))
        self.setMinimumWidth(220)
        styled(self)

    def show_box(self, graph: Graph | None, folded: Folded | None, box: Box | None) -> None:
        """A box of a folded graph, None for none."""
        there = box is not None and graph is not None
        node = _node(graph, box) if graph is not None and box is not None else None
        for widget in (self.what, self.figures, *self.lists.values(), self.attributes, self.settings):
            widget.setVisible(there)
        self.activations.setVisible(node is not None)
        self.field.setVisible(node is not None)
        self.open.setVisible(there and box is not None and box.role is Role.MODULE)
        self.close_around.setVisible(there and box is not None and bool(box.around))
        self.place.setVisible(bool(node and node.module and node.module != node.name))
        self.name.setText(NOTHING if box is None else box.name)
        set_property(self.name, "role", "muted" if box is None else "heading")
        if box is None or graph is None or folded is None:
            return
        self._module, self._around = box.name, box.around
        self.close_around.setText(tr("Close {module}", module=box.around.rpartition("/")[2]))
        self.what.setText(DOT.join(filter(None, (box.op, str(box.family) if box.family != box.op else ""))))
        self.place.setText(tr("In {module}", module=node.module) if node and node.module else "")
        self.figures.set_stats(_figures(box))
        self.figures.setVisible(bool(box.nodes))
        for title, names in _tensors(graph, folded, box, node).items():
            self.lists[title].show_tensors(graph, names)
        settings = attributes(node) if node is not None else {}
        self.settings.set_stats([Stat(name, text, tip=f"{name}: {text}") for name, text in settings.items()])
        self.attributes.setVisible(bool(settings))
        self.settings.setVisible(bool(settings))


class _Tensors(QWidget):
    """A heading, and of each tensor its name over its shape and dtype; hidden while there are none."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._rows: list[tuple[ElidedLabel, Label]] = []
        self._more = Label("", "hint")
        self._column = column_of(Label(title, "label"), self._more, spacing=2)
        self.setLayout(self._column)

    def show_tensors(self, graph: Graph, names: Sequence[str]) -> None:
        """The first of these."""
        while len(self._rows) < min(len(names), MOST):
            self._rows.append((ElidedLabel("", "", Qt.TextElideMode.ElideMiddle), Label("", "hint")))
            self._column.insertLayout(len(self._rows), column_of(*self._rows[-1]))
        for place, row in enumerate(self._rows):
            for label, text in zip(row, _told(graph, names[place]) if place < len(names) else ("", ""), strict=True):
                label.setText(text)
                label.setVisible(place < len(names))
        self._more.setText(tr("and {count:,} more", count=len(names) - MOST) if len(names) > MOST else "")
        self._more.setVisible(len(names) > MOST)
        self.setVisible(bool(names))


def _told(graph: Graph, name: str) -> tuple[str, str]:
    """A tensor's name, and what is known of it."""
    tensor = graph.tensors.get(name)
    shape, dtype = (close_shape(tensor.shape), tensor.dtype) if tensor else ("", "")
    return name, DOT.join(filter(None, (shape or tr("shape unknown"), dtype)))


def _node(graph: Graph, box: Box) -> Node | None:
    if box.role is not Role.NODE:
        return None
    return next((node for node in graph.nodes if node.name == box.name), None)


def _figures(box: Box) -> list[Stat]:
    uncounted = (
        tr_count(box.uncounted, "{n} operator in it cannot be counted", "{n:,} operators in it cannot be counted")
        if box.uncounted
        else ""
    )
    adds = Stat(tr("Multiply-adds"), amount(box.multiply_adds), tip=uncounted, level="warn" if uncounted else "")
    figures = [
        Stat(
            tr("Parameters"),
            amount(box.parameters),
            tip=tr("{parameters:,}, shared ones once", parameters=box.parameters),
        ),
        adds,
        Stat(tr("Memory"), bytes_text(box.bytes), tip=tr("Of its outputs")),
    ]
    return (
        [*figures, Stat(tr("Time"), ms_text(box.ms), tip=tr("Median on this machine"))]
        if box.ms is not None
        else figures
    )


def _tensors(graph: Graph, folded: Folded, box: Box, node: Node | None) -> dict[str, list[str]]:
    """Names by heading: of a node its own, of a module those that cross its border."""
    if node is None:
        place = next(place for place, each in enumerate(folded.boxes) if each.key == box.key)
        come = dict.fromkeys(name for edge in folded.edges if edge.target == place for name in edge.tensors)
        go = dict.fromkeys(name for edge in folded.edges if edge.source == place for name in edge.tensors)
        return {"Inputs": list(come), "Outputs": list(go), "Stored": []}
    stored = [name for name in node.inputs if name in graph.tensors and graph.tensors[name].stored]
    given = [name for name in node.inputs if name and name not in stored]
    return {"Inputs": given, "Outputs": [name for name in node.outputs if name], "Stored": stored}


def attributes(node: Node) -> dict[str, str]:
    """What a node is set to, in words."""
    shown: Mapping[str, Any] = dict(node.attributes)
    window = node.window
    if window is not None:
        names = ("kernel", "stride", "dilation", "before", "after")
        shown = {**{name: getattr(window, name) for name in names}, "transposed": window.transposed, **shown}
    return {str(name).replace("_", " "): _value(value) for name, value in shown.items()}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value)) or tr("none")
    return f"{value:g}" if isinstance(value, float) else str(value)
