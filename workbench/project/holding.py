"""Who has a project open: one lock beside the file, which tells its holder, so that two windows never write to one."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

from engines.core.words import tr


@dataclass(frozen=True, slots=True)
class Holder:
    """The program that has a project open. since: seconds since 1970. user: "" where the system does not tell."""

    process: int
    program: str
    machine: str
    user: str
    since: float

    @property
    def words(self) -> str:
        """A sentence."""
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.since))
        told = {"process": self.process, "machine": self.machine, "when": when}
        if self.user:
            return tr("{user} has it open on {machine} since {when} (process {process}).", user=self.user, **told)
        return tr("It is open on {machine} since {when} (process {process}).", **told)


def lock_of(path: Path) -> QLockFile:
    """One lock for one file, by whatever link it is reached."""
    lock = QLockFile(f"{os.path.realpath(path)}.lock")
    lock.setStaleLockTime(0)
    return lock


def is_held(lock: QLockFile) -> bool:
    """Whether it could not be had because another program has it."""
    return lock.error() == QLockFile.LockError.LockFailedError


def holder_of(lock: QLockFile) -> Holder | None:
    """Who has the lock; None while nobody has, or it cannot be told."""
    told: object = lock.getLockInfo()
    if not isinstance(told, tuple) or len(told) != 3 or not told[0]:
        return None
    process, machine, program = told
    try:
        status = Path(lock.fileName()).stat()
    except OSError:
        return None
    return Holder(int(process), str(program), str(machine), _user(status.st_uid), status.st_mtime)


def is_ours(lock: QLockFile) -> bool:
    """Whether this program still has the lock: its file may have gone with the disk that it lies on."""
    holder = holder_of(lock)
    return lock.isLocked() and (holder is None or holder.process == os.getpid())


def _user(number: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return ""
