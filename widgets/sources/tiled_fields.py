"""The form of a tiled source: any other source, how it is split, and a drawing of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engines.cameras.sources.changes import tile_titles
from engines.cameras.types import SimpleSource, TiledSource
from engines.core.errors import UsageError
from engines.core.words import tr
from widgets.kit.access.elided import elided
from widgets.kit.fields import ChoiceField, NumberField, TextField
from widgets.kit.panel import columns, describe, labelled
from widgets.kit.theme import LOOK, number_font
from widgets.sources.fields import SourceFields


class TiledFields(SourceFields):
    """Any other source, split into rows and columns; the tiles can be named."""

    def __init__(self, make: dict[str, Callable[[], SourceFields]], titles: dict[str, str]) -> None:
        super().__init__()
        self._make = make
        self._of: dict[str, SourceFields] = {}
        self._shown: TiledSource | None = None
        self._words = ""
        self._inner = QVBoxLayout()
        self.kind = ChoiceField(tr("Source that is split"), [(kind, titles[kind]) for kind in make], "file")
        self.rows = NumberField(tr("Rows"), 2, 1, 8, tip=tr("How many pictures stand above each other"))
        self.columns = NumberField(tr("Columns"), 2, 1, 8, tip=tr("How many pictures stand side by side"))
        self.names = TextField(
            tr("Names of the tiles"), placeholder=tr("left, right, …"), tip=tr("Row by row; unnamed ones are numbered")
        )
        self.preview = TileDrawing()
        self.first = self.kind
        counts = columns(labelled(tr("Rows"), self.rows), labelled(tr("Columns"), self.columns))
        names = labelled(tr("Names of the tiles"), self.names)
        self.lay_out(labelled(tr("Source that is split"), self.kind), self._inner, counts, names, self.preview)
        self.kind.chosen.connect(self._choose)
        for signal in (self.rows.valueChanged, self.columns.valueChanged, self.names.textChanged):
            signal.connect(self._draw)
        self.of()
        self._draw()

    def tile_names(self) -> tuple[str, ...]:
        """As they were typed."""
        names = tuple(name.strip() for name in self.names.text().split(","))
        return names if any(names) else ()

    def source(self, name: str) -> TiledSource:
        rows, across, shown = self.rows.whole(), self.columns.whole(), self._shown
        if rows * across < 2:
            raise UsageError(tr("One tile is the whole picture"), hint=tr("Choose two rows or columns at least"))
        same = shown is not None and (shown.rows, shown.columns) == (rows, across)
        if shown is not None and same and self.names.text() == self._words:
            return TiledSource(self._inner_source(), rows, across, shown.tiles, name, shown.titles)
        names = self._checked(rows * across)
        if shown is None or not same:
            return TiledSource(self._inner_source(), rows, across, names, name)
        return TiledSource(self._inner_source(), rows, across, shown.tiles, name, _titles(shown, names))

    def _checked(self, count: int) -> tuple[str, ...]:
        """The names as typed. Raises `UsageError` for those that so many tiles cannot have."""
        names = self.tile_names()
        if len(names) > count:
            raise UsageError(tr("{names} names for {tiles} tiles", names=len(names), tiles=count))
        given = [one for one in names if one]
        if len(set(given)) < len(given):
            raise UsageError(tr("Two tiles have the same name"))
        if any("/" in one for one in given):
            raise UsageError(tr("A tile's name cannot contain a /"))
        return names

    def _inner_source(self) -> SimpleSource:
        of = self._shown.of if self._shown is not None else None
        inner = self.of().source(of.name if of is not None and of.kind == self.kind.value() else "")
        assert not isinstance(inner, TiledSource)
        return inner

    def show_source(self, source: TiledSource) -> None:
        """Also one that is not split yet: of `rows` 1 and `columns` 1."""
        self._shown = source if source.rows * source.columns > 1 else None
        self.kind.set_value(source.of.kind)
        self._choose(source.of.kind)
        self.of().show_source(source.of)
        self.rows.setValue(source.rows)
        self.columns.setValue(max(source.columns, 2) if self._shown is None else source.columns)
        titles = tile_titles(source) if self._shown else {}
        plain = all(title == str(number) for number, title in enumerate(titles.values(), 1))
        self._words = "" if plain else ", ".join(titles.values())
        self.names.setText(self._words)

    def of(self) -> SourceFields:
        """The form of the source that is split; made when it is first asked for."""
        kind = self.kind.value()
        if kind not in self._of:
            fields = self._of[kind] = self._make[kind]()
            fields.changed.connect(self.changed)
            self._inner.addWidget(fields)
        return self._of[kind]

    def forget(self) -> None:
        for fields in self._of.values():
            fields.forget()

    def _choose(self, kind: str) -> None:
        chosen = self.of()
        for fields in self._of.values():
            fields.setVisible(fields is chosen)
        self._tell()

    def _draw(self, *_values: object) -> None:
        self.preview.set_tiles(self.rows.whole(), self.columns.whole(), self.tile_names())
        self._tell()


class TileDrawing(QWidget):
    """How a picture is split, with the tiles' names."""

    def __init__(self) -> None:
        super().__init__()
        self._rows, self._columns, self._names = 2, 2, ()
        self.setFixedHeight(108)
        describe(self, tr("How the picture is split"))

    def set_tiles(self, rows: int, columns: int, names: Sequence[str]) -> None:
        self._rows, self._columns, self._names = rows, columns, tuple(names)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(192, 108)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(number_font(11))
        wide, high = 192 / self._columns, 107 / self._rows
        for index in range(self._rows * self._columns):
            row, column = divmod(index, self._columns)
            box = QRectF(0.5 + column * wide, 0.5 + row * high, wide - 2, high - 2)
            painter.setPen(QPen(LOOK.now.color("line"), 1))
            painter.setBrush(LOOK.now.color("raised"))
            painter.drawRect(box)
            name = self._names[index] if index < len(self._names) else ""
            painter.setPen(LOOK.now.color("text" if name else "muted"))
            shown = elided(painter.fontMetrics(), name or str(index + 1), int(wide) - 8, given=True)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _titles(shown: TiledSource, names: Sequence[str]) -> tuple[str, ...]:
    """Titles for tiles that are called so now; their names in paths stay as they were at first."""
    first = tile_titles(replace(shown, titles=())).values()
    told = zip([*names, *[""] * len(first)], first, strict=False)
    titles = tuple(name if name != at_first else "" for name, at_first in told)
    return titles if any(titles) else ()
