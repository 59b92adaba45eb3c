"""Folders of Kinoscope for everything that outlives a run: settings, job history, fetched weights, logs.

Everything derives from five folders. `KINOSCOPE_HOME` moves all of them at once, for a portable copy and for
tests; without it they are where the system wants them (XDG on Linux, Library on macOS, AppData on Windows).
`KINOSCOPE_STORE` moves the fetched files alone, `KINOSCOPE_PICTURES` snapshots and recordings.
"""

from __future__ import annotations

import os
from pathlib import Path

from engines.core.errors import BadInput
from engines.core.words import tr

APP = "kinoscope"
LOG = "kinoscope.log"
HOME_VARIABLE = "KINOSCOPE_HOME"
STORE_VARIABLE = "KINOSCOPE_STORE"
PICTURES_VARIABLE = "KINOSCOPE_PICTURES"


def config_dir() -> Path:
    """Settings and layout. Created when missing; raises `BadInput` when it cannot be."""
    return _place("config")


def data_dir() -> Path:
    """Job history, galleries, recent projects."""
    return _place("data")


def cache_dir() -> Path:
    """Fetched weights and samples: may be deleted at any time and fetched again."""
    return _place("cache")


def store_dir() -> Path:
    """The folder of the model store; `KINOSCOPE_STORE` names one that several users or homes share."""
    shared = os.environ.get(STORE_VARIABLE)
    return Path(shared).expanduser() if shared else cache_dir() / "store"


def log_dir() -> Path:
    """Log files."""
    return _place("log")


def pictures_dir() -> Path:
    """Snapshots and recordings: where the user's pictures are, or where `KINOSCOPE_PICTURES` says."""
    chosen = os.environ.get(PICTURES_VARIABLE)
    return _made(Path(chosen).expanduser(), "pictures", PICTURES_VARIABLE) if chosen else _place("pictures")


def choose_folders(pictures: str = "", store: str = "") -> None:
    """The user's own folders for this process and what it starts, where the environment names none; "" for none."""
    for variable, folder in ((PICTURES_VARIABLE, pictures), (STORE_VARIABLE, store)):
        if folder and not os.environ.get(variable):
            os.environ[variable] = folder


def _place(name: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return _made(Path(home).expanduser() / name if home else _system_folder(name), name, HOME_VARIABLE)


def _made(folder: Path, name: str, variable: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = tr("Set {variable} to a folder that can be written", variable=variable)
        raise BadInput(
            tr("The {name} folder cannot be made: {strerror}", name=name, strerror=error.strerror),
            path=folder,
            hint=hint,
        ) from error
    return folder


def _system_folder(name: str) -> Path:
    import platformdirs

    folders = {
        "config": platformdirs.user_config_dir,
        "data": platformdirs.user_data_dir,
        "cache": platformdirs.user_cache_dir,
        "log": platformdirs.user_log_dir,
    }
    if name == "pictures":
        return Path(platformdirs.user_pictures_dir()) / "Kinoscope"
    return Path(folders[name](APP, appauthor=False))
