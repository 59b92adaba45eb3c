"""The file of what `auto` measured: by machine and class of requests, shared by all processes and all machines that
have this cache folder.

A file that is not ours, or that cannot be read, is left as it is and nothing is kept; what was measured on another
machine stays in it and is not used. Both are said once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from engines.attention.auto.machine import Machine
from engines.attention.types import Choice, Known
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import write_json
from engines.core.places import cache_dir
from engines.core.reading import read_json
from engines.core.spec import from_json, to_json
from engines.core.words import tr

FORMAT = "kinoscope attention choices 1"
MOST = 8 << 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measured:
    """machine: in words; computer: its processor and device, whatever the versions; choices: by class."""

    machine: str
    computer: str
    choices: dict[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """machines: by their `id`."""

    format: str = FORMAT
    machines: dict[str, Measured] = field(default_factory=dict)


def place() -> Path:
    """Where the file is, whether it exists or not."""
    return cache_dir() / "attention.json"


class Book:
    """The file and what this process measured. Nothing is looked up twice: what was found or kept stays."""

    def __init__(self) -> None:
        self._mine: dict[str, Measured] = {}
        self._unsaid: list[str] = []
        self._said: set[str] = set()

    def find(self, machine: Machine, request: str) -> Choice | None:
        """What was measured for it on this machine."""
        mine = self._mine.setdefault(machine.id, Measured(str(machine), machine.computer))
        if request not in mine.choices:
            table = self._read() or Table()
            kept = table.machines.get(machine.id)
            if kept is not None and request in kept.choices:
                mine.choices[request] = kept.choices[request]
            elif table.machines and machine.computer not in (each.computer for each in table.machines.values()):
                self._say(tr("The times in {place} are of another machine and are not used here", place=place()))
        return mine.choices.get(request)

    def keep(self, machine: Machine, request: str, choice: Choice) -> Choice:
        """Keep a choice; one that another process kept meanwhile stands, and is given back."""
        mine = self._mine.setdefault(machine.id, Measured(str(machine), machine.computer))
        table = self._read()
        kept = mine if table is None else table.machines.get(machine.id, replace(mine, choices={}))
        mine.choices[request] = kept.choices.get(request, choice)
        if table is not None:
            kept = replace(kept, choices=kept.choices | {request: mine.choices[request]})
            self._write(Table(machines=table.machines | {machine.id: kept}))
        return mine.choices[request]

    def known(self) -> tuple[Known, ...]:
        """What is kept of this and of other machines, and what this process found."""
        machines = (self._read() or Table()).machines
        for id, mine in self._mine.items():
            kept = machines.get(id, mine)
            machines = machines | {id: replace(kept, choices=kept.choices | mine.choices)}
        return tuple(
            Known(each.machine, request, choice)
            for each in machines.values()
            for request, choice in each.choices.items()
        )

    def notes(self) -> str:
        """What the user has not been told yet."""
        told, self._unsaid = ". ".join(self._unsaid), []
        return told

    def _read(self) -> Table | None:
        """None where there is a file that cannot be read."""
        try:
            if not place().exists():
                return Table()
            table: Table = from_json(Table, read_json(place(), most=MOST))
            if table.format == FORMAT:
                return table
            error: Exception = BadInput(tr("its format is '{format}'", format=table.format))
        except (KinoscopeError, OSError) as failure:
            error = failure
        self._say(tr("Times of attention are not kept, their file is left as it is: {error}", error=error))
        return None

    def _write(self, table: Table) -> None:
        try:
            write_json(place(), to_json(table))
        except (KinoscopeError, OSError) as error:
            self._say(tr("Times of attention are not kept: {error}", error=error))

    def _say(self, note: str) -> None:
        if note not in self._said:
            self._said.add(note)
            self._unsaid.append(note)
            log.warning("%s", note)
