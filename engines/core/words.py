"""Every text that a person reads is said through `tr`, so that it can be had in another language.

A text is a whole sentence with named places, never put together from parts. The language is chosen once, before any
module with a text is imported: the window asks Qt's translators, a worker process the same catalogue without Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from string import Formatter

Translate = Callable[[str, int], str]
"""A source text and the number it counts (-1 for none); the text in the user's language, "" where there is none."""


def _as_written(_source: str, _count: int) -> str:
    return ""


_translate: Translate = _as_written
_typed = False


def speak(translate: Translate = _as_written) -> None:
    """Say everything through this from now on; without one, as it is written."""
    global _translate
    _translate = translate


def tr(source: str, /, **places: object) -> str:
    """The text in the user's language, with `{places}` filled in as by `str.format`."""
    said = _translate(source, -1)
    return _filled(said if not places or _fits(said, source) else "", source, places)


def tr_count(n: int, one: str, many: str, /, **places: object) -> str:
    """A text that counts something: `one` where n is 1, else `many`; `{n}` is the number. Known by `many`."""
    said = _translate(many, n)
    return _filled(said if _fits(said, one + many) else "", one if n == 1 else many, {"n": n, **places})


@contextmanager
def at_command_line() -> Iterator[None]:
    """Advice names options of commands meanwhile."""
    global _typed
    before, _typed = _typed, True
    try:
        yield
    finally:
        _typed = before


def control(title: str, option: str) -> str:
    """What advice says to use: in the window what has this title, at the command line an option."""
    return option if _typed else tr("\u201c{title}\u201d", title=title)


def all_of(names: Sequence[str]) -> str:
    """'left, right and rear'."""
    *most, last = names
    return tr("{most} and {last}", most=", ".join(most), last=last) if most else last


def one_of(names: Sequence[str]) -> str:
    """'left, right or rear'."""
    *most, last = names
    return tr("{most} or {last}", most=", ".join(most), last=last) if most else last


def few_of(names: Sequence[str], most: int = 3) -> str:
    """'a, b, c and 4 more'."""
    told = ", ".join(names[:most])
    return tr("{names} and {n} more", names=told, n=len(names) - most) if len(names) > most else told


def as_part(text: str) -> str:
    """A sentence as a part of another: English begins it small; a language with rules of its own keeps it as it is."""
    return text[:1].lower() + text[1:] if _translate is _as_written and not text[:2].isupper() else text


def as_sentence(text: str) -> str:
    """Words that begin a line: the first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def _filled(said: str, source: str, places: dict[str, object]) -> str:
    if said and places:
        with suppress(LookupError, ValueError, TypeError):
            return said.format(**places)
    return source.format(**places) if places else said or source


@lru_cache(8192)
def _fits(said: str, source: str) -> bool:
    """Whether a translation has none but its source's places, each plain or as it is written there; any other could
    reach into values, or fill the memory."""
    try:
        known = _places(source)
        plain = {(name, "", None) for name, _, _ in known}
        return _places(said) <= known | plain
    except ValueError:
        return False


def _places(text: str) -> set[tuple[str, str, str | None]]:
    """Name, format and conversion of each."""
    return {(name, spec or "", how) for _, name, spec, how in Formatter().parse(text) if name is not None}
