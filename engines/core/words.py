"""Every text that a person reads is said through `tr`, so that it can be had in another language.

A text is a whole sentence with named places, never put together from parts. The language is chosen once, before any
module with a text is imported: the window asks Qt's translators, a worker process the same catalogue without Qt.
"""

from __future__ import annotations

from collections.abc import Callable

Translate = Callable[[str, int], str]
"""A source text and the number it counts (-1 for none); the text in the user's language, "" where there is none."""


def _as_written(_source: str, _count: int) -> str:
    return ""


_translate: Translate = _as_written


def speak(translate: Translate = _as_written) -> None:
    """Say everything through this from now on; without one, as it is written."""
    global _translate
    _translate = translate


def tr(source: str, /, **places: object) -> str:
    """The text in the user's language, with `{places}` filled in as by `str.format`."""
    return _filled(_translate(source, -1), source, places)


def tr_count(n: int, one: str, many: str, /, **places: object) -> str:
    """A text that counts something: `one` where n is 1, else `many`; `{n}` is the number. Known by `many`."""
    return _filled(_translate(many, n), one if n == 1 else many, {"n": n, **places})


def as_part(text: str) -> str:
    """A sentence as a part of another: English begins it small; a language with rules of its own keeps it as it is."""
    return text[:1].lower() + text[1:] if _translate is _as_written and not text[:2].isupper() else text


def as_sentence(text: str) -> str:
    """Words that begin a line: the first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def _filled(said: str, source: str, places: dict[str, object]) -> str:
    """A translation that does not fit its places gives way to the source."""
    if not places:
        return said or source
    try:
        return (said or source).format(**places)
    except (LookupError, ValueError, AttributeError):
        return source.format(**places)
