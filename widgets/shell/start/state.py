"""What the start page shows, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExampleCard:
    """One click to something alive. note: what it needs first, in words, "" nothing. busy: that is under way."""

    id: str
    title: str
    text: str
    note: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class RecentCard:
    """A project. changed: when, in words. picture: PNG or JPEG, b"" for none. there: its file can be found.

    note: what is wrong with it or who has it open, in words.
    """

    path: str
    title: str
    changed: str = ""
    picture: bytes = b""
    there: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class CutOffJob:
    """A job that was under way when the program ended unasked. note: how far it was."""

    id: int
    title: str
    note: str = ""
    can_resume: bool = False


@dataclass(frozen=True, slots=True)
class CutOff:
    """What was going on when the program ended unasked. project: what was open, "" for none that is named."""

    project: str = ""
    jobs: tuple[CutOffJob, ...] = ()


@dataclass(frozen=True, slots=True)
class StartState:
    """cut_off: None where the program was closed as it should be, or that was read."""

    recent: tuple[RecentCard, ...] = ()
    cards: tuple[ExampleCard, ...] = ()
    cut_off: CutOff | None = None
