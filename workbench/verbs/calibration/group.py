"""The group `main.py calibrate`, which the files of this room add their commands to."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

from workbench.verbs import console

ORDER = "board", "mono", "models", "stereo", "prepare", "rig", "compare", "triangulate", "undistort", "export"
"""The commands as a person meets them."""


class _InOrder(TyperGroup):
    def list_commands(self, ctx: typer.Context) -> list[str]:
        return sorted(super().list_commands(ctx), key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


app = typer.Typer(
    cls=_InOrder,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Calibrate cameras from photographs of a board.",
        "python main.py calibrate mono photos/ --board chessboard:9x6:25mm --out camera.yaml",
        "python main.py calibrate models photos/ --board chessboard:9x6:25mm",
        "python main.py calibrate rig frames/ --tiles 2x2 --board charuco:5x4:54mm:40.5mm:DICT_4X4_1000",
        "python main.py calibrate undistort camera.yaml film.mp4 --out straight",
        "python main.py calibrate board chessboard:9x6:25mm --out board.pdf",
    ),
)

KINDS_HELP = (
    "chessboard:9x6:25mm (inner corners), charuco:5x4:54mm:40.5mm:DICT_4X4_1000 (squares), "
    "aprilgrid:6x6:88mm:0.3 (tags), circles:7x5:30mm or acircles:4x11:20mm"
)
BOARD_HELP = f"The board: {KINDS_HELP}; repeat it where several boards are in the pictures."
FIX_HELP = "Parameters to hold: k3, k3=-0.1, tangential, aspect, principal, fx=800; separated by commas."
MODELS = "brown5, rational8, thinprism12, tilted14 or fisheye4"
STYLES = {"good": "green", "fair": "yellow", "weak": "dark_orange", "poor": "red"}


@app.callback()
def _group() -> None:
    pass
