"""`main.py calibrate rig`: several cameras together, from tiled pictures or from a folder or film a camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console
from workbench.verbs.calibration.group import MODELS, STYLES, app
from workbench.verbs.calibration.inputs import Boards, Every, Exclude, Fix, FreeBoard, Mirror, Window, words

if TYPE_CHECKING:
    from engines.calibration.rig.types import RigCamera, RigResult, RigSpec
    from engines.core.context import Context

_PATHS = (
    "With --tiles, pictures and films that hold all cameras; else one folder, film or pattern a camera, "
    "or a cameras.yaml that lists them."
)
_MATCH = "Which pictures are of one moment: by name, time, order or motion (films, by how the board moves)."
_LOSS = "How wrong corners are borne: geman, cauchy, huber or linear."
_REFERENCE = "Whose coordinates are the rig's: a camera's name, or frame:NAME for the board in that frame."

RigPaths = Annotated[list[str], typer.Argument(help=_PATHS, show_default=False)]
Loss = Annotated[str, typer.Option(help=_LOSS)]
Intrinsics = Annotated[str, typer.Option(help="A file with the cameras' lenses; held unless told.", show_default=False)]
FixIntrinsics = Annotated[bool, typer.Option("--fix-intrinsics", help="Hold the lenses of that file (the default).")]
Match = Annotated[str, typer.Option(help=_MATCH)]
Offsets = Annotated[
    str, typer.Option(help="With order, frames by which each camera is late: 0,2,0.", show_default=False)
]
Hold = Annotated[str, typer.Option(help="What the lenses of that file are: fixed, prior or free (a start).")]
HeldOut = Annotated[bool, typer.Option("--held-out/--no-held-out", help="Leave frames out to test the rig.")]


@app.command(
    help=console.help_text(
        "Calibrate the cameras of a rig together: lenses, places, distances with their uncertainty.",
        "python main.py calibrate rig frames/ --tiles 2x2 --board charuco:4x5:54mm:40.5mm:DICT_4X4_1000 --json",
        "python main.py calibrate rig left.mp4 right.mp4 --board chessboard:9x6:25mm --out rig.json",
    )
)
def rig(
    paths: RigPaths,
    board: Boards,
    tiles: Annotated[str, typer.Option(help="Rows x columns of a tiled picture: 2x2.", show_default=False)] = "",
    names: Annotated[str, typer.Option(help="Names of the cameras: a,b,c,d; - drops a tile.", show_default=False)] = "",
    margin: Annotated[int, typer.Option(help="Pixels to cut off around each tile.", min=0)] = 0,
    match: Match = "name",
    offsets: Offsets = "",
    model: Annotated[str, typer.Option(help=f"Lens model: {MODELS}.")] = "brown5",
    intrinsics: Intrinsics = "",
    fix_intrinsics: FixIntrinsics = False,
    hold: Hold = "fixed",
    fix: Fix = "",
    shared_lens: Annotated[bool, typer.Option("--shared-lens", help="One lens for all cameras.")] = False,
    free_board: FreeBoard = False,
    loss: Loss = "geman",
    reference: Annotated[str, typer.Option(help=_REFERENCE, show_default=False)] = "",
    window: Window = "auto",
    exclude: Exclude = None,
    every: Every = 0,
    mirror: Mirror = "auto",
    held_out: HeldOut = True,
    out: Annotated[str, typer.Option(help="Save the rig to this file.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def calibrate(_: None, ctx: Context) -> RigResult:
        from engines.calibration.rig.solving import run

        spec = rig_spec(
            paths, board, tiles=tiles, names=words(names), margin=margin, match=match, offsets=whole(offsets),
            model=model, intrinsics=intrinsics, hold=held(fix_intrinsics, hold), fix=words(fix),
            shared_lens=shared_lens, free_board=free_board, loss=loss, reference=reference, window=window, every=every,
            mirror=mirror, exclude=tuple(exclude or ()), held_out=held_out, out=out,
        )  # fmt: skip
        return run(spec, ctx)

    console.run(calibrate, None, json=json, render=lambda result: show(result, out), as_json=as_json)


def rig_spec(paths: Sequence[str], board: Sequence[str], **kinds: Any) -> RigSpec:
    """Raises `UsageError` for what is not a board; what else makes no sense is refused by who solves."""
    from engines.calibration.rig.types import RigSpec
    from engines.core.boards import Board

    first, *more = map(Board.parse, board)
    return RigSpec(paths=tuple(paths), board=first, more_boards=tuple(more), **kinds)


def held(fixed: bool, hold: str) -> str:
    """Raises `UsageError` for two options that contradict each other."""
    from engines.core.errors import UsageError

    if fixed and hold != "fixed":
        raise UsageError(f"--fix-intrinsics holds the lenses, --hold {hold} does not", hint="Give one of the two")
    return hold


def whole(text: str) -> tuple[int, ...]:
    """Offsets that commas separate. Raises `UsageError`."""
    from engines.core.errors import UsageError

    try:
        return tuple(int(word) for word in words(text))
    except ValueError:
        raise UsageError(f"'{text}' are no offsets", hint="Whole frames, one a camera: 0,2,0") from None


def as_json(result: RigResult) -> dict[str, Any]:
    """The object that other tools read. Its keys stay."""
    return {
        "cameras": [camera_as_json(camera) for camera in result.cameras],
        "distances_m": {f"{pair.first}-{pair.second}": pair.distance for pair in result.pairs},
        "distances_std_m": {f"{pair.first}-{pair.second}": pair.distance_std for pair in result.pairs},
        "distances_spread_m": {f"{pair.first}-{pair.second}": pair.spread for pair in result.pairs},
        "angles_deg": {f"{pair.first}-{pair.second}": pair.angle for pair in result.pairs},
        "angles_std_deg": {f"{pair.first}-{pair.second}": pair.angle_std for pair in result.pairs},
        "shared_views": {f"{pair.first}-{pair.second}": pair.frames for pair in result.pairs},
        "rms_px": result.rms_px,
        "held_out_rms_px": result.held_out_rms_px,
        "frames_used": result.frames_used,
        "converged": result.converged,
        "noise_px": list(result.noise_px),
        "free_board": result.free_board,
        "board_points_m": [list(point) for point in result.board_points],
        "reference": result.reference,
        "verdict": result.verdict,
        "reasons": [asdict(reason) for reason in result.reasons],
        "left_out": [asdict(one) for one in result.left_out],
        "seconds": round(result.seconds, 3),
    }


def camera_as_json(camera: RigCamera) -> dict[str, Any]:
    return {
        "name": camera.name,
        "size": [camera.size.width, camera.size.height],
        "model": camera.model,
        "intrinsics": asdict(camera.intrinsics) | {"distortion": list(camera.distortion)},
        "std": dict(camera.std) | {"distortion": list(camera.distortion_std)},
        "rvec": list(camera.rvec),
        "tvec": list(camera.tvec),
        "focal_spread_px": camera.focal_spread,
        "centre_std_m": None if camera.centre_std is None else list(camera.centre_std),
        "rms_px": camera.rms_px,
        "median_px": camera.median_px,
        "held_out_rms_px": camera.held_out_rms_px,
        "frames": camera.frames,
        "corners": camera.corners,
        "outliers": camera.outliers,
        "hold": camera.hold,
    }


def show(result: RigResult, out: str) -> None:
    """The verdict, the cameras and their distances for people."""
    terminal = console.out()
    style = STYLES.get(result.verdict, "default")
    held = "" if result.held_out_rms_px is None else f", {result.held_out_rms_px:.3f} px on left-out frames"
    line = f"  {result.frames_used} frames, RMS {result.rms_px:.3f} px{held}"
    terminal.print(console.headline(result.verdict, line, f"bold {style}"))
    for reason in result.reasons:
        terminal.print(f"  {reason.words}")
    terminal.print(cameras_table(result))
    terminal.print(_pairs(result))
    console.left_out(result.left_out)
    if out:
        terminal.print(f"Saved to {out}")


def cameras_table(result: RigResult) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="Cameras", title_justify="left")
    table.add_column("name", overflow="fold")
    for title in ("fx px", "\u00b1", "RMS px", "median px", "left out px", "frames", "outliers"):
        table.add_column(title, justify="right")
    for camera in result.cameras:
        left_out = "" if camera.held_out_rms_px is None else f"{camera.held_out_rms_px:.3f}"
        focal = "held" if not camera.std.get("fx") else f"{camera.focal_uncertainty:.2f}"
        errors = f"{camera.rms_px:.3f}", f"{camera.median_px:.3f}", left_out
        counts = str(camera.frames), str(camera.outliers)
        table.add_row(camera.name, f"{camera.intrinsics.fx:.2f}", focal, *errors, *counts)
    return table


def _pairs(result: RigResult) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="Distances", title_justify="left")
    table.add_column("cameras", overflow="fold")
    for title in ("mm", "\u00b1", "angle", "\u00b1", "shared views"):
        table.add_column(title, justify="right")
    for pair in result.pairs:
        names = f"{result.cameras[pair.first].name} \u2013 {result.cameras[pair.second].name}"
        apart = f"{1000 * pair.distance:.2f}", _told(pair.uncertainty, 1000), f"{pair.angle:.3f}\u00b0"
        table.add_row(names, *apart, _told(pair.angle_std, 1), str(pair.frames))
    return table


def _told(value: float | None, scale: float) -> str:
    return "" if value is None else f"{scale * value:.2g}"
