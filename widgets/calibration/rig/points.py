"""The section about a rig in use: which sources it belongs to, points of theirs in space, places that are measured."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engines.core.words import as_sentence, tr, tr_count
from widgets.calibration.rig.points_state import Measured, RigUse
from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.lengths.units import MM, UNITS, figure
from widgets.kit.panel import ChoiceField, PlainButton, QuietButton, Section, Toggle, columns, labelled
from widgets.sources.choice import SourceChoice

NONE = ("", tr("None"))
SEPARATOR = " \u00b7 "
"""Between a source's title and its tile's."""
USED = tr("Used: {}")
HINTS = (
    tr("Click a point in one picture of the rig, best while it is paused"),
    tr("Click the same point in another picture: it lies on the line"),
)
KEEP = tr("Keep this rig for these cameras, whenever they are open")


class UseSection(Section):
    """`sourceChosen(number, path)` of a camera's source; `used()`: keep the rig for them. `engineChosen(id)`.

    `recordWanted(on)`, `measureWanted(on)`, `forgotten()`: clicks that were made.
    """

    sourceChosen = Signal(int, str)
    used = Signal()
    engineChosen = Signal(str)
    recordWanted = Signal(bool)
    measureWanted = Signal(bool)
    forgotten = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Use"), name="rig.use")
        self.words = wrapped()
        self.fields: list[ChoiceField] = []
        self.rows = column_of(spacing=8)
        self.keep = PlainButton(tr("Use for these sources"), "check", KEEP)
        self.engine = ChoiceField(
            tr("Points in space"),
            [NONE],
            tip=tr("Follow what this sees in all cameras of the rig, and place it in space"),
        )
        self.joined = wrapped("muted")
        self.record = Toggle(
            tr("Record as CSV"), tip=tr("Write every point with its deviations into a table while it comes")
        )
        self.measure = Toggle(tr("Measure a point"), tip=tr("Click one point in two or more pictures of the viewer"))
        self.place = wrapped()
        self.copy = QuietButton(tr("Copy"), "copy", tr("Copy the place and its deviations"))
        self.again = QuietButton(tr("Again"), "clear", tr("Discard these clicks and measure another point"))
        self._measured = Measured()
        self._lay_out()
        self._connect()
        self.hide()

    def show_state(self, use: RigUse) -> None:
        self.setVisible(use.there)
        self.words.setText(USED.format(use.used) if use.used else "")
        self.words.setVisible(bool(use.used))
        self._show_sources(use)
        for part in (self._points, self.measure):
            part.setVisible(bool(use.used))
        self.engine.set_choices([NONE, *use.engines], use.engine or NONE[0])
        self.engine.set_value(use.engine)
        self.joined.setText(use.joined)
        self.joined.setVisible(bool(use.joined))
        self.record.setVisible(bool(use.engine))
        self.record.setChecked(bool(use.recording))
        self.measure.setChecked(use.measuring)
        self._show_place(use)

    def _show_sources(self, use: RigUse) -> None:
        """A choice a camera, until the rig is kept."""
        asked = bool(use.cameras and use.sources) and not use.kept
        names = [field.accessibleName() for field in self.fields]
        if asked and names != [_named(name) for name in use.cameras]:
            self._make_fields(use.cameras)
        told = _told_apart(use.sources)
        for field, path in zip(self.fields, use.chosen, strict=False):
            field.set_choices([NONE, *told], path)
            field.set_value(path)
        self._sources.setVisible(asked)
        self.keep.setVisible(asked)
        self.keep.setEnabled(not use.problem)
        self.keep.setToolTip(use.problem or KEEP)

    def _make_fields(self, cameras: tuple[str, ...]) -> None:
        while (item := self.rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.fields = [self._field(number, name) for number, name in enumerate(cameras)]
        named = [labelled(name, field) for name, field in zip(cameras, self.fields, strict=True)]
        named += [QWidget()] * (len(named) % 2)
        for pair in zip(named[::2], named[1::2], strict=True):
            self.rows.addWidget(columns(*pair))

    def _field(self, number: int, camera: str) -> ChoiceField:
        field = ChoiceField(_named(camera), [NONE], tip=tr("The camera or tile that {camera} is", camera=camera))
        field.chosen.connect(lambda path: self.sourceChosen.emit(number, path))
        return field

    def _show_place(self, use: RigUse) -> None:
        self._measured = use.measured
        self._place.setVisible(use.measuring)
        self.place.setText(measured_words(use.measured))
        self.copy.setVisible(use.measured.point is not None)
        self.again.setVisible(use.measured.clicks > 0)

    def _lay_out(self) -> None:
        self._sources = held(self.rows)
        self._points = held(
            column_of(labelled(tr("Points in space"), self.engine), self.joined, self.record, spacing=8)
        )
        self._place = held(column_of(self.place, row_of(self.copy, self.again, None, spacing=8), spacing=4))
        for part in (self.words, self._sources, self.keep, self._points, self.measure, self._place):
            self.add(part)

    def _connect(self) -> None:
        self.keep.clicked.connect(self.used)
        self.engine.chosen.connect(self.engineChosen)
        self.record.clicked.connect(self.recordWanted)
        self.measure.clicked.connect(self.measureWanted)
        self.again.clicked.connect(self.forgotten)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(place_words(self._measured)))


def measured_words(measured: Measured) -> str:
    """What there is to do next, or the place."""
    if measured.point is not None:
        note = f"\n{as_sentence(measured.note)}" if measured.note else ""
        return tr_count(
            len(measured.point.cameras),
            "{place_words}\nSeen in {n} picture{note}",
            "{place_words}\nSeen in {n:,} pictures{note}",
            place_words=place_words(measured),
            note=note,
        )
    if measured.note:
        return f"{as_sentence(measured.note)}"
    return HINTS[min(measured.clicks, 1)]


def place_words(measured: Measured) -> str:
    """One axis a line: 'x  12.3 ± 0.4 mm'."""
    if measured.point is None:
        return ""
    symbol = UNITS.of(MM).symbol
    rows = zip("xyz", measured.point.place, measured.point.std, strict=True)
    return "\n".join(f"{axis}  {_figure(value, std)} ± {_figure(std, std)} {symbol}" for axis, value, std in rows)


def _figure(metres: float, std: float) -> str:
    """With two figures of the deviation, which is usually in millimetres."""
    return figure(metres, MM, 0 if std >= 0.01 else 1 if std >= 0.001 else 2)


def _named(camera: str) -> str:
    return tr("Source of {camera}", camera=camera)


def _told_apart(sources: Sequence[SourceChoice]) -> list[tuple[str, str]]:
    """Paths with what tells them apart: the tiles' names alone, where all are of one source."""
    heads = {one.title.rpartition(SEPARATOR)[0] for one in sources}
    shared = f"{heads.pop()}{SEPARATOR}" if len(heads) == 1 and len(sources) > 1 else ""
    return [(one.path, one.title.removeprefix(shared)) for one in sources]
