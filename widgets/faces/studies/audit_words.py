"""Suspicions in words: what each kind is called, what stands in a row, and how an audit is going."""

from __future__ import annotations

import math

from engines.core.pictures.files import in_short
from engines.faces.study_types import Audit, Suspicion
from widgets.faces.state import AuditView
from widgets.faces.words import file_name, similarity
from widgets.kit.words import DOT, count, seconds_words

KINDS = {
    "wrong-name": ("Wrong name", "warn", "warn"),
    "same-person": ("Two names", "faces", "accent"),
    "duplicate": ("Duplicate", "copy", "muted"),
    "lonely": ("Unlike its own", "help", "muted"),
}
"""Words, icon and its colour."""
ALL = "all"


def kind(suspicion: Suspicion) -> tuple[str, str, str]:
    return KINDS.get(suspicion.kind, (suspicion.kind, "help", "muted"))


def can_move(suspicion: Suspicion) -> bool:
    """Whether there is somebody whose name it could bear instead."""
    return bool(suspicion.like_name) and suspicion.like_name != suspicion.name and suspicion.kind != "lonely"


def chance(suspicion: Suspicion) -> str:
    """How likely the name is wrong, from its log odds: '73 %'."""
    share = 1 / (1 + math.exp(-min(max(suspicion.score, -50), 50)))
    return "> 99 %" if share > 0.99 else "< 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def row_words(row: int, suspicion: Suspicion, done: str = "") -> str:
    """One row as a screen reader says it."""
    state = f", {done}" if done else ""
    what = f"{kind(suspicion)[0].lower()}, {chance(suspicion)} likely"
    return f"{row + 1}: {suspicion.name}, {what}{state}. {suspicion.reason}"


def done_words(row: int, view: AuditView) -> str:
    """What became of a row, "" nothing yet."""
    if row in view.settled:
        return "settled"
    return "name is right" if row in view.dismissed else ""


def state_words(view: AuditView) -> str:
    """'60 suspicions among 2,951 images of 1,265 people · 3 done · 8.2 s'."""
    audit = view.audit
    if audit is None:
        return "Looking for wrong names" if view.busy else ""
    size = f"{count(audit.images, 'image')} of {'1 person' if audit.people == 1 else f'{audit.people:,} people'}"
    found = (
        f"{count(len(audit.suspicions), 'suspicion')} among {size}" if audit.suspicions else f"{size}, none suspicious"
    )
    done = len(view.dismissed | view.settled)
    missed = f"{count(len(audit.missed), 'image')} without a face" if audit.missed else ""
    parts = (found, f"{done:,} done" if done else "", missed, in_short(audit.left_out), seconds_words(audit.seconds))
    return DOT.join(part for part in parts if part)


def own_words(suspicion: Suspicion) -> list[str]:
    """What stands under the example of its own person."""
    if suspicion.own is None:
        return []
    return [f"Another of {suspicion.name}", f"similarity to its own {similarity(suspicion.own)}"]


def like_words(suspicion: Suspicion) -> list[str]:
    """What stands under the face it resembles."""
    verb = "Nearest" if suspicion.kind == "lonely" else "Resembles"
    return [f"{verb} {suspicion.like_name or 'nobody'}", f"similarity {similarity(suspicion.other)}"]


def image_words(suspicion: Suspicion) -> list[str]:
    """What stands under the image in question."""
    return [suspicion.name, file_name(suspicion.image)]


def kinds_of(audit: Audit | None) -> list[tuple[str, str]]:
    """Choices of a filter: all, and each kind there is with how many."""
    rows = audit.suspicions if audit is not None else ()
    found = [(name, sum(one.kind == name for one in rows)) for name in dict.fromkeys(one.kind for one in rows)]
    named = [(name, f"{KINDS.get(name, (name,))[0]} ({many:,})") for name, many in found]
    return [(ALL, f"All kinds ({len(rows):,})"), *named]
