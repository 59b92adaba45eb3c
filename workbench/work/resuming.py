"""Which jobs can go on where they were cut off, and with what: asked of the engine that keeps their checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engines.core.errors import KinoscopeError
from engines.core.spec import from_json, resolve
from engines.core.training.standing import Standing, remove
from workbench.work.job_store import JobRecord, JobState

ENDED_EARLY = (JobState.CANCELLED, JobState.FAILED, JobState.LOST)


@dataclass(frozen=True)
class Resumable:
    """A kind of job that keeps a checkpoint, in names of the form "module:name" that are free of torch.

    spec: its dataclass, with fields `anew` and `keep`. The others take such a spec: checkpoint gives its path;
    standing, how far the training came that was cut off, None where there is nothing to go on with; line, the command.
    """

    spec: str
    checkpoint: str
    standing: str
    line: str

    def spec_of(self, record: JobRecord) -> Any:
        """Raises `BadInput` for a spec that makes no sense any more."""
        return from_json(resolve(self.spec), record.spec)

    def standing_of(self, record: JobRecord) -> Standing | None:
        """How far a job came that has ended early; one that never began stands at step 0."""
        if record.state not in ENDED_EARLY:
            return None
        try:
            spec = self.spec_of(record)
            there = resolve(self.standing)(spec)
            place = resolve(self.checkpoint)(spec) if there is None and record.started is None else None
        except (KinoscopeError, OSError, ValueError):
            return None
        return there if place is None else Standing(place, 0, int(getattr(spec, "steps", 0)))

    def place_of(self, record: JobRecord) -> Path | None:
        """Where a job keeps its checkpoint."""
        try:
            return resolve(self.checkpoint)(self.spec_of(record))
        except (KinoscopeError, OSError, ValueError):
            return None

    def again(self, record: JobRecord, *, keep: bool = False) -> tuple[Any, str]:
        """The spec that goes on, that begins what never began, or that keeps the checkpoint as a model; its command."""
        there = self.standing_of(record)
        spec = self.spec_of(record)
        spec = replace(spec, anew=spec.anew and there is not None and there.step == 0, keep=keep)
        return spec, resolve(self.line)(spec)


class Standings:
    """How far each job came that ended early: looked up once, and again when something has changed.

    Of several jobs with one checkpoint only the newest goes on with it, and none while a job writes it.
    """

    def __init__(self, kinds: Mapping[str, Resumable]) -> None:
        self._kinds = kinds
        self._known: dict[int, Standing] | None = None

    def forget(self) -> None:
        """Something ended, began, or was removed."""
        self._known = None

    def of(self, id: int, records: Callable[[], list[JobRecord]]) -> Standing | None:
        """records: all of them, oldest first."""
        if self._known is None:
            self._known = self._look(records())
        return self._known.get(id)

    def sweep(self, dropped: Sequence[JobRecord], kept: Sequence[JobRecord]) -> None:
        """Delete the checkpoints of jobs that are too old to be kept, unless a younger job has the same one."""
        found = self._look(list(dropped)).values()
        if found:
            places = {kind.place_of(record) for record in kept if (kind := self.kind(record)) is not None}
            for there in found:
                drop(None if there.path in places else there)

    def kind(self, record: JobRecord) -> Resumable | None:
        return self._kinds.get(record.job)

    def _look(self, records: list[JobRecord]) -> dict[int, Standing]:
        found: dict[int, Standing] = {}
        taken: set[Path | None] = set()
        for record in reversed(records):
            kind = self.kind(record)
            if kind is None or record.state is JobState.DONE:
                continue
            if not record.state.over:
                taken.add(kind.place_of(record))
                continue
            there = kind.standing_of(record)
            if there is not None and (there.step == 0 or there.path not in taken):
                found[record.id] = there
                taken |= {there.path} if there.step else set()
        return found


def drop(there: Standing | None) -> None:
    """Delete the checkpoint of a job that is taken off the list."""
    if there is not None and there.step:
        remove(there.path)
