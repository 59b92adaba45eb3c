"""Messages between the window and its workers through the pipe. Small frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engines.core.context import Lease
from workbench.work.failure import Failure
from workbench.work.shared import Packed

Verb: TypeAlias = Literal["run", "open", "configure", "process", "again", "reset", "close"]

# --- to the worker


@dataclass(frozen=True, slots=True)
class Call:
    """Do one thing and answer with `Reply`, `Failed` or `Stopped` of the same number.

    "run" takes (job, spec as JSON); "open" (engine, settings); "configure" settings; "process" a list of frames;
    "reset" a `Reset`; "again" and "close" nothing.
    """

    number: int
    verb: Verb
    payload: Packed


@dataclass(frozen=True, slots=True)
class Cancel:
    """The call of this number is not wanted any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Granted:
    """The broker's answer to `LeaseWanted`: a lease, or why there will never be one."""

    number: int
    lease: Lease | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Attach:
    """Use this shared memory: "in" carries what comes to the worker, "out" what it sends."""

    direction: Literal["in", "out"]
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Quit:
    """End now."""


# --- both ways


@dataclass(frozen=True, slots=True)
class Freed:
    """What was packed up to `end` of the ring of that name has been read."""

    name: str
    end: int


# --- from the worker


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker listens. seconds: since its interpreter began to run our code."""

    pid: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    number: int
    done: float
    total: float
    note: str


@dataclass(frozen=True, slots=True)
class Event:
    number: int
    key: str
    payload: Packed


@dataclass(frozen=True, slots=True)
class Reply:
    """json: the value as JSON text for the history, "" where it has no such form."""

    number: int
    payload: Packed
    json: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    number: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class Stopped:
    """The call saw that it was cancelled."""

    number: int


@dataclass(frozen=True, slots=True)
class LeaseWanted:
    number: int
    device: str
    bytes: int
    threads: int


@dataclass(frozen=True, slots=True)
class LeaseReturned:
    number: int


@dataclass(frozen=True, slots=True)
class Attached:
    """The worker has attached; the name may go."""

    name: str


@dataclass(frozen=True, slots=True)
class RoomWanted:
    """A value was larger than half the "out" ring."""

    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """One record of the worker's log."""

    level: int
    logger: str
    text: str
    details: str = ""
