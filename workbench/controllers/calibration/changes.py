"""What undo goes over: settings, boards and photographs of a calibration, changed together and taken back together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from PySide6.QtGui import QUndoCommand

from engines.core.words import tr
from workbench.controllers.calibration.session import Material, Session
from workbench.controllers.shell.step import Step

WORDS = {
    "board": tr("Change the board"),
    "more_boards": tr("Change the boards"),
    "model": tr("Change the lens model"),
    "free_board": tr("Solve for the board's shape"),
    "window": tr("Change the corner window"),
    "fix": tr("Change what is held"),
    "every": tr("Change which frames are looked at"),
    "mirror": tr("Change how mirrored pictures are read"),
}
"""What a change of one setting is called in the Edit menu."""
STEPPED = frozenset(("window", "every"))
"""Settings that a field goes through step by step: the steps that follow one another are one change."""


@dataclass(frozen=True, slots=True)
class Put:
    """A part of a session: these settings, and the material unless it is None."""

    settings: Mapping[str, object] = field(default_factory=dict)
    material: Material | None = None

    def before(self, session: Session) -> Put:
        """The same part as it is in a session."""
        settings = {name: getattr(session.settings, name) for name in self.settings}
        return Put(settings, None if self.material is None else session.material)


class Change(Step):
    """From one part of a session to another of the kind that `apply` takes, which shows it.

    merged: a name that changes share which are one for the user, as the steps of one field.
    """

    def __init__(
        self, text: str, before: Any, after: Any, apply: Callable[[Any], None], merged: str = "",
        where: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, where)
        self._before, self._after, self._apply, self._merged = before, after, apply, merged

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def id(self) -> int:
        return crc32(self._merged.encode()) >> 1 if self._merged else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Change) or other._merged != self._merged:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True
