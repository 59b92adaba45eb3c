"""`main.py calibrate prepare`: tiled recordings cut into a film or folder a camera, and the YAML that lists them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.verbs import console
from workbench.verbs.calibration.group import KINDS_HELP, app
from workbench.verbs.calibration.inputs import words

if TYPE_CHECKING:
    from engines.calibration.rig.types import PrepareResult, PrepareSpec
    from engines.core.context import Context

_PATHS = "With --tiles, films and pictures that hold all cameras; else one film, folder or pattern a camera."
_TILES = "Rows x columns of the tiles, such as 2x2; auto finds the seams; none for separate recordings."
_NAMES = "Names of the cameras, row by row: a,b,c,d; - leaves a tile out."
_ORDER = "Tiles in the order of the names, counted from 0 row by row: 1,0,2,3."
_MATCH = "Which pictures of separate recordings are of one moment: name, time, order or motion (of the board)."
_OFFSETS = "Frames by which each camera is late, with --match order: 0,3."


@app.command(
    help=console.help_text(
        "Cut tiled recordings into a film or folder a camera, and list them for [bold]calibrate rig[/bold].",
        "python main.py calibrate prepare quad.mp4 --tiles 2x2 --names left,right,up,down --out cameras",
        "python main.py calibrate prepare frames/ --tiles 2x2 --names a,b,-,d --out cameras --json",
        "python main.py calibrate prepare l.mp4 r.mp4 --match motion --board chessboard:9x6:25mm --out cameras",
    )
)
def prepare(
    paths: Annotated[list[str], typer.Argument(help=_PATHS, show_default=False)],
    out: Annotated[str, typer.Option(help="Folder for what is written.", show_default=False)],
    tiles: Annotated[str, typer.Option(help=_TILES, show_default=False)] = "",
    names: Annotated[str, typer.Option(help=_NAMES, show_default=False)] = "",
    order: Annotated[str, typer.Option(help=_ORDER, show_default=False)] = "",
    margin: Annotated[int, typer.Option(help="Pixels to cut off around each tile.", min=0)] = 0,
    flip: Annotated[str, typer.Option(help="Names of cameras to flip left to right.", show_default=False)] = "",
    pictures: Annotated[bool, typer.Option("--pictures", help="Write PNG pictures (lossless), no films.")] = False,
    every: Annotated[int, typer.Option(help="Take each N-th frame.", min=1)] = 1,
    frames: Annotated[str, typer.Option(help="Frames to take, A:B, from 0.", show_default=False)] = "",
    match: Annotated[str, typer.Option(help=_MATCH)] = "name",
    offsets: Annotated[str, typer.Option(help=_OFFSETS, show_default=False)] = "",
    board: Annotated[str, typer.Option(help=f"With --match motion: {KINDS_HELP}.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def cut(_: None, ctx: Context) -> PrepareResult:
        from engines.calibration.rig.preparing import run
        from engines.calibration.rig.types import PrepareSpec
        from engines.core.boards import Board
        from engines.core.frame_ranges import parsed

        start, stop = parsed(frames)
        spec = PrepareSpec(
            tuple(paths), tiles, out, words(names), whole_numbers(order, "tiles"), margin, pictures, every, start, stop,
            words(flip), match, whole_numbers(offsets, "offsets"),  # type: ignore[arg-type]  # `run` refuses others
            Board.parse(board) if board else None,
        )  # fmt: skip
        return run(_guessed(spec), ctx)

    console.run(cut, None, json=json, render=_show, as_json=asdict)


def whole_numbers(text: str, what: str) -> tuple[int, ...]:
    """Those that commas separate. Raises `UsageError`."""
    from engines.core.errors import UsageError

    try:
        return tuple(int(word) for word in words(text))
    except ValueError:
        raise UsageError(f"'{text}' is no list of {what}", hint="Whole numbers, one a camera: 0,2,1") from None


def _guessed(spec: PrepareSpec) -> PrepareSpec:
    """With the grid whose seams show, where it is to be found. Raises `UsageError` where there are none."""
    from dataclasses import replace

    from engines.calibration.rig.pictures.seams import grid_of
    from engines.core.errors import UsageError

    if spec.tiles.strip().lower() != "auto":
        return spec
    rows, columns = grid_of(spec.paths)
    if rows * columns == 1:
        raise UsageError("No seams between tiles are seen", path=spec.paths[0], hint="Say how they lie: --tiles 2x2")
    return replace(spec, tiles=f"{rows}x{columns}")


def _show(result: PrepareResult) -> None:
    terminal = console.out()
    for name, file in zip(result.cameras, result.files, strict=True):
        terminal.print(f"  {name}  {file}", highlight=False)
    size = f"{result.size}, " if result.size else ""
    what = "frames" if result.size else "moments"
    terminal.print(f"{len(result.cameras)} cameras, {size}{result.frames} {what}; listed in {result.listing}")
    for note in result.notes:
        terminal.print(f"  {note}")
    for one in result.left_out:
        terminal.print(f"  left out: {one.path}: {one.why}", style="yellow", highlight=False)
