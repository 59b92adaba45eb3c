"""Two languages for testing: every text 40 % longer, with accents and a wide glyph; or in wide glyphs alone.

What is seen without their marks does not go through translation, and what is cut would be cut in German or Chinese.
Places, marked keys, tags, addresses and patterns of files stay as they are.
"""

from __future__ import annotations

import re

BEGIN, END = "\u00ab", "\u00bb"
WIDE = "\u8a9e"
LONGER = 0.4
ACCENTS = str.maketrans("aeiouAEIOUncs", "áéïöüÁÉÏÖÜñçš")
KEPT = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}|<[^<>]+>|&\w+;|&\w|%\w+|[^\s()]*[*/\\_@][^\s()]*|\b[A-Z0-9]*\d\w*")
WORD = re.compile(r"[^\W\d_]{2,}")
GLYPHS = "\u8a9e\u6587\u5b57\u756b\u9762\u50cf\u6a5f\u5668"


def stretch(text: str) -> str:
    """The text in the stretched language; one without letters is left alone."""
    letters = sum(character.isalpha() for character in KEPT.sub("", text))
    if not letters:
        return text
    room = max(0, round(LONGER * letters) - 1)
    wide = WIDE if room > 2 else ""
    body, rest = _longer(text, room - 2 * len(wide), letters)
    return f"{BEGIN}{body}{_accented('o') * rest}{wide}{END}"


def widen(text: str) -> str:
    """The text in wide glyphs, one for two letters, without spaces between them."""
    if not any(character.isalpha() for character in KEPT.sub("", text)):
        return text
    parts, end = [], 0
    for kept in (*KEPT.finditer(text), None):
        piece = text[end : kept.start() if kept else len(text)]
        piece = re.sub(r"(?<=[^\W\d_]) (?=[^\W\d_])", "", piece)
        parts.append(re.sub(r"[^\W\d_]+", lambda word: _glyphs(len(word[0])), piece))
        if kept:
            parts.append(kept.group())
            end = kept.end()
    return f"{BEGIN}{''.join(parts)}{END}"


def _glyphs(letters: int) -> str:
    count = (letters + 1) // 2
    return (GLYPHS * (1 + count // len(GLYPHS)))[:count]


def _longer(text: str, room: int, letters: int) -> tuple[str, int]:
    """Each word longer by its share of `room` letters, and how many letters of it are left over."""
    parts, left, end = [], room, 0
    for kept in (*KEPT.finditer(text), None):
        piece = text[end : kept.start() if kept else len(text)]
        for bit in re.split(r"([^\W\d_]{2,})", piece):
            more = min(left, round(room * len(bit) / letters)) if WORD.fullmatch(bit) else 0
            parts.append(_accented(bit) + _accented(bit[-1:].lower()) * more)
            left -= more
        if kept:
            parts.append(kept.group())
            end = kept.end()
    return "".join(parts), left


def _accented(text: str) -> str:
    return text.translate(ACCENTS)
