"""One rule for "the same name" of people, classes and files, and the form in which any name can be shown."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata

_SHOWN = "kinoscope.shown"


def name_key(name: str) -> str:
    """The key that spellings of one name share: composed letters (NFC), single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def same_name(first: str, second: str) -> bool:
    """Exact case and letters: "Groß" is not "Gross"; how an accent is stored and which space is used do not matter."""
    return name_key(first) == name_key(second)


def tidy_name(text: str) -> str:
    """A name as it is stored: its `name_key`, with what is not UTF-8 in a form that can be written, and nothing that
    only steers a terminal."""
    return name_key("".join(letter for letter in shown(text) if letter.isprintable() or not _steers(letter)))


def _steers(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" and not letter.isspace()


def looks_alike(first: str, second: str) -> bool:
    """Two names that are not the same and yet differ only by case, or by letters that fold to the same."""
    return not same_name(first, second) and folded(first) == folded(second)


def shown(text: str) -> str:
    """The text with what is not UTF-8 (in names from old disks and archives) as \\xNN, so that it can be printed."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def print_any_name() -> None:
    """From now on whatever is printed comes out: letters that a terminal or file cannot take stand there as `shown`."""
    codecs.register_error(_SHOWN, _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_SHOWN)


def folded(name: str) -> str:
    """The key that names share which look alike (`looks_alike`)."""
    return unicodedata.normalize("NFKC", name_key(name)).casefold()


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return shown(letters).encode("ascii", "backslashreplace").decode(), error.end
