"""A failure as plain values: the part of an exception that crosses a thread or a process.

Threads, workers, jobs and the log all speak of failures in this one shape. Free of Qt, because workers use it too.
"""

from __future__ import annotations

import signal
import traceback as tracebacks
from dataclasses import dataclass

from engines.core.addresses import hidden
from engines.core.errors import NO_FACTS, Facts, KinoscopeError, Told
from engines.core.words import tr


@dataclass(frozen=True, slots=True)
class Failure(Told):
    """message: what happened. path: to which file. hint: what to do. kind: as in the command line's JSON.
    "defect": the program is at fault, not the input. facts: what a program may act on.

    traceback: the whole of it for a defect of ours, also kept for a user's error (the log shows it on demand).
    """

    message: str
    path: str | None = None
    hint: str = ""
    traceback: str = ""
    kind: str = "defect"
    facts: Facts = NO_FACTS

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        if isinstance(error, RemoteFailure):
            return error.failure
        trace = hidden("".join(tracebacks.format_exception(error)))
        if isinstance(error, KinoscopeError):
            return cls(error.message, error.path, error.hint, trace, error.kind, error.facts)
        words = hidden(str(error).strip())
        name = type(error).__name__
        return cls(f"{name}: {words}" if words else name, traceback=trace)


class RemoteFailure(Exception):
    """An exception that was raised in a worker, as it is seen from outside."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


def exit_in_words(code: int | None) -> str:
    """How a process ended, for people: "killed (SIGKILL)", "crashed (SIGSEGV)", "ended with code 3"."""
    if code is None:
        return tr("is still running")
    if code >= 0:
        return tr("ended with code {code}", code=code)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = tr("signal {code}", code=-code)
    crashed = name in {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"}
    return tr("crashed ({name})", name=name) if crashed else tr("was killed ({name})", name=name)
