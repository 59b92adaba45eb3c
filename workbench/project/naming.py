"""Names of projects and of their files: by the day they were begun, then by whatever the user calls them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtCore import QDate, QLocale

from engines.core.errors import BadInput
from engines.core.files import folder_refused
from engines.core.names import shown, tidy_name
from engines.core.places import data_dir
from engines.core.words import tr

SUFFIX = ".kino"
NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
DEVICE = re.compile(r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$", re.IGNORECASE)
"""What Windows takes for a device, whatever its ending."""
LONGEST = 120
"""Bytes of a file's name without its ending: what every disk takes, with room for a number and a journal beside it."""
LONGEST_TITLE = 300
_BEFORE = re.compile(r"untitled-(\d+)")


def projects_dir() -> Path:
    """Where projects lie that were never saved anywhere else. Made when it is missing."""
    folder = data_dir() / "projects"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise folder_refused(error, folder) from error
    return folder


def named(path: str | Path) -> Path:
    """The file that a name for a project stands for: the ending is added, never put in place of a part of the name."""
    path = Path(path)
    return path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)


def birth_name() -> str:
    """What a project is called that was begun today: "30 November 2026"."""
    return stem_of(QLocale().toString(QDate.currentDate(), "d MMMM yyyy"))


def stem_of(title: str) -> str:
    """The title as far as a file can have it as its name."""
    text = NOT_IN_A_NAME.sub("_", shown(title)).strip(" .")
    text = text.encode()[:LONGEST].decode(errors="ignore").strip(" .") or "_"
    return f"{text}_" if DEVICE.fullmatch(text.partition(".")[0].strip()) else text


def title_of(path: Path, kept: object = None) -> str:
    """What a project is called. kept: what it was called last, with the name that its file had then.

    Whoever renames the file by hand has renamed the project.
    """
    if isinstance(kept, dict) and kept.get("file") == path.stem and isinstance(kept.get("title"), str):
        return tidy_name(kept["title"])[:LONGEST_TITLE]
    before = _BEFORE.fullmatch(path.stem)
    return tr("Untitled {number}", number=before[1]) if before else shown(path.stem)


def rename_file(path: Path, target: Path) -> None:
    """Give a file another name in its folder. Raises `BadInput` where there is one of that name, or it cannot be."""
    if os.path.lexists(target) and not target.samefile(path):
        hint = tr("Choose another name; nothing was changed")
        raise BadInput(tr("There is a file of this name already"), path=target, hint=hint)
    try:
        path.rename(target)
    except OSError as error:
        raise BadInput(tr("The file cannot be renamed: {why}", why=error.strerror or error), path=path) from error
