"""Valid files made invalid in the ways that disks, editors and malice do it, the same for the same seed."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import struct
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 0.5, 1e300, float("inf"), float("nan"), 2**31, 2**64, 10**60, "", "x", "nan", "%n%s%x", "9" * 20,
    "a\0b", "\ud800", "../../etc/passwd", [], {}, [[]], [1, 2, 3], {"a": {"a": {}}}, "y" * 5000,
)  # fmt: skip
"""What stands where something else should."""
TEXTS = ("nan", "-1", "1e999", "9" * 5000, "", '"', "\0", "[" * 3000, "<a>" * 300, "&b;", "\udce9", "é", "\n\n", ",,,,")
HEADED = {".safetensors": 8, ".checkpoint": 8}


def damage(path: Path, seed: int) -> None:
    """Change the file, or in a folder one of its files."""
    random_ = random.Random(seed)
    file = random_.choice(sorted(each for each in path.rglob("*") if each.is_file())) if path.is_dir() else path
    ways = [_bytes, _bytes, _cut, _text]
    content = file.read_bytes()
    if content.startswith(b"SQLite"):
        ways = [_bytes, _cell, _cell, _cell]
    elif file.suffix == ".json":
        ways += [_json, _json, _json, _json]
    elif file.suffix in HEADED:
        ways += [_head, _head]
    random_.choice(ways)(file, content, random_)


def _bytes(file: Path, content: bytes, random_: random.Random) -> None:
    """Flipped, overwritten or put in."""
    changed = bytearray(content)
    for _ in range(random_.choice((1, 3, 30))):
        at = random_.randrange(max(1, len(changed)))
        piece = random_.randbytes(random_.choice((1, 1, 4, 100)))
        changed[at : at + random_.choice((0, len(piece)))] = piece
    file.write_bytes(changed)


def _cut(file: Path, content: bytes, random_: random.Random) -> None:
    file.write_bytes(content[: random_.randrange(len(content))])


def _text(file: Path, content: bytes, random_: random.Random) -> None:
    """A number or word replaced."""
    words = list(re.finditer(rb"[\w.]+", content)) or list(re.finditer(rb"(?s).", content))
    chosen = random_.choice(words)
    piece = random_.choice(TEXTS).encode("utf-8", "surrogateescape")
    file.write_bytes(content[: chosen.start()] + piece + content[chosen.end() :])


def _json(file: Path, content: bytes, random_: random.Random) -> None:
    file.write_bytes(_swapped(content, random_))


def _head(file: Path, content: bytes, random_: random.Random) -> None:
    """The JSON at the head of a safetensors file, its length put right."""
    length = struct.unpack("<Q", content[:8])[0]
    head = _swapped(content[8 : 8 + length], random_)
    file.write_bytes(struct.pack("<Q", len(head)) + head + content[8 + length :])


def _swapped(text: bytes, random_: random.Random) -> bytes:
    """Another value, no value, or a deep one, at some place of a JSON text."""
    document = json.loads(text)
    holders = [each for each in _walk(document) if each]
    holder = random_.choice(holders)
    key = random_.choice(sorted(holder)) if isinstance(holder, dict) else random_.randrange(len(holder))
    if isinstance(holder[key], str) and holder[key].startswith("{") and random_.random() < 0.8:
        holder[key] = _swapped(holder[key].encode(), random_).decode()
    elif random_.random() < 0.15:
        del holder[key]
    else:
        holder[key] = random_.choice(VALUES)
    return json.dumps(document).encode()


def _walk(value: Any) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if isinstance(value, dict | list) else []) + [each for one in inner for each in _walk(one)]


def _cell(file: Path, _: bytes, random_: random.Random) -> None:
    """One value of one row."""
    with closing(sqlite3.connect(file)) as base, suppress(sqlite3.IntegrityError):
        base.execute("PRAGMA journal_mode=DELETE")
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        tables = sorted(table for table in tables if base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        table = random_.choice(tables)
        columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
        column, key = random_.choice(columns), columns[0]
        rows = base.execute(f"SELECT {key}, {column} FROM {table} ORDER BY 1").fetchall()
        row, old = random_.choice(rows)
        base.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {key} = ?", (_stored(old, random_), row))
        base.commit()


def _stored(old: Any, random_: random.Random) -> Any:
    text = old.encode() if isinstance(old, str) else old if isinstance(old, bytes) else b""
    if text.startswith(b'{"') and text.endswith(b"}") and random_.random() < 0.7:
        swapped = _swapped(text, random_)
        return swapped if isinstance(old, bytes) else swapped.decode()
    value = random_.choice((0, -1, 1.5, 1e300, 2**62, "", "x", b"", b"\xff\xfe", "[" * 3000, b"{", "{}", "9" * 5000))
    return (
        value if old is None or random_.random() < 0.8 else old[: len(old) // 2] if isinstance(old, str | bytes) else 7
    )
