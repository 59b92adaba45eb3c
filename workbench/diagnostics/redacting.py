"""Takes people, places and passwords out of text: each is replaced by the same mark wherever it stands.

What is known is looked for as it is: names of people, of the user and the machine, paths and texts of settings,
projects and jobs. What is not known is found by its form: addresses, paths, mail, numbers of networks, words behind
"password". Rather too much is taken out than too little.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from unicodedata import category, normalize
from urllib.parse import quote

from engines.core.addresses import hidden
from engines.core.names import shown
from workbench.diagnostics.known import texts_in

SHORTEST, LONGEST = 3, 300
"""Letters below which a known text is too common to be looked for, and above which nobody repeats it; a person's name
may be of two."""

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.\-]{1,20}:/{1,3}[^\s\"'<>/][^\s\"'<>]*", re.IGNORECASE)
_SECRET_NAME = (
    r"[\w\-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|authorization|credential|cookie)s?"
)
_SECRET = re.compile(
    rf"(?i)(?<![\w\-])(--{_SECRET_NAME}\s+|{_SECRET_NAME}\\?[\"']?\s*[:=]\s*)"
    r"(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|(?:bearer|basic|digest)\s+\S+|\S+)"
)
_SECRET_KEY = re.compile(_SECRET_NAME, re.IGNORECASE)
_TOKEN = re.compile(
    r"\b(?:hf_|gh[pousr]_|github_pat_|glpat-|sk-|xox[a-z]-|AKIA|AIza|eyJ)[\w\-.]{8,}|\bbearer\s+[\w\-.=+/]{8,}",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+(?::[\w~./\-]*/[\w~./\-]+)?")
_HOST = re.compile(
    r"(?<![\w.\-])(?:www\.[^\s\"'<>]+|[\w\-]+(?:\.[\w\-]+)*\.(?:local|lan|internal|intranet|home|box)(?![\w.\-]))",
    re.IGNORECASE,
)
_SERIAL = re.compile(
    r"(?<!\w)(?:serial(?:[ _]?(?:number|no\.?))?\W{1,3}(?=\w*\d)[\w\-]{4,}|usb-[\w.:\-]{8,}|vid_[0-9a-f]{4}&[^\s\"'<>]+"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w))",
    re.IGNORECASE,
)
"""By which one camera or computer is told from all others."""
_NUMBERS = re.compile(
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\.\d)|\b[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}\b"
    r"|\b(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}\b|\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"([\"'])((?:/|~[/\\]|[A-Za-z]:[/\\]|\\\\)(?:(?!\1)[^\n])+)\1")
_FOLLOWS = r"(?=[^\n\"'<>|:]{0,200}(?:[^\s\"'<>|:][/\\]|\.[A-Za-z][A-Za-z0-9]{1,3}\b))"
_INSIDE = rf"(?:(?!\s[A-Za-z]:[/\\])[^\n\"'<>|*:;()\[\]{{}},]|[*;()\[\]{{}},]{_FOLLOWS})*"
"""Of a path: signs that rather end it than belong to it count only where folders or the end of a name follow."""
_PATH = re.compile(
    rf"(?<![\w.>/])(?:/{{1,2}}(?=[^\s/])|~[/\\]|\$\w+[/\\]|%\w+%[/\\]|[A-Za-z]:[/\\](?!/)|\\\\(?=\w)){_INSIDE}"
)
_BELOW = re.compile(rf"(<[a-z]+ \d+>)([/\\]+{_INSIDE})")
"""What follows a folder that was known."""
LONGEST_PATH = 4096
_COMMON = frozenset((
    "cache", "config", "data", "desktop", "documents", "downloads", "faces", "films", "frames", "home", "images",
    "kinoscope", "local", "models", "movies", "mount", "pictures", "photos", "projects", "root", "runs", "samples",
    "settings", "share", "state", "store", "temp", "test", "tests", "untitled", "users", "videos", "weights", "work",
))  # fmt: skip
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.+\-]{0,31}")
_BETWEEN = r"(?:[\s_+]|%20)+"
_BETWEEN_WORDS = r"(?:[\s_+.\-]|%20)+"
_OWN_MARK = re.compile(r"<(?:program|python|person|user|computer|folder|file|address|secret|text)[^<>]*>")


class Redactor:
    """`known` first, then `text` and `value`. kept: folders that may be told, by the mark that stands for them."""

    def __init__(self, kept: dict[str, str] | None = None) -> None:
        self._kept = sorted(((os.path.normpath(path), mark) for path, mark in (kept or {}).items()), key=_longest)
        self._marks: dict[tuple[str, str], str] = {}
        self._texts: dict[str, str] = {}
        self._first: dict[str, str] = {}

    def know(self, kind: str, texts: Iterable[str]) -> None:
        """Replace these wherever they stand, in any case of their letters."""
        for text in texts:
            text = text.strip()
            shortest = SHORTEST if kind != "person" else SHORTEST - 1
            if shortest <= len(text) <= LONGEST and not _OWN_MARK.fullmatch(text):
                for spelled in _spellings(text):
                    self._texts.setdefault(spelled, self._mark(kind, text))
                    self._first[spelled] = _first_word(spelled)

    def know_paths(self, paths: Iterable[str]) -> None:
        """The folders and the names of files, whatever signs are in them."""
        for path in paths:
            if self._told(path) is None:
                folders, name = _parts(path)
                self.know("folder", [*folders, *filter(_telling, map(_last, folders))])
                self.know("file", filter(_telling, (name, name.rpartition(".")[0])))

    def know_values(self, value: Any) -> None:
        """Every path, address and free text in a JSON value."""
        for text in texts_in(value):
            if _is_path(text):
                self.know_paths([text])
            elif _ADDRESS.fullmatch(text.strip()):
                self.know("address", [text])
            elif not _PLAIN.fullmatch(text):
                self.know("text", [text])

    def text(self, text: str) -> str:
        """A text without any of it."""
        text = _ADDRESS.sub(lambda found: self._mark("address", found[0]), hidden(text))
        text = _SECRET.sub(lambda found: found[1] + self._mark("secret", found[2]), text)
        text = _TOKEN.sub(lambda found: self._mark("secret", found[0]), text)
        text = _MAIL.sub(lambda found: self._mark("address", found[0]), text)
        text = _QUOTED.sub(lambda found: found[1] + self._path(found[2]) + found[1], text)
        text = self.known(text)
        text = _BELOW.sub(lambda found: f"{found[1]}/{self._path(found[2])}", text)
        text = _HOST.sub(lambda found: self._mark("address", found[0]), text)
        text = _SERIAL.sub(lambda found: self._mark("secret", found[0]), text)
        text = _PATH.sub(lambda found: self._path(found[0]), text)
        return _NUMBERS.sub(lambda found: self._mark("address", found[0]), text)

    def known(self, text: str) -> str:
        """A text without what is known; what is found by its form alone stays."""
        near = text.casefold()
        there = [one for one, first in self._first.items() if first in near]
        if not there:
            return text
        found = {_key(one): self._texts[one] for one in there}
        pattern = "|".join(_bounded(one) for one in sorted(there, key=len, reverse=True))
        return re.sub(pattern, lambda it: found.get(_key(it[0]), "<text>"), text, flags=re.IGNORECASE)

    def value(self, value: Any) -> Any:
        """A JSON value without any of it; of free texts only plain words of the program stay."""
        if isinstance(value, dict):
            return {self.value(str(key)): self._under(str(key), item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if not isinstance(value, str):
            return value
        said = self.text(value)
        return said if said != value or _PLAIN.fullmatch(value) or not value else self._mark("text", value)

    # Within

    def _under(self, key: str, value: Any) -> Any:
        """What stands under a key: all of it goes where the key speaks of a secret."""
        secret = _SECRET_KEY.fullmatch(key) and isinstance(value, str) and value
        return self._mark("secret", value) if secret else self.value(value)

    def _path(self, path: str) -> str:
        bare = path.rstrip()
        if len(bare) > LONGEST_PATH:
            return self._mark("file", bare)
        told = self._told(bare)
        if told is not None:
            return told + path[len(bare) :]
        folders, name = _parts(bare)
        folder = self._mark("folder", folders[-1]) if folders else ""
        ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
        file = self._mark("file", name) + (ending[0].lower() if ending else "") if name else ""
        return "/".join(part for part in (folder, file) if part) + path[len(bare) :]

    def _told(self, path: str) -> str | None:
        """A path of the program or of Python, from there on."""
        for folder, mark in self._kept:
            if path == folder or path.startswith(folder + os.sep):
                return mark + path[len(folder) :].replace(os.sep, "/")
        return None

    def _mark(self, kind: str, text: str) -> str:
        key = (kind, text.casefold())
        if key not in self._marks:
            self._marks[key] = f"<{kind} {sum(1 for other, _ in self._marks if other == kind) + 1}>"
        return self._marks[key]


def _longest(pair: tuple[str, str]) -> int:
    return -len(pair[0])


def _spellings(text: str) -> set[str]:
    """The ways in which one text stands in logs: letters composed or not, escaped as in Python, JSON or an address."""
    ways = {normalize(form, text) for form in ("NFC", "NFD")}
    escaped = {json.dumps(one)[1:-1] for one in ways} | {ascii(one)[1:-1] for one in ways}
    return ways | escaped | {quote(one.encode("utf-8", "surrogateescape"), safe=" ") for one in ways} | {shown(text)}


def _key(found: str) -> str:
    return re.sub(_BETWEEN_WORDS, " ", found).casefold()


def _first_word(text: str) -> str:
    return next((word for word in re.split(_BETWEEN, text.casefold()) if word), "")


def _bounded(text: str) -> str:
    """A known text where it stands by itself, its words apart by any sign: "Ann" is in "ann_1.jpg", not in
    "Annotation". Writing without spaces has no such bounds.
    """
    words = _BETWEEN_WORDS.join(re.escape(word) for word in re.split(_BETWEEN, text) if word) or re.escape(text)
    return _bound(text[0], "(?<![^\\W{not_}_])") + words + _bound(text[-1], "(?![^\\W{not_}_])")


def _bound(letter: str, form: str) -> str:
    """What may not stand beside a letter (another), or a digit (another, or a letter)."""
    if letter.isalpha():
        return form.replace("{not_}", r"\d") if category(letter) != "Lo" else ""
    return form.replace("{not_}", "") if letter.isdigit() else ""


def _is_path(text: str) -> bool:
    return bool(re.match(r"(?:/|~[/\\]|[A-Za-z]:[/\\]|\\\\|\.{1,2}[/\\])\S", text)) or "/" in text or "\\" in text


def _parts(path: str) -> tuple[list[str], str]:
    """The folders that a path goes through, outermost first and without the root, and its last part."""
    pure = PureWindowsPath(path) if re.match(r"[A-Za-z]:[/\\]|\\\\", path) else PurePosixPath(path)
    folders = [str(parent) for parent in reversed(pure.parents) if str(parent) not in (pure.anchor, ".", "~")]
    return folders, "" if str(pure) == pure.anchor else pure.name


def _telling(name: str) -> bool:
    """Whether the name of a folder or file is worth looking for by itself, without a path before it."""
    return len(name) > SHORTEST and name.casefold() not in _COMMON


def _last(folder: str) -> str:
    return folder.replace("\\", "/").rstrip("/").rpartition("/")[2]
