"""What comes back at the next start: theme, preset, layout, recent files, open sources, what each panel was set to.

One JSON file, written whole or not at all. A broken file, or one of a newer program, is moved aside; the default
is used and the user is told. Keys that nobody knows any more are left out.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from engines.cameras.types import Source
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import move_aside, write_json
from engines.core.places import config_dir
from engines.core.reading import read_json

VERSION = 1
RECENT = 10


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source that was open, under the id it had."""

    id: str
    source: Source


@dataclass(frozen=True, slots=True)
class Settings:
    """layout, geometry: the docks and the window, base64. panels: what each panel was set to, plain JSON values.

    preset: the one in force; start_preset: the one to start with, "" for the layout as it was.
    """

    version: int = VERSION
    theme: Literal["dark", "light"] = "dark"
    preset: str = "monitor"
    start_preset: str = ""
    layout: str = ""
    geometry: str = ""
    recent: tuple[str, ...] = ()
    sources: tuple[OpenSource, ...] = ()
    panels: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def layout_bytes(self) -> bytes:
        """Empty when there is none or it is damaged."""
        return _decoded(self.layout)

    @property
    def geometry_bytes(self) -> bytes:
        return _decoded(self.geometry)


class SettingsStore:
    """The settings in force (`value`) and the file they are kept in.

    `notice` says what went wrong on loading, or is "". Changes are on disk after `save`; the caller says when.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_dir() / "settings.json"
        self.value, self.notice = load(self.path)

    def change(self, **values: Any) -> Settings:
        """Take new values of any fields of `Settings`."""
        self.value = replace(self.value, **values)
        return self.value

    def add_recent(self, path: str | Path) -> Settings:
        """`path` first among the recent files."""
        text = str(path)
        return self.change(recent=(text, *(old for old in self.value.recent if old != text))[:RECENT])

    def set_panel(self, name: str, **values: Any) -> Settings:
        """Remember what a panel was set to; what is not named stays."""
        panels = self.value.panels
        return self.change(panels={**panels, name: {**panels.get(name, {}), **values}})

    def save(self) -> str:
        """Write the file; a sentence when that failed, else ""."""
        try:
            save(self.path, self.value)
        except (OSError, KinoscopeError) as error:
            return f"The settings could not be saved: {error}"
        return ""


def load(path: Path) -> tuple[Settings, str]:
    """The settings in a file and a notice; the default when there is no file, or none that can be used."""
    if not path.exists():
        return Settings(), ""
    try:
        return _parse(path), ""
    except (BadInput, OSError) as error:
        return Settings(), _set_aside(path, error)


def save(path: Path, settings: Settings) -> None:
    """Write the settings, whole or not at all."""
    from engines.core.spec import to_json

    write_json(path, to_json(settings))


def _parse(path: Path) -> Settings:
    from engines.core.spec import from_json

    data = read_json(path)
    if not isinstance(data, dict):
        raise BadInput("Not a settings file", path=path)
    version = data.get("version")
    if version != VERSION:
        raise BadInput(f"Written by another version of the program ({version})", path=path)
    return from_json(Settings, data)


def _set_aside(path: Path, error: Exception) -> str:
    why = error.message if isinstance(error, BadInput) else str(error)
    try:
        kept = f"the old file is kept as {move_aside(path).name}"
    except OSError:
        kept = "the old file could not be moved aside"
    return f"The settings could not be read and are back to the default; {kept}. {why}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
