"""What every command that solves takes: photographs, boards, what is held, which views; and the spec made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from workbench.verbs.calibration.group import BOARD_HELP, FIX_HELP

if TYPE_CHECKING:
    from engines.calibration.types import MonoSpec

_PATHS = "Photographs and films: files, folders, patterns, single frames as film.mp4#frame=120."

Paths: TypeAlias = Annotated[list[str], typer.Argument(help=_PATHS, show_default=False)]
Boards: TypeAlias = Annotated[list[str], typer.Option(help=BOARD_HELP, show_default=False)]
Fix: TypeAlias = Annotated[str, typer.Option(help=FIX_HELP, show_default=False)]
FreeBoard: TypeAlias = Annotated[bool, typer.Option("--free-board", help="Solve for the board's own shape too.")]
Window: TypeAlias = Annotated[str, typer.Option(help="Half-width of the corner refinement in pixels, or auto.")]
Exclude: TypeAlias = Annotated[list[str] | None, typer.Option(help="Name of a view to leave out; may be repeated.")]
Drop: TypeAlias = Annotated[list[str] | None, typer.Option(help="One corner to leave out, VIEW#ID; may be repeated.")]
Every: TypeAlias = Annotated[int, typer.Option(help="Of a film look at each N-th frame; 0 chooses frames.", min=0)]
Mirror: TypeAlias = Annotated[str, typer.Option(help="Flip the pictures: auto (where it helps), yes or no.")]


def mono_spec(
    paths: Sequence[str],
    board: Sequence[str],
    *,
    fix: str,
    free_board: bool,
    window: str,
    exclude: Sequence[str] | None,
    drop: Sequence[str] | None,
    every: int,
    mirror: str,
) -> MonoSpec:
    """Raises `UsageError` for what is not a board; what else makes no sense is refused by who solves."""
    from engines.calibration.types import MonoSpec
    from engines.core.boards import Board

    first, *more = map(Board.parse, board)
    return MonoSpec(
        images=tuple(paths),
        board=first,
        more_boards=tuple(more),
        free_board=free_board,
        window=window,
        exclude=tuple(exclude or ()),
        drop=tuple(drop or ()),
        fix=words(fix),
        every=every,
        mirror=mirror,  # type: ignore[arg-type]
    )


def words(text: str) -> tuple[str, ...]:
    """Those that commas separate."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
