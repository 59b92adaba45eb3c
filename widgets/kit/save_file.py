"""Dialogs that ask for files and folders: each kind begins where it was last, and nothing is replaced unasked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engines.core.errors import KinoscopeError
from engines.core.names import shown
from engines.core.outputs import JSON, SVG, TABLE, TEXT, Kind, check_file, holding, media
from engines.core.places import store_dir
from engines.core.words import tr
from widgets.kit.labels import message_box, really

REPORT = holding(tr("a report of a problem"), b"kinoscope-report/")
KNOWN = {".csv": TABLE, ".json": JSON, ".svg": SVG, ".txt": TEXT, ".log": TEXT, ".zip": REPORT}
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".mp4", ".m4v", ".mov", ".mkv", ".avi")


class LastUsed:
    """Folder and filter that were last chosen, by kind of file ("project", "weights").

    keep: called with `kind=[folder, filter]` for each choice, so that the next start knows it.
    """

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, str]] = {}
        self._keep: Callable[..., object] = dict

    def begin(self, places: Mapping[str, object], keep: Callable[..., object] = dict) -> None:
        """Know these and no others; what does not read as [folder, filter] is left out."""
        pairs = {kind: place for kind, place in places.items() if isinstance(place, list | tuple) and len(place) == 2}
        self._places = {kind: (str(folder), str(filter)) for kind, (folder, filter) in pairs.items()}
        self._keep = keep

    def learn(self, kind: str, folder: str, filter: str = "") -> None:
        self._places[kind] = (folder, filter or self.filter(kind))
        self._keep(**{kind: list(self._places[kind])})

    def folder(self, kind: str, first: str = "") -> str:
        """Where it was last while that is there, else `first`, else the user's documents or home."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        offered = (self._places.get(kind, ("", ""))[0], first, documents)
        return next((folder for folder in offered if folder and os.path.isdir(folder)), str(Path.home()))

    def filter(self, kind: str) -> str:
        return self._places.get(kind, ("", ""))[1]


LAST = LastUsed()


def ask_file(parent: QWidget | None, title: str, kind: str, filters: str, suggested: str = "", first: str = "") -> str:
    """The file to write, "" for none. filters: as Qt has them, like "JSON (*.json);;CSV (*.csv)".

    suggested: its name, or a whole path where it belongs beside another file. first: the folder for a kind that was
    never chosen. A file that is there is asked about, and one that the program cannot have written is never replaced.
    """
    chosen = _filter(kind, filters)
    path = _begin(kind, _fitting(suggested, chosen, filters), first)
    while True:
        path, chosen = QFileDialog.getSaveFileName(
            parent, title, path, filters, chosen, options=QFileDialog.Option.DontConfirmOverwrite
        )
        if not path:
            return ""
        path = named(path, filters, chosen)
        if _may_write(parent, title, path):
            LAST.learn(kind, str(Path(path).parent), chosen)
            return path


def ask_open(parent: QWidget | None, title: str, kind: str, filters: str, suggested: str = "", first: str = "") -> str:
    """The file to read, "" for none."""
    path, chosen = QFileDialog.getOpenFileName(
        parent, title, _begin(kind, suggested, first), filters, _filter(kind, filters)
    )
    return next(iter(_learnt(kind, [path] if path else [], chosen)), "")


def ask_several(parent: QWidget | None, title: str, kind: str, filters: str, first: str = "") -> list[str]:
    """The files to read, none for none."""
    paths, chosen = QFileDialog.getOpenFileNames(
        parent, title, LAST.folder(kind, first), filters, _filter(kind, filters)
    )
    return _learnt(kind, paths, chosen)


def ask_folder(parent: QWidget | None, title: str, kind: str, suggested: str = "", first: str = "") -> str:
    """A folder, "" for none."""
    folder = QFileDialog.getExistingDirectory(parent, title, _begin(kind, suggested, first))
    if folder:
        LAST.learn(kind, folder)
    return folder


def named(path: str, filters: str, chosen: str = "") -> str:
    """The file that a typed name stands for: with an ending of one of the kinds, else with the first of the chosen."""
    endings = _endings(filters)
    if not endings or path.lower().endswith(tuple(endings)):
        return path
    return path + (_endings(chosen) or endings)[0]


def may_replace(parent: QWidget | None, title: str, path: str) -> bool:
    """Ask whether a file may be replaced: Return and Escape leave it as it is."""
    text = tr("{name} is there already.", name=shown(Path(path).name))
    return really(parent, title, text, tr("Replace"), tr("Replace it? What is in it now will be lost."))


def save_or_say(parent: QWidget, path: str, write: Callable[[str], object]) -> None:
    """Write, and say why it could not be done."""
    try:
        write(path)
    except (KinoscopeError, OSError) as error:
        words = tr("{name} could not be saved: {error}", name=shown(Path(path).name), error=error)
        box = message_box(parent, QMessageBox.Icon.Warning, tr("Not saved"), words)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def _may_write(parent: QWidget | None, title: str, path: str) -> bool:
    """Whether the file may take this place: asked where one of ours is there, refused with a reason where another."""
    if not os.path.lexists(path):
        return True
    try:
        if kind := _kind(path):
            check_file(path, kind)
    except (KinoscopeError, OSError) as error:
        message_box(parent, QMessageBox.Icon.Warning, title, str(error)).exec()
        return False
    return may_replace(parent, title, path)


def _kind(path: str) -> Kind | None:
    """What a file of this ending holds when the program wrote it; None where only its writer can tell."""
    ending = Path(path).suffix.lower()
    return media(path) if ending in PICTURES else KNOWN.get(ending)


def _begin(kind: str, suggested: str, first: str) -> str:
    """Where the dialog begins; a suggestion that says its folder begins there, the hidden one of the samples apart."""
    inside = os.path.isabs(suggested) and os.path.isdir(os.path.dirname(suggested))
    inside = inside and not Path(suggested).is_relative_to(store_dir())
    return suggested if inside else os.path.join(LAST.folder(kind, first), os.path.basename(suggested))


def _filter(kind: str, filters: str) -> str:
    """The filter that was last used for this kind, where it is one of these; else the first."""
    offered, last = filters.split(";;"), LAST.filter(kind)
    return last if last in offered else offered[0]


def _fitting(suggested: str, chosen: str, filters: str) -> str:
    """The suggested name with the ending of the chosen filter."""
    endings = _endings(chosen)
    worn = next((ending for ending in _endings(filters) if suggested.lower().endswith(ending)), "")
    if not worn or not endings or worn in endings:
        return suggested
    return suggested.removesuffix(suggested[-len(worn) :]) + endings[0]


def _endings(filters: str) -> list[str]:
    return re.findall(r"\*(\.[\w.]+)", filters)


def _learnt(kind: str, paths: list[str], chosen: str) -> list[str]:
    if paths:
        LAST.learn(kind, str(Path(paths[0]).parent), chosen)
    return paths
