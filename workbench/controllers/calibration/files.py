"""Files in and out of the calibration panel: photographs, calibrations, the printed board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QWidget

from engines.calibration.formats.exporting import FORMATS, export, misfit
from engines.calibration.formats.files import READ, load, save
from engines.calibration.formats.opencv import UNKNOWN, UnitMissing
from engines.calibration.targets.photographs import expand, listing
from engines.calibration.types import MonoResult
from engines.core.boards import Board
from engines.core.errors import KinoscopeError
from engines.core.pictures.files import ENDINGS, Listing
from engines.core.video.stills import DIALOG as FILMS
from engines.core.words import tr
from widgets.calibration.state import Trouble
from widgets.kit.save_file import ask_file, ask_folder, ask_open, ask_several
from workbench.controllers.calibration.runs import trouble_of
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

T = TypeVar("T")
CALIBRATIONS = tr("Calibrations ({endings})", endings=" ".join(f"*{suffix}" for suffix in READ))
SHOWING = tr("Pictures and films ({endings} {films});;All files (*)", endings=ENDINGS, films=FILMS)
LENGTHS = (
    (tr("Millimetres"), "mm"),
    (tr("Centimetres"), "cm"),
    (tr("Inches"), "in"),
    (tr("Metres"), "m"),
    (tr("Not known: leave the board out"), UNKNOWN),
)
PAGES = (
    ("A4", "a4"),
    ("A3", "a3"),
    ("A2", "a2"),
    ("A1", "a1"),
    ("A0", "a0"),
    (tr("Letter"), "letter"),
    (tr("Legal"), "legal"),
    (tr("Tabloid"), "tabloid"),
    (tr("As large as the board"), "fit"),
)

Told = Callable[[Trouble], None]


class Files(QObject):
    """Every method that works on the disk takes what to do then; what goes wrong is told as `Trouble`."""

    def __init__(self, errands: Errands, window: QWidget, trouble: Told) -> None:
        super().__init__(window)
        self._errands, self._window, self._trouble = errands, window, trouble

    def ask_pictures(self) -> list[str]:
        """Picture files and films chosen by the user."""
        return ask_several(self._window, tr("Add pictures or films of the board"), "board pictures", SHOWING)

    def ask_folder(self) -> list[str]:
        folder = ask_folder(self._window, tr("Add a folder of pictures or films"), "board pictures")
        return [folder] if folder else []

    def ask_calibration(self) -> str:
        """A calibration to open."""
        return ask_open(self._window, tr("Open calibration"), "lens", CALIBRATIONS)

    def ask_target(self, name: str) -> str:
        """Where to save a calibration; the suffix says how."""
        kinds = tr("OpenCV YAML (*.yaml *.yml);;JSON (*.json)")
        return ask_file(self._window, tr("Save calibration"), "lens", kinds, f"{name}.yaml")

    def ask_unit(self, message: str) -> str:
        """The unit of a bare length, "" when the question is not answered."""
        words = [words for words, _ in LENGTHS]
        chosen, ok = QInputDialog.getItem(self._window, tr("Open calibration"), f"{message}.", words, 0, False)
        return dict(LENGTHS)[chosen] if ok else ""

    def ask_page(self, board: Board) -> tuple[str, str]:
        """Page and file for the printed board, or two empty words."""
        words = [words for words, _ in PAGES]
        chosen, ok = QInputDialog.getItem(self._window, tr("Print board"), tr("Page"), words, 0, False)
        if not ok:
            return "", ""
        page = dict(PAGES)[chosen]
        name = str(board).replace(":", " ")
        return page, ask_file(self._window, tr("Save board"), "board", "PDF (*.pdf)", f"{name}.pdf")

    def expand(self, paths: Sequence[str], then: Callable[[Listing], object]) -> None:
        """Files and folders to picture files, and what was left out."""
        wanted = tuple(paths)
        self._errands.ask(lambda: listing(wanted), then, self.told(tr("Pictures not added")))

    def open(self, path: str, then: Callable[[MonoResult], object]) -> None:
        self.read(load, path, then, tr("Calibration not opened"))

    def read(
        self, load: Callable[[str, str], T], path: str, then: Callable[[T], object], title: str, unit: str = ""
    ) -> None:
        """What `load(path, unit)` reads; asks for the unit where the file gives lengths without one."""

        def found(result: T | UnitMissing) -> None:
            if not isinstance(result, UnitMissing):
                then(result)
            elif answer := self.ask_unit(result.message):
                self.read(load, path, then, title, answer)

        self._errands.ask(lambda: _loaded(load, path, unit), found, self.told(title))

    def save(self, result: MonoResult, path: str, then: Callable[[], object]) -> None:
        self._errands.ask(lambda: save(result, path), lambda _none: then(), self.told(tr("Calibration not saved")))

    def ask_export(self, result: MonoResult, name: str) -> tuple[str, str]:
        """One of the formats that can hold this lens exactly, and a file for it; or two empty words."""
        fitting = {kind.title: word for word, kind in FORMATS.items() if not misfit(result, word)}
        title, ok = QInputDialog.getItem(self._window, tr("Export calibration"), tr("For"), list(fitting), 0, False)
        if not ok:
            return "", ""
        kind = FORMATS[fitting[title]]
        kinds = f"{kind.title} ({' '.join(f'*{suffix}' for suffix in kind.suffixes)})"
        file = f"{name}{kind.suffixes[0]}"
        return fitting[title], ask_file(self._window, tr("Export calibration"), "lens", kinds, file)

    def export(self, result: MonoResult, format: str, path: str, then: Callable[[str], object]) -> None:
        """Write for another program; nothing where no file is named."""
        if path:
            self._errands.ask(
                lambda: export(result, path, format),
                lambda written: then(tr("Exported {written}", written=written.name)),
                self.told(tr("Calibration not exported")),
            )

    def write_board(self, board: Board, page: str, path: str, then: Callable[[], object]) -> None:
        """The printable board in true size."""
        from engines.calibration.targets.pdf import write_board

        self._errands.ask(
            lambda: write_board(board, Path(path), page), lambda _sheet: then(), self.told(tr("Board not saved"))
        )

    def told(self, title: str) -> Callable[[Failure], None]:
        """What is done with a failure: it is shown under this title."""
        return lambda failure: self._trouble(trouble_of(failure.as_json(), title))


def _loaded(load: Callable[[str, str], T], path: str, unit: str) -> T | UnitMissing:
    try:
        return load(path, unit)
    except UnitMissing as question:
        return question


def shortened(paths: Sequence[str]) -> tuple[str, ...]:
    """Photographs as one folder, where they are exactly all of it in its order; else as they are."""
    folders = {str(Path(path).parent) for path in paths}
    if len(paths) < 2 or len(folders) != 1:
        return tuple(paths)
    try:
        whole = tuple(str(path) for path in expand(folders))
    except KinoscopeError:
        return tuple(paths)
    return tuple(folders) if whole == tuple(paths) else tuple(paths)
