"""The settings: sections at the left, searched across all of them; each choice is applied, or says when it will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from engines.core.words import tr, tr_count
from widgets.kit.fields import describe
from widgets.kit.labels import Dialog
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import (
    ChoiceField,
    EmptyState,
    NumberField,
    PlainButton,
    SearchField,
    Segmented,
    Toggle,
    rule,
    scrolled,
)
from widgets.kit.row_list import HighRows
from widgets.kit.theme import CONTROL_HEIGHT
from widgets.shell.setting_rows import FoundLabel, PlaceRow, SettingRow, split_words

SCALES = (90, 100, 110, 125, 150, 175, 200)
ROOM = 0.92
"""Share of the screen that it may take."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of the program. note: what lies in it; words: more to find it by."""

    id: str
    title: str
    note: str
    path: str
    changeable: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """start_preset: "" begins as it was left. presets, languages: (id, title), "" the system's language. scale: per
    cent. units: of lengths. threads: 0 for all `cores`. gpu_there: there is one. keyring: what keeps passwords, "" for
    nothing.
    """

    theme: str
    start_preset: str = ""
    presets: tuple[tuple[str, str], ...] = ()
    places: tuple[Place, ...] = ()
    language: str = ""
    languages: tuple[tuple[str, str], ...] = ()
    density: str = "comfortable"
    scale: int = 100
    workers: int = 2
    threads: int = 0
    cores: int = 1
    gpu: bool = True
    gpu_there: bool = False
    keyring: str = ""
    recent: int = 0
    units: str = "auto"


class SettingsDialog(Dialog):
    """A page beside the window. `changed(name, value)` says each choice the moment it is made."""

    changed = Signal(str, object)
    revealed = Signal(str)
    placeWanted = Signal(str)
    """Another folder for the place of this id."""
    forgotten = Signal()
    restored = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self.setModal(False)
        self.resize(QSize(780, 560).boundedTo(self.screen().availableSize() * ROOM))
        self.search = SearchField(tr("Search the settings"), placeholder=tr("Search"), tip=tr("Words of a setting"))
        self.list = QListWidget()
        self.list.setItemDelegate(HighRows(self.list, CONTROL_HEIGHT))
        self.list.setUniformItemSizes(True)
        describe(self.list, tr("Sections"), tr("Groups of settings"))
        self._sections: dict[str, _Part] = {}
        self._column = QVBoxLayout()
        self._make()
        self.nothing = EmptyState(tr("No setting has these words."), tr("Show all"), "search", tr("Empty the search"))
        self.nothing.clicked.connect(self.search.clear)
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.list.currentRowChanged.connect(self._filter)
        self.list.itemClicked.connect(self.search.clear)
        self.list.setCurrentRow(0)

    def open_with(self, shown: SettingsShown) -> None:
        """Show the settings as they are."""
        self.show_settings(shown)
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()

    def show_settings(self, shown: SettingsShown) -> None:
        """The values alone; what is shown never tells a change."""
        self.theme.set_value(shown.theme)
        self.density.set_value(shown.density)
        self.scale.set_value(str(shown.scale))
        self.preset.set_choices([("", tr("As it was left")), *shown.presets], shown.start_preset)
        self.preset.set_value(shown.start_preset)
        self.language.set_choices(shown.languages, shown.language)
        self.language.set_value(shown.language)
        self.units.set_value(shown.units)
        self.workers.set_value(str(shown.workers))
        self._show_machine(shown)
        for place in shown.places:
            self._place(place)
        self._show_privacy(shown)
        self._filter()

    def show_sizes(self, sizes: Mapping[str, int]) -> None:
        """Bytes of each place, by id, once they are counted."""
        for id, size in sizes.items():
            if id in self.places:
                self.places[id].show_place(self.places[id].path.text(), size)

    def add_section(self, id: str, title: str, page: QWidget, words: str = "") -> None:
        """A page that others make, such as that of the shortcuts. words: what a search finds it by."""
        part = self._section(id, title)
        part.add_page(page, words)
        page.setParent(part)

    def show_section(self, id: str) -> None:
        self.search.clear()
        if id in self._sections:
            self.list.setCurrentRow(list(self._sections).index(id))

    def show_row(self, title: str) -> None:
        """Open the section with the row of this title, its control in the focus."""
        for id, part in self._sections.items():
            for row in part.rows:
                if row.title.text() == title:
                    self.show_section(id)
                    (row.control or self.search).setFocus()

    def listed(self) -> list[tuple[str, str]]:
        """Title and more words of every row, for those who look for settings elsewhere."""
        return [(row.title.text(), row.words) for part in self._sections.values() for row in part.rows]

    @property
    def rows(self) -> list[str]:
        """Titles of the rows that are shown, from the top."""
        return [row.title.text() for part in self._sections.values() for row in part.rows if not row.isHidden()]

    # Within

    def _make(self) -> None:
        themes = [("system", tr("System")), ("dark", tr("Dark")), ("light", tr("Light"))]
        self.theme = self._choice("theme", Segmented(tr("Theme"), themes, "dark", tip=tr("Colours of the window")))
        densities = [("comfortable", tr("Comfortable")), ("compact", tr("Compact"))]
        self.density = self._choice("density", Segmented(tr("Density"), densities))
        scales = [(str(scale), tr("{percent} %", percent=scale)) for scale in SCALES]
        self.scale = self._choice("scale", ChoiceField(tr("Size of text and controls"), scales, "100"), int)
        self.language = self._choice("language", ChoiceField(tr("Language")))
        self.language.given = True
        units = (("auto", tr("Automatic")), ("mm", tr("Millimetres")), ("cm", tr("Centimetres")), ("m", tr("Metres")))
        self.units = self._choice("units", ChoiceField(tr("Units"), (*units, ("in", tr("Inches"))), "auto"))
        self.preset = self._choice("start_preset", ChoiceField(tr("Begin with")))
        self.workers = self._choice("workers", Segmented(tr("Jobs"), [(str(n), str(n)) for n in range(1, 5)]), int)
        self.threads = NumberField(tr("Processor threads"), 0, 0, 64)
        self.threads.setSpecialValueText(tr("All"))
        self.threads.valueChanged.connect(lambda value: self.changed.emit("threads", int(value)))
        self.gpu = Toggle(tr("Use the GPU"))
        self.gpu.toggled.connect(partial(self.changed.emit, "gpu"))
        self.forget = PlainButton(tr("Forget"), "clear", tr("Empty the list of recent projects; the files stay"))
        self.forget.clicked.connect(self.forgotten)
        self.places: dict[str, PlaceRow] = {}
        self._fill()

    def _choice(self, name: str, field, kind: type = str):  # noqa: ANN001, ANN202  (the field itself)
        field.chosen.connect(lambda id: self.changed.emit(name, kind(id)))
        return field

    def _fill(self) -> None:
        later = tr("From the next start on.")
        add = self._section("general", tr("General")).add
        add(SettingRow(tr("Language"), later, self.language, tr("translation words")))
        lengths = tr(
            "Of lengths as they are shown and typed, at once. Automatic: millimetres for boards, metres in space."
        )
        add(SettingRow(tr("Units"), lengths, self.units, tr("length millimetres mm cm metres inches imperial metric")))
        add(SettingRow(tr("Begin with"), tr("How the panels stand at the start."), self.preset, tr("layout preset")))
        add(SettingRow(tr("Saving"), tr("The project is saved by itself after every change."), None, tr("autosave")))
        add = self._section("appearance", tr("Appearance")).add
        add(SettingRow(tr("Theme"), tr("Colours of the window, at once."), self.theme, tr("dark light colours")))
        add(
            SettingRow(
                tr("Density"), tr("How close rows and controls lie, at once."), self.density, tr("compact spacing rows")
            )
        )
        add(SettingRow(tr("Size of text and controls"), later, self.scale, tr("zoom font scale large")))
        self._folders = self._section("folders", tr("Folders"))
        self._fill_performance(self._section("performance", tr("Performance")), later)
        self._fill_privacy(self._section("privacy", tr("Privacy")))

    def _fill_performance(self, part: _Part, later: str) -> None:
        self.machine = SettingRow(tr("GPU"), "", self.gpu, tr("cuda nvidia graphics device"))
        part.add(self.machine)
        self.cores = SettingRow(tr("Processor threads"), "", self.threads, tr("cores cpu speed onnxruntime torch"))
        part.add(self.cores)
        at_once = tr("So many jobs run at the same time.")
        part.add(SettingRow(tr("Jobs at the same time"), f"{at_once} {later}", self.workers, tr("workers processes")))

    def _fill_privacy(self, part: _Part) -> None:
        nothing = tr(
            "Nothing. Pictures, faces and files are computed on this computer. The network is used for streams that "
            "you add, and to fetch weights and samples when you ask for them."
        )
        part.add(SettingRow(tr("What leaves this computer"), nothing, None, tr("network cloud telemetry upload")))
        self.passwords = SettingRow(tr("Passwords of streams"), "", None, tr("keyring login secret rtsp"))
        part.add(self.passwords)
        faces = tr(
            "People are kept in galleries, files of your own that you open in Faces. "
            "Delete everywhere takes a person out of them."
        )
        part.add(SettingRow(tr("Faces"), faces, None, tr("gallery people biometrics embeddings")))
        self.recent = SettingRow(tr("Recent projects"), "", self.forget, tr("history forget clear"))
        part.add(self.recent)

    def _show_machine(self, shown: SettingsShown) -> None:
        later = tr("From the next start on.")
        self.gpu.blockSignals(True)
        self.gpu.setChecked(shown.gpu and shown.gpu_there)
        self.gpu.blockSignals(False)
        self.gpu.setEnabled(shown.gpu_there)
        none = tr("No NVIDIA driver was found; everything runs on the processor.")
        self.machine.set_note(tr("Networks may run on it. From the next start on.") if shown.gpu_there else none)
        self.threads.blockSignals(True)
        self.threads.setMaximum(shown.cores)
        self.threads.setValue(min(shown.threads, shown.cores))
        self.threads.blockSignals(False)
        there = tr_count(shown.cores, "This computer has {n} thread.", "This computer has {n} threads.")
        self.cores.set_note(f"{there} {later}")

    def _show_privacy(self, shown: SettingsShown) -> None:
        kept = tr("In no file of ours; {keyring} keeps them.", keyring=shown.keyring)
        asked = tr("In no file of ours. This system has no keyring, so they are asked for at each start.")
        self.passwords.set_note(kept if shown.keyring else asked)
        listed = tr_count(shown.recent, "{n} project is in the list.", "{n} projects are in the list.")
        self.recent.set_note(listed if shown.recent else tr("The list is empty."))
        self.forget.setEnabled(shown.recent > 0)

    def _place(self, place: Place) -> None:
        if place.id not in self.places:
            row = PlaceRow(place.title, place.note, place.words, place.changeable)
            row.reveal.clicked.connect(lambda _on=False, row=row: self.revealed.emit(row.path.text()))
            row.change.clicked.connect(partial(self.placeWanted.emit, place.id))
            before = list(self.places.values())[-1].reveal if self.places else self.scale
            self.places[place.id] = row
            self._folders.add(row)
            self.setTabOrder(before, row.change)
            self.setTabOrder(row.change, row.reveal)
        self.places[place.id].show_place(place.path, None)

    def _section(self, id: str, title: str) -> _Part:
        part = self._sections[id] = _Part(title)
        item = QListWidgetItem(title)
        self.list.addItem(item)
        self._column.insertWidget(len(self._sections) - 1, part)
        return part

    def _lay_out(self) -> None:
        side = held(column_of(self.search, (self.list, 1), spacing=8))
        side.setFixedWidth(170)
        self._column.addWidget(self.nothing)
        self._column.addStretch(1)
        self._column.setSpacing(16)
        self._column.setContentsMargins(16, 4, 16, 8)
        defaults = PlainButton(tr("Restore defaults"), "reset", tr("Every setting here as at the first start"))
        defaults.clicked.connect(self.restored)
        done = PlainButton(tr("Close"), "", tr("Close this page (Esc)"))
        done.clicked.connect(self.close)
        defaults.setObjectName("defaults")
        for button in (defaults, done):
            button.setAutoDefault(False)
        body = row_of(side, (scrolled(held(self._column, "body")), 1), spacing=12)
        foot = row_of(defaults, None, done)
        self.setLayout(column_of((body, 1), rule(), foot, spacing=12, margins=(12, 12, 12, 12)))

    def _filter(self, *_values: object) -> None:
        query = self.search.text().strip()
        chosen = self.list.currentRow()
        found = [part.take(query, bool(query) or place == chosen) for place, part in enumerate(self._sections.values())]
        self.nothing.setVisible(bool(query) and not any(found))
        self.list.item(chosen).setSelected(not query)


class _Part(QWidget):
    """One section: its title and rows, or a page of someone else's."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.name = title
        self.rows: list[SettingRow] = []
        self._words = ""
        self._title = FoundLabel(title, "title")
        self._column = column_of(self._title, spacing=4)
        self.setLayout(self._column)

    def add(self, row: SettingRow) -> None:
        self.rows.append(row)
        self._column.addWidget(row)

    def add_page(self, page: QWidget, words: str) -> None:
        self._words = f"{self.name} {words}".casefold()
        self._column.addWidget(page, 1)

    def take(self, query: str, shown: bool) -> bool:
        """Show what the query finds; whether that is anything."""
        self._title.mark(split_words(query))
        found = [row.take(query, self.name) for row in self.rows]
        for row, on in zip(self.rows, found, strict=True):
            row.setVisible(on)
        page = bool(self._words) and all(word in self._words for word in split_words(query))
        there = shown and (any(found) or page)
        self.setVisible(there)
        return there
