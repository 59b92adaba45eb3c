"""Files in and out of the rig's panel: pictures and films, known cameras, calibrated rigs, the printed board."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QInputDialog

from engines.calibration.formats.rig_exporting import FORMATS, exported, misfit
from engines.calibration.formats.rig_files import READ, load, save
from engines.calibration.rig.pictures.listing import NAME as LIST
from engines.calibration.rig.types import RigResult
from engines.core.words import tr
from widgets.kit.save_file import ask_file, ask_folder, ask_open, ask_several
from workbench.controllers.calibration import files
from workbench.controllers.calibration.files import ENDINGS, FILMS

SHOWING = tr(
    "Pictures, films and lists of cameras ({endings} {films} {list});;All files (*)",
    endings=ENDINGS,
    films=FILMS,
    list=LIST,
)
RIGS = tr("Calibrations ({endings})", endings=" ".join(f"*{suffix}" for suffix in READ))


class Files(files.Files):
    """Those of one camera, and rigs. What goes wrong is told as `Trouble`."""

    def ask_pictures(self) -> list[str]:
        """Picture files and films chosen by the user, or the list of them that preparing has written."""
        return ask_several(self._window, tr("Add pictures or films of the board"), "board pictures", SHOWING)

    def ask_rig(self, title: str = tr("Open rig")) -> str:
        """A calibrated rig, or a file with cameras that are known."""
        return ask_open(self._window, title, "lens", RIGS)

    def ask_rig_target(self) -> str:
        """Where to save a rig."""
        return ask_file(self._window, tr("Save rig"), "lens", "JSON (*.json)", "rig.json")

    def open_rig(self, path: str, then: Callable[[RigResult], object]) -> None:
        self.read(load, path, then, tr("Rig not opened"))

    def save_rig(self, result: RigResult, path: str, then: Callable[[], object]) -> None:
        self._errands.ask(lambda: save(result, path), lambda _none: then(), self.told(tr("Rig not saved")))

    def ask_rig_export(self, result: RigResult) -> tuple[str, str]:
        """One of the formats that can hold this rig exactly, and where to; or two empty words."""
        fitting = {kind.title: word for word, kind in FORMATS.items() if not misfit(result, word)}
        asked = "\n".join((tr("For"), *unfit_words(result)))
        title, ok = QInputDialog.getItem(self._window, tr("Export rig"), asked, list(fitting), 0, False)
        if not ok:
            return "", ""
        kind = FORMATS[fitting[title]]
        if not kind.suffixes:
            return fitting[title], ask_folder(self._window, tr("Export rig to a folder"), "lens")
        kinds = f"{kind.title} ({' '.join(f'*{suffix}' for suffix in kind.suffixes)})"
        return fitting[title], ask_file(self._window, tr("Export rig"), "lens", kinds, f"rig{kind.suffixes[0]}")

    def export_rig(self, result: RigResult, format: str, path: str, then: Callable[[str], object]) -> None:
        """Write for another program; nothing where no file is named."""
        if path:
            self._errands.ask(
                lambda: exported(result, format, path),
                lambda written: then(tr("Exported {written}", written=written.name)),
                self.told(tr("Rig not exported")),
            )


def unfit_words(result: RigResult) -> list[str]:
    """Which formats cannot hold this rig, and why: what is not offered would be missed. Those of a pair go unsaid."""
    whole = {word: kind for word, kind in FORMATS.items() if kind.files is None}
    told = ((kind.title, misfit(result, word)) for word, kind in whole.items())
    return [tr("{title} cannot hold it: {why}.", title=title, why=why) for title, why in told if why]
