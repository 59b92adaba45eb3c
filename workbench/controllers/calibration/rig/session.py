"""The state of a rig's calibration as plain values: what is set, and the results of what was solved. No Qt here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from engines.calibration.rig.types import RigResult, RigSpec
from widgets.calibration.rig.setup import RigSetup
from workbench.controllers.common.command_line import but, line, options, saying

JOB = "engines.calibration.rig.solving:run"
REMEMBERED = 12
"""Results kept, so that undo shows the earlier figures at once."""


@dataclass(frozen=True, slots=True)
class Material:
    """What undo goes over: everything that is set, and a rig that was read from a file."""

    setup: RigSetup = RigSetup()
    loaded: RigResult | None = None
    loaded_from: str = ""


@dataclass
class Session:
    """What is set, and the results of the specs that were solved. stored: loaded and last result as the project has
    them."""

    material: Material = field(default_factory=Material)
    last: RigResult | None = None
    stored: tuple[RigResult | None, RigResult | None] = (None, None)
    _solved: OrderedDict[RigSpec, RigResult] = field(default_factory=OrderedDict)

    @property
    def setup(self) -> RigSetup:
        return self.material.setup

    @property
    def spec(self) -> RigSpec:
        return self.setup.spec

    def keep(self, spec: RigSpec, result: RigResult) -> None:
        """Remember what a job gave."""
        self._solved[spec] = result
        self._solved.move_to_end(spec)
        while len(self._solved) > REMEMBERED:
            self._solved.popitem(last=False)
        self.last = result

    @property
    def solved(self) -> RigResult | None:
        """The remembered result of exactly what is set."""
        return self._solved.get(self.spec)

    @property
    def result(self) -> RigResult | None:
        """What is shown: the loaded one, else that of what is set, else the last one of these pictures."""
        if self.material.loaded is not None:
            return self.material.loaded
        return (self.solved or self.last) if self.setup.paths else None

    @property
    def current(self) -> bool:
        """The result belongs to what is set."""
        return self.material.loaded is not None or self.result is self.solved


def _holds(spec: RigSpec) -> bool:
    """Whether the line says how known cameras are held."""
    return bool(spec.intrinsics) or spec.hold == "fixed"


@saying(JOB, *but(RigSpec, "held_out", "lists"), when=_holds)
def command_line(spec: RigSpec, paths: Sequence[str] = ()) -> str:
    """The `main.py` line that does what `spec` says. paths: shorter ones for the same files."""
    boards = (word for board in spec.boards for word in ("--board", board))
    names = ("--names", ",".join(spec.names)) if any(spec.names) else ()
    known = ("--intrinsics", spec.intrinsics, "--hold", spec.hold) if spec.intrinsics else ()
    held = ("--fix", ",".join(spec.fix)) if spec.fix else ()
    offsets = ("--offsets", ",".join(map(str, spec.offsets))) if any(spec.offsets) else ()
    changed = options(
        spec, "tiles", "margin", "match", "model", "shared_lens", "free_board", "loss", "reference", "window", "every",
        "exclude", "mirror", "out",
    )  # fmt: skip
    return line("calibrate", "rig", *(paths or spec.paths), *boards, *names, *known, *held, *offsets, *changed)
