"""`main.py calibrate undistort`: pictures and films of a calibrated camera with straight lines straight."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console
from workbench.verbs.calibration.group import app

if TYPE_CHECKING:
    from engines.calibration.undistorting import UndistortResult
    from engines.core.context import Context


@app.command(
    help=console.help_text(
        "Straighten pictures and films of a calibrated camera.",
        "python main.py calibrate undistort camera.yaml photos/ --out straight",
        "python main.py calibrate undistort camera.json film.mp4 --out straight --balance 1 --crop",
    )
)
def undistort(
    file: Annotated[str, typer.Argument(help="The calibration.", show_default=False)],
    paths: Annotated[list[str], typer.Argument(help="Pictures, films and folders.", show_default=False)],
    out: Annotated[str, typer.Option(help="Folder for what comes out.", show_default=False)],
    balance: Annotated[float, typer.Option(help="0 shows only what exists, 1 keeps all, black around it.")] = 0.0,
    size: Annotated[str, typer.Option(help="Of what comes out, WxH; as it goes in by default.")] = "",
    crop: Annotated[bool, typer.Option("--crop", help="Cut what is black off again.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def straighten(_: None, ctx: Context) -> UndistortResult:
        from engines.calibration.undistorting import UndistortSpec, run

        return run(UndistortSpec(file, tuple(paths), out, balance, *_size(size), crop), ctx)

    console.run(straighten, None, json=json, render=_show, as_json=lambda result: _as_json(result, file))


def _size(text: str) -> tuple[int, int]:
    from engines.core.errors import UsageError

    if not text:
        return 0, 0
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    if match is None or not (int(match[1]) and int(match[2])):
        raise UsageError(f"'{text}' is not a size", hint="Write WIDTHxHEIGHT, for example 1280x720")
    return int(match[1]), int(match[2])


def _as_json(result: UndistortResult, file: str) -> dict[str, Any]:
    calibrated = [result.calibrated.width, result.calibrated.height]
    return {
        "calibration": file,
        "calibrated_size": calibrated,
        "out": result.out,
        "mirrored": result.mirrored,
        "written": [
            {
                "input": one.source,
                "output": one.file,
                "size": [one.size.width, one.size.height],
                "intrinsics": asdict(one.intrinsics),
                "camera": one.camera,
                "frames": one.frames,
                "scaled_from": calibrated if one.scaled else None,
            }
            for one in result.written
        ],
        "left_out": [asdict(one) for one in result.left_out],
    }


def _show(result: UndistortResult) -> None:
    terminal = console.out()
    for one in result.written:
        frames = f", {one.frames} frames" if one.frames > 1 else ""
        scaled = f", intrinsics scaled from {result.calibrated}" if one.scaled else ""
        terminal.print(f"  {one.file}  {one.size}{frames}{scaled}", highlight=False)
    cameras = ", ".join(dict.fromkeys(one.camera for one in result.written))
    terminal.print(f"Wrote {len(result.written)} to {result.out}; their camera, without distortion: {cameras}")
    if result.mirrored:
        terminal.print("Flipped left to right, as the pictures that were calibrated from")
    for one_out in result.left_out:
        terminal.print(f"  left out: {one_out.path}: {one_out.why}", style="yellow", highlight=False)
