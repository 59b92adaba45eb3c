"""Settings that come back at the next start: theme, preset, layout, recent files, the state of each panel.

One JSON file, its owner's alone, written whole or not at all. A value that makes no sense is left out with a notice; a
broken file, or one of a newer program, is moved aside, and the default is used. Keys that nobody knows stay in it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, Literal, get_type_hints

from annotated_types import Interval

from engines.core.addresses import without_passwords
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import move_aside, write_json
from engines.core.places import config_dir
from engines.core.reading import parse_json, read_bytes
from engines.core.words import tr

VERSION = 1
RECENT = 10
MOST = 4 << 20
"""Bytes. Settings are a few thousand."""


@dataclass(frozen=True, slots=True)
class Settings:
    """layout, geometry: the docks and the window, base64. panels: what each panel was set to, plain JSON values.

    recent: paths of projects, the last used first; last: the one that is open, or was when the program ended.
    preset: the one in force; start_preset: the one to start with, "" for the layout as it was. language: the one from
    the next start on, "" for the system's.
    scale: of text and controls, in per cent. units: of lengths as they are shown, "auto" for each in its usual one.
    pictures, store: folders in place of the usual ones, "" for those.
    workers, threads, gpu: what jobs may use of this machine; threads 0 for all.
    """

    version: int = VERSION
    theme: Literal["dark", "light", "system"] = "dark"
    density: Literal["comfortable", "compact"] = "comfortable"
    scale: Literal[90, 100, 110, 125, 150, 175, 200] = 100
    units: Literal["auto", "mm", "cm", "m", "in"] = "auto"
    language: str = ""
    preset: str = "monitor"
    start_preset: str = ""
    layout: str = ""
    geometry: str = ""
    recent: tuple[str, ...] = ()
    pictures: str = ""
    store: str = ""
    workers: Literal[1, 2, 3, 4] = 2
    threads: Annotated[int, Interval(ge=0, le=1024)] = 0
    gpu: bool = True
    last: str = ""
    panels: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def layout_bytes(self) -> bytes:
        """Empty when there is none or it is damaged."""
        return decoded(self.layout)

    @property
    def geometry_bytes(self) -> bytes:
        return decoded(self.geometry)


class SettingsStore:
    """The settings in force (`value`) and the file they are kept in.

    `notice` says what went wrong on loading, or is "". Changes are on disk after `save`, which any thread may call.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_dir() / "settings.json"
        self.value, self._told, self._may_be_replaced = load(self.path)
        self._tried, self._lock = self.value, Lock()

    @property
    def notice(self) -> str:
        """Said when it is asked for: the language is one of the settings, so it is spoken after they are read."""
        return self._told()

    @property
    def changed(self) -> bool:
        """Since `save` was last tried."""
        return self.value is not self._tried

    def change(self, **values: Any) -> Settings:
        """Take new values of any fields of `Settings`."""
        self.value = replace(self.value, **values)
        return self.value

    def add_recent(self, path: str | Path) -> Settings:
        """`path` first among the recent files."""
        text = str(path)
        return self.change(recent=(text, *(old for old in self.value.recent if old != text))[:RECENT])

    def forget_recent(self, path: str | Path) -> Settings:
        """`path` is no more among the recent files."""
        return self.change(recent=tuple(old for old in self.value.recent if old != str(path)))

    def set_panel(self, name: str, **values: Any) -> Settings:
        """Remember what a panel was set to; what is not named stays."""
        panels = self.value.panels
        return self.change(panels={**panels, name: {**panels.get(name, {}), **values}})

    def save(self) -> str:
        """Write the file; a sentence when that failed, else "". One that could not even be read is left alone."""
        with self._lock:
            self._tried = self.value
            if not self._may_be_replaced:
                return ""
            try:
                save(self.path, self._tried)
            except (OSError, KinoscopeError) as error:
                return tr("The settings could not be saved: {error}", error=error)
        return ""


def load(path: Path) -> tuple[Settings, Callable[[], str], bool]:
    """The settings in a file, what says a notice in the language that is spoken by then, and whether the file may be
    replaced; the default when none can be used."""
    if not path.exists():
        return Settings(), str, True
    try:
        content = _content(path)
    except KinoscopeError:
        return Settings(), partial(_unread, path), False
    try:
        value, left_out = _parse(content, path)
    except BadInput:
        return Settings(), partial(_set_aside, path, content, _moved_aside(path)), True
    return value, partial(_back_to_default, ", ".join(left_out)), True


def _content(path: Path) -> bytes:
    return read_bytes(path, what=tr("file of settings"), most=MOST)


def _unread(path: Path) -> str:
    why = _why(lambda: _content(path), whole=True)
    return tr("The settings could not be read and are the default for now. {error}", error=why)


def _back_to_default(names: str) -> str:
    return tr("These settings made no sense and are back to the default: {names}", names=names) if names else ""


def kept_scale(path: Path | None = None) -> int:
    """The size of text and controls in a file, in per cent, before anything else of it is looked at; 100 where it is
    not to be had."""
    try:
        data = parse_json(read_bytes(path or config_dir() / "settings.json", what=tr("file of settings"), most=MOST))
        known, _ = _fitting(data if isinstance(data, dict) else {}, {"scale": get_type_hints(Settings)["scale"]})
    except (KinoscopeError, OSError):
        return 100
    return known.get("scale", 100)


def save(path: Path, settings: Settings) -> None:
    """Write the settings, whole or not at all."""
    from engines.core.spec import to_json

    write_json(path, without_passwords({**_unknown(path), **to_json(settings)}), private=True)


def _unknown(path: Path) -> dict[str, Any]:
    """What is in the file that nobody here knows: a later version's, or a person's own; it stays."""
    try:
        data = parse_json(_content(path), path)
    except (KinoscopeError, OSError):
        return {}
    known = {item.name for item in fields(Settings)}
    return {name: value for name, value in data.items() if name not in known} if isinstance(data, dict) else {}


def _parse(content: bytes, path: Path) -> tuple[Settings, list[str]]:
    """The settings, and the names of those that were left out."""
    data = parse_json(content, path)
    if not isinstance(data, dict):
        raise BadInput(tr("Not a settings file"), path=path)
    version = data.get("version", VERSION)
    if version != VERSION:
        raise BadInput(
            tr("Written by another version of the program ({version})", version=str(version)[:20]), path=path
        )
    panels = data.get("panels")
    known, left_out = _fitting({**data, "panels": {}}, get_type_hints(Settings, include_extras=True))
    if isinstance(panels, dict):
        kept, bad = _fitting(panels, dict.fromkeys(panels, dict[str, Any]))
        known, left_out = {**known, "panels": kept}, left_out + bad
    elif panels is not None:
        left_out.append("panels")
    return Settings(**{item.name: known[item.name] for item in fields(Settings) if item.name in known}), left_out


def _fitting(data: dict[str, Any], kinds: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values of the kind they are to be, and the names of the others."""
    from engines.core.spec import from_json

    known: dict[str, Any] = {}
    left_out = []
    for name, kind in kinds.items():
        try:
            if name in data:
                known[name] = from_json(kind, data[name])
        except BadInput:
            left_out.append(name)
    return known, left_out


def _moved_aside(path: Path) -> str:
    try:
        return move_aside(path).name
    except OSError:
        return ""


def _set_aside(path: Path, content: bytes, name: str) -> str:
    why = _why(lambda: _parse(content, path))
    if not name:
        return tr(
            "The settings could not be read and are back to the default; the old file could not be moved aside. {why}",
            why=why,
        )
    return tr(
        "The settings could not be read and are back to the default; the old file is kept as {name}. {why}",
        name=name,
        why=why,
    )


def _why(read: Callable[[], object], whole: bool = False) -> str:
    """What is said when it is tried once more, in the language that is spoken now. whole: with the file and a hint."""
    try:
        read()
    except KinoscopeError as error:
        return str(error) if whole else error.message
    return ""


def decoded(text: str) -> bytes:
    """What base64 holds, empty where it is damaged."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
