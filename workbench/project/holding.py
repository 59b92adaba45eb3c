"""Who has a project open: one lock beside the file, which tells its holder, so that two windows never write to one."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QStorageInfo, QSysInfo

from engines.core.errors import BadInput, KinoscopeError
from engines.core.reading import read_bytes
from engines.core.words import tr

MOST = 4096
"""Bytes of a lock."""
BEING_MADE = 0.5
"""Seconds in which whoever makes a lock has written into it."""


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


def disk_of(path: Path) -> int | None:
    """The disk that the folder of a file is on: where one is gone, its place may be an empty folder of another."""
    try:
        return path.parent.stat().st_dev
    except OSError:
        return None


def take(lock: QLockFile) -> bool:
    """Have the lock, unless somebody has it; whether that is so now.

    A program that was killed leaves its own, and its number may be another program's by now: what counts is whether
    the system knows of one that holds the file.
    """
    if not _may_be_looked_at(lock):
        return False
    return lock.tryLock(0) or (is_held(lock) and _is_of_here(lock) and take_away(lock))


def take_away(lock: QLockFile) -> bool:
    """Have a lock that no program of this machine holds, whatever stands in it."""
    return lock.removeStaleLockFile() and lock.tryLock(0)


def locked(path: Path) -> QLockFile:
    """The lock of a file that is to be made or replaced. Raises `BadInput` where another window has it."""
    lock = lock_of(path)
    if not take(lock) and is_held(lock):
        hint = tr("Close it there, or choose another name")
        raise BadInput(tr("Another window has this project open"), path=path, hint=hint)
    return lock


def is_elsewhere(path: Path) -> bool:
    """Whether the lock of a file that is held is another machine's, of which nobody here can tell whether it runs."""
    return not _is_of_here(lock_of(path))


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


def _may_be_looked_at(lock: QLockFile) -> bool:
    """Qt reads all of what lies there, and would wait for a pipe for ever."""
    try:
        read_bytes(lock.fileName(), most=MOST)
    except KinoscopeError:
        return not os.path.lexists(lock.fileName())
    return True


def _is_of_here(lock: QLockFile) -> bool:
    """A program of this machine made it, by whatever name it went then, or it lies on a disk that no other one has."""
    path = Path(lock.fileName())
    try:
        said = read_bytes(path, most=MOST).split(b"\n")
        young = time.time() - path.stat().st_mtime < BEING_MADE
    except (KinoscopeError, OSError):
        return False
    if len(said) < 3:
        return not young
    ours = {QSysInfo.machineHostName().encode(), bytes(QSysInfo.machineUniqueId().data())}
    return bool(ours & set(said[2:4])) or QStorageInfo(str(path.parent)).device().startsWith(b"/dev/")


def _user(number: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return ""
