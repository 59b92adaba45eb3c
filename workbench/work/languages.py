"""Languages: which there are, which is spoken, and the texts of each, read from Qt Linguist's files without Qt.

`speak_in` is called before any module with a text is imported, in the window as in a worker process. English is the
source and has no file. "stretched" and "wide" are languages for testing: every text 40 % longer, or in wide glyphs.
"""

from __future__ import annotations

import locale
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from engines.core import words
from engines.core.errors import KinoscopeError
from engines.core.reading import read_xml
from workbench.work.stretching import stretch, widen

CONTEXT = "kinoscope"
"""Of all our own texts in the files; other contexts are Qt's, such as the buttons of its dialogs."""
FOLDER = Path(__file__).resolve().parents[2] / "resources" / "languages"
ENDING = ".ts"
ENGLISH = "en"
STRETCHED, WIDE = "stretched", "wide"
MADE = {STRETCHED: stretch, WIDE: widen}
VARIABLE = "KINOSCOPE_LANGUAGE"
"""Names a language in place of the setting."""
NOT_WORDS = ("QShortcut", "QGuiApplication", "QApplication", "QLocale")
"""Contexts of Qt whose texts a program reads, too: keys, the direction of writing."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of a language: its forms (one, or one for each kind of number) by context and source."""

    language: str = ENGLISH
    texts: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def say(self, context: str, source: str, count: int = -1) -> str:
        """The text, "" where the language has none."""
        forms = self.texts.get((context, source), ())
        if not forms:
            return ""
        return forms[min(plural_form(self.language, count), len(forms) - 1)] if count >= 0 else forms[-1]


class Made(Catalogue):
    """Every text as a language for testing makes it, known by its marks."""

    def say(self, context: str, source: str, count: int = -1) -> str:
        return "" if context in NOT_WORDS else MADE[self.language](source)


@dataclass(slots=True)
class Spoken:
    """What is spoken in this process."""

    catalogue: Catalogue = field(default_factory=Catalogue)


SPOKEN = Spoken()


def known(folder: Path = FOLDER) -> tuple[str, ...]:
    """The names of the languages there are, English first; not those for testing."""
    return ENGLISH, *sorted(path.stem for path in folder.glob(f"*{ENDING}"))


def chosen(setting: str = "", system: Iterable[str] | None = None, folder: Path = FOLDER) -> str:
    """The language to speak: what the variable names, else the setting, else the first of the system's that is known.

    A name that is not known counts for nothing.
    """
    there = known(folder)
    for name in (os.environ.get(VARIABLE, ""), setting):
        if name in MADE or name in there:
            return name
    wanted = _systems() if system is None else system
    return next((found for name in wanted if (found := _nearest(name, there))), ENGLISH)


def speak_in(language: str, folder: Path = FOLDER) -> Catalogue:
    """Say everything in this process in a language from now on; what it lacks is said in English."""
    SPOKEN.catalogue = catalogue = opened(language, folder)
    if language == ENGLISH:
        words.speak()
    else:
        words.speak(lru_cache(8192)(lambda source, count: catalogue.say(CONTEXT, source, count)))
    return catalogue


def spoken() -> str:
    """The language of this process."""
    return SPOKEN.catalogue.language


def opened(language: str, folder: Path = FOLDER) -> Catalogue:
    """A language's texts; empty for English and, with a line in the log, for a file that cannot be used."""
    if language in MADE:
        return Made(language)
    if language == ENGLISH:
        return Catalogue()
    path = folder / f"{language}{ENDING}"
    try:
        return Catalogue(language, read_texts(path))
    except KinoscopeError as error:
        log.warning("The language %s cannot be read: %s", language, error)
        return Catalogue(language)


def read_texts(path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """The finished texts of a file of Qt Linguist. Raises `BadInput`."""
    texts = {}
    for context in read_xml(path, what="language").iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") in ("vanished", "obsolete", "unfinished"):
                continue
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            if all(forms):
                texts[name, message.findtext("source", "")] = tuple(forms)
    return texts


def plural_form(language: str, n: int) -> int:
    """Which of a language's forms, in Qt Linguist's order, goes with n things."""
    base = language.partition("_")[0]
    if base in ("ja", "ko", "zh", "vi", "th", "id", "ms"):
        return 0
    if base == "fr" or language == "pt_BR":
        return int(n > 1)
    few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
    if base in ("ru", "uk", "be", "sr", "hr", "bs"):
        return 0 if n % 10 == 1 and n % 100 != 11 else 1 if few else 2
    if base == "pl":
        return 0 if n == 1 else 1 if few else 2
    if base in ("cs", "sk"):
        return 0 if n == 1 else 1 if n in (2, 3, 4) else 2
    return int(n != 1)


def _systems() -> list[str]:
    names = os.environ.get("LANGUAGE", "").split(":")
    names += [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    return [name for name in (*names, locale.getlocale()[0] or "") if name]


def _nearest(name: str, there: Iterable[str]) -> str:
    """The known language that a system's name of one ("de_AT.UTF-8", "pt-BR") comes to, or ""."""
    plain = name.partition(".")[0].partition("@")[0].replace("-", "_")
    return next((one for one in (plain, plain.partition("_")[0]) if one in there), "")
