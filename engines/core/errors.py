"""The errors a user can meet. Each says what happened, to which file, and what to do about it.

The command line prints them without a traceback and the window shows them in the panel that asked.
Anything that is not a `KinoscopeError` is a defect of ours and keeps its traceback.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engines.core.addresses import hidden


@dataclass(frozen=True, slots=True)
class Facts:
    """What a program may act on. fetch: files of the model store that are missing; board: the one that would fit, in
    its one-word form."""

    fetch: tuple[str, ...] = ()
    board: str = ""


NO_FACTS = Facts()


class Told:
    """The parts of a failure as a sentence and as JSON, for errors and for what is left of them in another process."""

    kind: str
    message: str
    path: str | None
    hint: str
    facts: Facts

    def __str__(self) -> str:
        where = f" ({self.path})" if self.path and self.path not in self.message else ""
        return f"{self.message}{where}" + (f". {self.hint}" if self.hint else "")

    def as_json(self) -> dict[str, Any]:
        """The object under the key `error` in the command line's JSON; only the facts that there are."""
        words = {"kind": self.kind, "message": self.message, "path": self.path, "hint": self.hint}
        return words | {name: value for name, value in asdict(self.facts).items() if value}


class KinoscopeError(Told, Exception):
    """What happened (`message`), to which file or address (`path`), what to do (`hint`). No passwords in it."""

    kind = "error"
    exit_code = 1

    def __init__(
        self, message: str, *, path: str | Path | None = None, hint: str = "", facts: Facts = NO_FACTS
    ) -> None:
        self.message = hidden(message)
        super().__init__(self.message)
        self.path = None if path is None else hidden(str(path))
        self.hint = hint
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.path, self.hint, self.facts)


def _rebuild(cls: type[KinoscopeError], message: str, path: str | None, hint: str, facts: Facts) -> KinoscopeError:
    return cls(message, path=path, hint=hint, facts=facts)


class UsageError(KinoscopeError):
    """The command or setting itself makes no sense, whatever the files hold."""

    kind = "usage"
    exit_code = 2


class BadInput(KinoscopeError):
    """A file, folder or value from outside is broken, empty or of the wrong sort."""

    kind = "bad-input"


class SourceFailed(KinoscopeError):
    """A camera, file or stream cannot be opened or has stopped answering."""

    kind = "source"


class FileMissing(KinoscopeError):
    """A weight or data file of the model store is not on this machine."""

    kind = "missing-file"


class WorkFailed(KinoscopeError):
    """The input was fine and the computation still has no result worth giving."""

    kind = "work"


class OutOfResources(KinoscopeError):
    """Memory, disk or a device ran out."""

    kind = "resources"


class WorkerLost(KinoscopeError):
    """A worker process died under its job: killed, crashed in native code, or out of memory."""

    kind = "worker-lost"


class Cancelled(KinoscopeError):
    """The user asked for an end. Not a failure: nothing half done is left behind."""

    kind = "cancelled"

    def __init__(
        self, message: str = "Cancelled", *, path: str | Path | None = None, hint: str = "", facts: Facts = NO_FACTS
    ) -> None:
        super().__init__(message, path=path, hint=hint, facts=facts)
