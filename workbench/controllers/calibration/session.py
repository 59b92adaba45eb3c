"""The state of a calibration as plain values: settings, photographs, and the results solved from them.

No Qt here. The controller changes these values; what the panel shows is computed from them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from engines.calibration.targets.photographs import view_names
from engines.calibration.types import MonoResult, MonoSpec
from engines.core.boards import Board
from engines.core.lenses import ModelName
from engines.core.video.stills import is_film
from widgets.calibration.state import DEFAULT_BOARD, CalibrationView, ViewRow, coverage_of
from workbench.controllers.calibration.rows import chosen_frames, expanded, photograph, rows_of
from workbench.controllers.common.command_line import but, line, options, saying

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
    more_boards: tuple[str, ...] = ()
    fix: tuple[str, ...] = ()
    every: int = 0
    mirror: Literal["auto", "yes", "no"] = "auto"


@dataclass(frozen=True, slots=True)
class Material:
    """What undo goes over: photographs and films, and a calibration that was read from a file.

    off: paths of frames of films that are left out of the fit. drop: single corners that are, `view#id`.
    """

    views: tuple[ViewRow, ...] = ()
    loaded: MonoResult | None = None
    loaded_from: str = ""
    off: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    def with_views(self, rows: Iterable[ViewRow]) -> Material:
        """More photographs; those that are there already stay as they are."""
        have = {view.path for view in self.views}
        fresh = tuple(row for row in rows if row.path not in have)
        return replace(self, views=(*self.views, *fresh)) if fresh else self

    def with_loaded(self, result: MonoResult | None, name: str = "") -> Material:
        """A calibration from a file is shown beside the photographs; None: no longer."""
        return replace(self, loaded=result, loaded_from=name)

    def without(self, paths: Iterable[str]) -> Material:
        gone = set(paths)
        return replace(self, views=tuple(view for view in self.views if view.path not in gone))

    def switched(self, paths: Iterable[str], on: bool) -> Material:
        chosen = set(paths)
        frames = chosen - {view.path for view in self.views}
        off = set(self.off) - frames if on else set(self.off) | frames
        views = tuple(replace(view, used=on) if view.path in chosen else view for view in self.views)
        return replace(self, views=views, off=tuple(sorted(off)))

    def unseen(self) -> Material:
        """The same photographs with nothing known of where the board is: another board is looked for."""
        views = tuple(replace(photograph(view.path), used=view.used) for view in self.views)
        return replace(self, views=views, off=(), drop=())


@dataclass
class Session:
    """Settings, material, and the results of the specs that were solved."""

    settings: CalibrationSettings = field(default_factory=CalibrationSettings)
    material: Material = field(default_factory=Material)
    last: MonoResult | None = None
    frames: dict[tuple[object, ...], tuple[str, ...]] = field(default_factory=dict)
    _solved: OrderedDict[MonoSpec, MonoResult] = field(default_factory=OrderedDict)

    @property
    def board(self) -> Board:
        return Board.parse(self.settings.board)

    @property
    def boards(self) -> tuple[Board, ...]:
        return (self.board, *map(Board.parse, self.settings.more_boards))

    def frames_of(self, path: str) -> tuple[str, ...]:
        """The frames that were chosen of a film for the boards of now; () before it has been searched."""
        return self.frames.get(self._search(path), ())

    def spec(self, *, leave_one_out: bool = True, films: bool = False) -> MonoSpec:
        """The job that solves for what is shown. films: searched anew in place of their frames that are known."""
        settings, used = self.settings, [view for view in self.material.views if view.used or not view.is_film]
        paths = tuple(view.path for view in used)
        rows = rows_of(used, self.material.off, self.frames_of, None)
        names = view_names([Path(row.path) for row in rows])
        board, *more = self.boards
        return MonoSpec(
            images=paths if films else tuple(expanded(paths, self.frames_of)),
            board=board,
            more_boards=tuple(more),
            model=settings.model,
            free_board=settings.free_board,
            window=settings.window,
            fix=settings.fix,
            every=settings.every if any(view.is_film for view in used) else 0,
            mirror=settings.mirror,
            exclude=tuple(name for name, row in zip(names, rows, strict=True) if not row.used),
            drop=self.material.drop,
            leave_one_out=leave_one_out,
        )

    def keep(self, spec: MonoSpec, result: MonoResult) -> None:
        """Remember what a job gave, and which frames it chose of films."""
        for path in spec.images:
            if is_film(path) and (chosen := chosen_frames(path, result)):
                self.know_frames(path, chosen)
        for known in (spec, replace(spec, images=tuple(expanded(spec.images, self.frames_of)))):
            self._solved[known] = result
            self._solved.move_to_end(known)
        while len(self._solved) > REMEMBERED:
            self._solved.popitem(last=False)
        self.last = result

    def know_frames(self, film: str, frames: tuple[str, ...]) -> None:
        self.frames[self._search(film)] = frames

    def solved(self, *, leave_one_out: bool = True) -> MonoResult | None:
        """The remembered result of exactly what is shown."""
        return self._solved.get(self.spec(leave_one_out=leave_one_out))

    def forget(self) -> None:
        self.last = None
        self._solved.clear()

    @property
    def result(self) -> MonoResult | None:
        """What is shown: the loaded one, else that of the views."""
        return self.material.loaded if self.material.loaded is not None else self.of_views

    @property
    def of_views(self) -> MonoResult | None:
        """The one of these views and settings, else the last one."""
        if not self.material.views:
            return None
        return self.solved() or self.solved(leave_one_out=False) or self.last

    @property
    def current(self) -> bool:
        """The result of the views belongs to the views and settings shown."""
        return self.of_views in (self.solved(), self.solved(leave_one_out=False))

    @property
    def has_new_views(self) -> bool:
        """There are views that the last result knows nothing of."""
        known = {view.path for view in self.last.views} if self.last else set()
        paths = expanded((view.path for view in self.material.views), self.frames_of)
        return any(path not in known for path in paths)

    def view(self) -> CalibrationView:
        """The panel's state, but for sources, the live finder and running work."""
        result, rows, settings = self.result, self.rows(), self.settings
        board, *more = self.boards
        return CalibrationView(
            auto=settings.auto,
            board=board,
            more_boards=tuple(more),
            model=settings.model,
            free_board=settings.free_board,
            window=settings.window,
            fix=settings.fix,
            every=settings.every,
            has_films=any(view.is_film for view in self.material.views),
            mirror=settings.mirror,
            drop=self.material.drop,
            views=rows,
            result=result,
            current=self.material.loaded is not None or self.current,
            loaded_from=self.material.loaded_from,
            coverage=coverage_of((row.corners, row.size) for row in rows if row.used and row.size is not None),
        )

    def rows(self) -> tuple[ViewRow, ...]:
        """The photographs with what the result says of each."""
        result = None if self.material.loaded is not None else self.result
        return tuple(rows_of(self.material.views, self.material.off, self.frames_of, result))

    def _search(self, path: str) -> tuple[object, ...]:
        """What the choice of a film's frames follows from."""
        settings = self.settings
        return path, settings.board, settings.more_boards, settings.every, settings.mirror


@saying(JOB, *but(MonoSpec, "leave_one_out"))
def command_line(spec: MonoSpec, verb: str = "mono") -> str:
    """The `main.py` line that does what `spec` says, quoted for this system's shell."""
    boards = (word for board in spec.boards for word in ("--board", board))
    changed = options(spec, "model", "free_board", "window", "exclude", "drop", "every", "mirror", "out")
    held = ("--fix", ",".join(spec.fix)) if spec.fix else ()
    return line("calibrate", verb, *spec.images, *boards, *changed, *held)
