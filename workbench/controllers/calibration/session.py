"""The state of a calibration as plain values: settings, photographs, and the results solved from them.

No Qt here. The controller changes these values; what the panel shows is computed from them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from engines.calibration.types import MonoResult, MonoSpec, ViewResult
from engines.core.boards import Board
from engines.core.lenses import ModelName
from widgets.calibration.state import DEFAULT_BOARD, CalibrationView, ViewRow, coverage_of
from widgets.kit.words import count
from workbench.controllers.common.command_line import line, options

JOB = "engines.calibration.mono:run"
REMEMBERED = 24
"""Results kept, so that undo shows the earlier figures at once."""


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """How to look and how to solve. board is written in its one-word form."""

    board: str = str(DEFAULT_BOARD)
    model: ModelName = "brown5"
    free_board: bool = False
    window: str = "auto"
    auto: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """What undo goes over: the photographs, and a calibration that was read from a file.

    dropped: single corners that are left out, `view#id`.
    """

    views: tuple[ViewRow, ...] = ()
    loaded: MonoResult | None = None
    loaded_from: str = ""
    dropped: tuple[str, ...] = ()

    def with_views(self, rows: Iterable[ViewRow]) -> Material:
        """More photographs; those that are there already stay as they are. Ends the show of a loaded calibration."""
        have = {view.path for view in self.views}
        fresh = tuple(row for row in rows if row.path not in have)
        return Material((*self.views, *fresh), dropped=self.dropped) if fresh else self

    def dropping(self, corner: str, on: bool) -> Material:
        """With one corner left out, or back in."""
        rest = tuple(name for name in self.dropped if name != corner)
        return replace(self, dropped=(*rest, corner) if on else rest)

    def lost_in(self, after: Material) -> str:
        """What is here and not there, in words with a verb, "" when nothing is."""
        kept = {view.path for view in after.views}
        views = sum(view.path not in kept for view in self.views)
        if views:
            return f"{count(views, 'view')} {'is' if views == 1 else 'are'}"
        return f"{self.loaded_from} is" if self.loaded is not None and self.loaded != after.loaded else ""

    def without(self, paths: Iterable[str]) -> Material:
        gone = set(paths)
        return replace(self, views=tuple(view for view in self.views if view.path not in gone))

    def switched(self, paths: Iterable[str], on: bool) -> Material:
        chosen = set(paths)
        return replace(
            self, views=tuple(replace(view, used=on) if view.path in chosen else view for view in self.views)
        )

    def unseen(self) -> Material:
        """The same photographs with nothing known of where the board is: another board is looked for."""
        return replace(self, views=tuple(ViewRow(view.path, view.name, view.used) for view in self.views))


@dataclass
class Session:
    """Settings, material, and the results of the specs that were solved."""

    settings: CalibrationSettings = field(default_factory=CalibrationSettings)
    material: Material = field(default_factory=Material)
    last: MonoResult | None = None
    _solved: OrderedDict[MonoSpec, MonoResult] = field(default_factory=OrderedDict)

    @property
    def board(self) -> Board:
        return Board.parse(self.settings.board)

    def spec(self, *, leave_one_out: bool = True) -> MonoSpec:
        """The job that solves for what is shown."""
        views = self.material.views
        return MonoSpec(
            images=tuple(view.path for view in views),
            board=self.board,
            model=self.settings.model,
            free_board=self.settings.free_board,
            window=self.settings.window,
            exclude=tuple(view.name for view in views if not view.used),
            drop=self.material.dropped,
            leave_one_out=leave_one_out,
        )

    def keep(self, spec: MonoSpec, result: MonoResult) -> None:
        """Remember what a job gave."""
        self._solved[spec] = result
        self._solved.move_to_end(spec)
        while len(self._solved) > REMEMBERED:
            self._solved.popitem(last=False)
        self.last = result

    def solved(self, *, leave_one_out: bool = True) -> MonoResult | None:
        """The remembered result of exactly what is shown."""
        return self._solved.get(self.spec(leave_one_out=leave_one_out))

    def forget(self) -> None:
        self.last = None
        self._solved.clear()

    @property
    def result(self) -> MonoResult | None:
        """What is shown: the loaded one, else the one of these views and settings, else the last one."""
        if self.material.loaded is not None:
            return self.material.loaded
        if not self.material.views:
            return None
        return self.solved() or self.solved(leave_one_out=False) or self.last

    @property
    def current(self) -> bool:
        """The result shown belongs to the views and settings shown."""
        return self.material.loaded is not None or self.result in (self.solved(), self.solved(leave_one_out=False))

    @property
    def has_new_views(self) -> bool:
        """There are views that the last result knows nothing of."""
        known = {view.path for view in self.last.views} if self.last else set()
        return any(view.path not in known for view in self.material.views)

    def view(self) -> CalibrationView:
        """The panel's state, but for sources, the live finder and running work."""
        result, rows = self.result, self.rows()
        return CalibrationView(
            auto=self.settings.auto,
            board=self.board,
            model=self.settings.model,
            free_board=self.settings.free_board,
            window=self.settings.window,
            views=rows,
            result=result,
            current=self.current,
            loaded_from=self.material.loaded_from,
            coverage=coverage_of((row.corners, row.size) for row in rows if row.used and row.size is not None),
        )

    def rows(self) -> tuple[ViewRow, ...]:
        """The photographs with what the result says of each."""
        result = None if self.material.loaded is not None else self.result
        known = {view.path: view for view in result.views} if result else {}
        return tuple(_row(view, known.get(view.path), result) for view in self.material.views)


def command_line(spec: MonoSpec) -> str:
    """The `main.py` line that does what `spec` says, quoted for this system's shell."""
    changed = options(spec, "model", "free_board", "window", "exclude", "drop", "out")
    return line("calibrate", "mono", *spec.images, "--board", spec.board, *changed)


def photograph(path: str | Path) -> ViewRow:
    """A photograph nothing is known of yet."""
    return ViewRow(str(path), Path(path).name)


def _row(view: ViewRow, told: ViewResult | None, result: MonoResult | None) -> ViewRow:
    if told is None or result is None:
        return view
    return replace(
        view,
        found=told.found,
        rms_px=told.rms_px,
        loo_rms_px=told.loo_rms_px,
        note=told.note,
        corners=told.corners,
        size=result.image_size,
    )
