"""Suspicions in words: what each kind is called, what stands in a row, and how an audit is going."""

from __future__ import annotations

import math

from engines.core.pictures.files import in_short
from engines.core.words import as_part, tr, tr_count
from engines.faces.study_types import Audit, Suspicion
from widgets.faces.state import AuditView
from widgets.faces.words import file_name, similarity
from widgets.kit.words import DOT, seconds_words

KINDS = {
    "wrong-name": (tr("Wrong name"), "warn", "warn"),
    "same-person": (tr("Two names"), "faces", "accent"),
    "duplicate": (tr("Duplicate"), "copy", "muted"),
    "lonely": (tr("Unlike its own"), "help", "muted"),
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
    what = tr("{kind}, {chance} likely", kind=as_part(kind(suspicion)[0]), chance=chance(suspicion))
    return f"{row + 1}: {suspicion.name}, {what}{state}. {suspicion.reason}"


def done_words(row: int, view: AuditView) -> str:
    """What became of a row, "" nothing yet."""
    if row in view.settled:
        return tr("settled")
    return tr("name is right") if row in view.dismissed else ""


def state_words(view: AuditView) -> str:
    """'60 suspicions among 2,951 images of 1,265 people · 3 done · 8.2 s'."""
    audit = view.audit
    if audit is None:
        return tr("Looking for wrong names") if view.busy else ""
    size = tr_count(
        audit.images,
        "{n} picture of {words}",
        "{n:,} pictures of {words}",
        words=tr("1 person") if audit.people == 1 else tr("{people:,} people", people=audit.people),
    )
    found = (
        tr_count(len(audit.suspicions), "{n} suspicion among {size}", "{n:,} suspicions among {size}", size=size)
        if audit.suspicions
        else tr("{size}, none suspicious", size=size)
    )
    done = len(view.dismissed | view.settled)
    missed = (
        tr_count(len(audit.missed), "{n} picture without a face", "{n:,} pictures without a face")
        if audit.missed
        else ""
    )
    parts = (
        found,
        tr("{done:,} done", done=done) if done else "",
        missed,
        in_short(audit.left_out),
        seconds_words(audit.seconds),
    )
    return DOT.join(part for part in parts if part)


def own_words(suspicion: Suspicion) -> list[str]:
    """What stands under the example of its own person."""
    if suspicion.own is None:
        return []
    return [
        tr("Another of {suspicion}", suspicion=suspicion.name),
        tr("similarity to its own {similarity}", similarity=similarity(suspicion.own)),
    ]


def like_words(suspicion: Suspicion) -> list[str]:
    """What stands under the face it resembles."""
    name = suspicion.like_name or tr("nobody")
    return [
        tr("Nearest {name}", name=name) if suspicion.kind == "lonely" else tr("Resembles {name}", name=name),
        tr("similarity {similarity}", similarity=similarity(suspicion.other)),
    ]


def image_words(suspicion: Suspicion) -> list[str]:
    """What stands under the image in question."""
    return [suspicion.name, file_name(suspicion.image)]


def kinds_of(audit: Audit | None) -> list[tuple[str, str]]:
    """Choices of a filter: all, and each kind there is with how many."""
    rows = audit.suspicions if audit is not None else ()
    found = [(name, sum(one.kind == name for one in rows)) for name in dict.fromkeys(one.kind for one in rows)]
    named = [(name, f"{KINDS.get(name, (name,))[0]} ({many:,})") for name, many in found]
    return [(ALL, tr("All kinds ({count:,})", count=len(rows))), *named]
