"""kill -9 at random moments while every page is used by script: what the window showed before is there after a restart.

Each life of the window shows all pages first, which is what the life before is compared with, field by field.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer

from engines.core.errors import KinoscopeError

ROOT = Path(__file__).resolve().parents[3]
KEPT_WITHIN = 2.0
"""Seconds: what was shown longer ago than this must be there."""
LONGEST = 900
NEAR = 2.5
"""Seconds that a film may be elsewhere: it is kept to the second, and plays on until it is looked at."""


def main(
    moments: Annotated[int, typer.Option(help="Kills.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the moments and of what is changed.")] = 0,
    least: Annotated[float, typer.Option(help="Seconds of work before a kill, at least.")] = 3.0,
    most: Annotated[float, typer.Option(help="Seconds of work before a kill, at most.")] = 9.0,
) -> dict[str, Any]:
    """Fields compared and fields lost, with names and values."""
    with tempfile.TemporaryDirectory(prefix="kinoscope-kill-") as home:
        return lives(Path(home), moments, seed, (least, most), begin="content")


def lives(
    home: Path, moments: int, seed: int, seconds: tuple[float, float], only: Sequence[str] = (), begin: str = "scene"
) -> dict[str, Any]:
    """Lives in one home, each killed but the last, which is killed once it was looked at. begin: what the first has."""
    dice, before = Random(seed), list[dict[str, Any]]()
    compared, lost, gone = 0, list[str](), list[str]()
    for life in range(moments + 1):
        work = dice.uniform(*seconds) if life < moments else 0.0
        arguments = (str(dice.randrange(10**6)), str(work), begin if not life else "", *only)
        records = live(home, home / f"life{life}.jsonl", *arguments)
        if before:
            found = compare(before, records)
            compared += found[0]
            lost += [f"life {life}: {text}" for text in found[1]]
            gone += [f"life {life}: {text}" for text in sorted(found[2])]
        before = records
    return {
        "moments": moments,
        "compared": compared,
        "lost": len(lost) + len(gone),
        "fields": lost,
        "not shown again": gone,
    }


def live(home: Path, out: Path, *arguments: str) -> list[dict[str, Any]]:
    """One life; its records. Raises `KinoscopeError` where it ended otherwise than by its kill."""
    place = {"KINOSCOPE_HOME": str(home / "home"), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "workbench.benchmarks.desk.lives", str(out), *arguments]
    done = subprocess.run(
        command, env=os.environ | place, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    if done.returncode != -signal.SIGKILL:
        raise KinoscopeError(f"The window ended by itself ({done.returncode}): {done.stderr[-2000:]}")
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def compare(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[int, list[str], set[str]]:
    """How many fields were compared, what was lost in words, and what is not shown any more where it was shown last.

    A field must be as it was at some moment of the last two seconds of the life before; one that was not in view then
    as it was seen last.
    """
    end = before[-1]["t"]
    seen = {name for record in before if _is_shown(record, end - KEPT_WITHIN) for name in record["values"]}
    shown = {name: values for name, values in _allowed(before, end - KEPT_WITHIN).items() if name in seen}
    now = _first(record for record in after if record["what"] in ("begin", "look"))
    now |= _nearest(shown, after)
    lost = [
        f"{name}: {now[name]!r} instead of {', '.join(map(repr, values))}"
        for name, values in shown.items()
        if name in now and not _is_one_of(name, now[name], values)
    ]
    return len(shown.keys() & now.keys()), lost, _gone(before, after, end - KEPT_WITHIN)


def _is_shown(record: dict[str, Any], since: float) -> bool:
    """What a change has made of the fields is shown once the window has been painted, at the next look."""
    return bool(record["t"] <= since and record["what"] != "done")


def _nearest(shown: dict[str, list[Any]], after: list[dict[str, Any]]) -> dict[str, Any]:
    """Of films the moment that is nearest to where they were, less what they can have played since the start: they take
    their time to open, and play on while the window is busy with its first pages; one that plays may end meanwhile.
    """
    found: dict[str, Any] = {}
    for record in after:
        values, since = record["values"], record["t"] - after[0]["t"]
        found |= {
            name: value for name, value in values.items() if name.startswith("once: ") and value in shown.get(name, ())
        }
        for name in (name for name in values if name.startswith("near: ") and name in shown):
            film = name.rpartition(" ")[2]
            played = 0.0 if values.get(f"once: {film} stands") else since * values.get(f"state: speed of {film}", 1.0)
            now = max(values[name] - played, min(values[name], max(shown[name])))
            both = [now, *([found[name]] if name in found else [])]
            found[name] = min(both, key=lambda at: min(abs(at - one) for one in shown[name]))
    return found


def _is_one_of(name: str, value: Any, values: list[Any]) -> bool:
    if name.startswith("near: "):
        return min(values) - NEAR <= value <= max(values) + NEAR
    return value in values


def _gone(before: list[dict[str, Any]], after: list[dict[str, Any]], since: float) -> set[str]:
    """Fields that a place showed all through the last seconds, and does not show now.

    A panel stands beside many places, and a fold or a choice of kind takes its fields away at all of them, most of
    which are not looked at again before the kill: what was seen to go while its place stayed is expected nowhere until
    it is seen again.
    """
    last: dict[str, set[str]] = {}
    away, place_before, names_before = set[str](), "", set[str]()
    for record in before:
        place, names = record.get("place", ""), _fields_of(record)
        if place == place_before:
            away |= names_before - names
        if _is_shown(record, since):
            away -= names
        place_before, names_before = place, names
        last[place] = names if _is_shown(record, since) or place not in last else last[place] & names
    now = {record.get("place", ""): _fields_of(record) for record in after if record["what"] == "look"}
    return {f"{place}: {name}" for place, names in now.items() for name in last.get(place, names) - names - away}


def _fields_of(record: dict[str, Any]) -> set[str]:
    """Its fields: states are compared, but come once what they are of is made; a row of a source is called as that is,
    and a source can be renamed.
    """
    names = (name for name in record["values"] if not name.startswith(("state: ", "near: ", "late: ", "once: ")))
    return {name for name in names if "/SourceList/" not in name}


def _allowed(records: list[dict[str, Any]], since: float) -> dict[str, list[Any]]:
    """The values of every field from this moment on, with the one that it had then."""
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in (record["values"] | record.get("changed", {})).items():
            had = values.get(name, [])
            values[name] = [value] if _is_shown(record, since) else [*had, *([value] if value not in had else [])]
    return values


def _first(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What each field showed when it was last looked at; of the window's own state what it began with."""
    found: dict[str, Any] = {}
    for record in records:
        for name, value in record["values"].items():
            if name.startswith(("state: ", "near: ")):
                found.setdefault(name, value)
            else:
                found[name] = value
    return found
