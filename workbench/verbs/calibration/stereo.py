"""`main.py calibrate stereo`: two cameras together, and how well their pictures match once they are rectified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from workbench.verbs import console
from workbench.verbs.calibration.group import MODELS, STYLES, app
from workbench.verbs.calibration.inputs import Boards, Every, Exclude, Fix, FreeBoard, Mirror, Window, words
from workbench.verbs.calibration.rig import (
    FixIntrinsics,
    HeldOut,
    Hold,
    Intrinsics,
    Loss,
    Match,
    Offsets,
    camera_as_json,
    cameras_table,
    held,
    rig_spec,
    whole,
)

if TYPE_CHECKING:
    from engines.calibration.rig.types import StereoResult
    from engines.core.context import Context

SIDES = ("--left", "--right")
_ALPHA = "Of rectified pictures: -1 has the cameras' own focal length, 0 crops, 1 keeps all."
_SIDE_HELP = "Pictures of the {} camera: files, folders, patterns, films."


class _Sides(TyperCommand):
    """Takes as many files behind --left and --right as follow them, which is what a shell makes of a pattern."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, spread(args))


def spread(args: Sequence[str]) -> list[str]:
    """Each of several values behind --left and --right with the option's name before it."""
    side, told = "", list[str]()
    for arg in args:
        if arg.startswith("-") and arg != "-":
            side = arg if arg in SIDES else ""
            told.append(arg)
        elif side and told[-1] != side:
            told += [side, arg]
        else:
            told.append(arg)
    return told


@app.command(
    cls=_Sides,
    help=console.help_text(
        "Calibrate two cameras together.",
        "python main.py calibrate stereo --left left*.jpg --right right*.jpg --board chessboard:9x6:25mm",
        "python main.py calibrate stereo --left left/ --right right/ --board chessboard:9x6:25mm --free-board --json",
    ),
)
def stereo(
    board: Boards,
    left: Annotated[list[str], typer.Option(help=_SIDE_HELP.format("left"), show_default=False)],
    right: Annotated[list[str], typer.Option(help=_SIDE_HELP.format("right"), show_default=False)],
    model: Annotated[str, typer.Option(help=f"Lens model: {MODELS}.")] = "brown5",
    match: Match = "name",
    offsets: Offsets = "",
    intrinsics: Intrinsics = "",
    fix_intrinsics: FixIntrinsics = False,
    hold: Hold = "fixed",
    fix: Fix = "",
    shared_lens: Annotated[bool, typer.Option("--shared-lens", help="One lens for both cameras.")] = False,
    free_board: FreeBoard = False,
    loss: Loss = "geman",
    window: Window = "auto",
    exclude: Exclude = None,
    every: Every = 0,
    mirror: Mirror = "auto",
    held_out: HeldOut = True,
    alpha: Annotated[float, typer.Option(help=_ALPHA)] = -1.0,
    out: Annotated[str, typer.Option(help="Save both cameras to this file.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def calibrate(_: None, ctx: Context) -> StereoResult:
        from engines.calibration.rig.pairs.stereo import run
        from engines.calibration.rig.types import StereoSpec

        spec = rig_spec(
            (), board, match=match, offsets=whole(offsets), model=model, intrinsics=intrinsics,
            hold=held(fix_intrinsics, hold), fix=words(fix), shared_lens=shared_lens, free_board=free_board,
            loss=loss, window=window, exclude=tuple(exclude or ()), every=every, mirror=mirror, held_out=held_out,
            out=out,
        )  # fmt: skip
        return run(StereoSpec(tuple(left), tuple(right), spec, alpha), ctx)

    console.run(calibrate, None, json=json, render=lambda result: _show(result, out), as_json=as_json)


def as_json(result: StereoResult) -> dict[str, Any]:
    """The object that other tools read. Its keys stay."""
    rig, how = result.rig, result.rectification
    return {
        "rms_px": rig.rms_px,
        "held_out_rms_px": rig.held_out_rms_px,
        "baseline_m": result.baseline_m,
        "baseline_std_m": rig.pair(0, 1).distance_std,
        "baseline_spread_m": rig.pair(0, 1).spread,
        "rotation_deg": result.rotation_deg,
        "rectified_dy_rms_px": result.rectified_dy_rms_px,
        "rectified_dy_max_px": result.rectified_dy_max_px,
        "epipolar_px": result.epipolar_px,
        "corners": result.corners,
        "frames_used": rig.frames_used,
        "cameras": [camera_as_json(camera) for camera in rig.cameras],
        "rectification": {
            "alpha": how.alpha,
            "image_size": [how.size.width, how.size.height],
            "rotations": [_rows(turn) for turn in how.rotations],
            "intrinsics": [asdict(straight) for straight in how.straight],
            "vertical": how.vertical,
            "swapped": how.swapped,
        },
        "verdict": rig.verdict,
        "reasons": [asdict(reason) for reason in rig.reasons],
        "seconds": round(result.seconds, 3),
        "converged": rig.converged,
        "board": str(rig.board),
        "free_board": rig.free_board,
        "left_out": [asdict(one) for one in rig.left_out],
    }


def _rows(turn: Sequence[float]) -> list[list[float]]:
    return [list(turn[at : at + 3]) for at in (0, 3, 6)]


def _show(result: StereoResult, out: str) -> None:
    rig, terminal = result.rig, console.out()
    held = "" if rig.held_out_rms_px is None else f", {rig.held_out_rms_px:.3f} px on left-out pairs"
    style = STYLES.get(rig.verdict, "default")
    line = f"  {rig.frames_used} pairs, RMS {rig.rms_px:.3f} px{held}"
    terminal.print(console.headline(rig.verdict, line, f"bold {style}"))
    for reason in rig.reasons:
        terminal.print(f"  {reason.words}")
    std = rig.pair(0, 1).uncertainty
    more = "" if std is None else f" ± {1000 * std:.3f} mm"
    terminal.print(f"Baseline {1000 * result.baseline_m:.2f} mm{more}, turned by {result.rotation_deg:.3f}°")
    terminal.print(
        f"Rows of rectified pictures differ by {result.rectified_dy_rms_px:.3f} px, at most "
        f"{result.rectified_dy_max_px:.3f} px; {result.epipolar_px:.3f} px from epipolar lines"
    )
    terminal.print(cameras_table(rig))
    console.left_out(rig.left_out)
    if out:
        terminal.print(f"Saved to {out}")
