"""The group `main.py calibrate`, which the files of this room add their commands to."""

from __future__ import annotations

import typer

from workbench.verbs import console

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Calibrate cameras from photographs of a board.",
        "python main.py calibrate mono photos/ --board chessboard:9x6:25mm --out camera.yaml",
        "python main.py calibrate board chessboard:9x6:25mm --out board.pdf",
    ),
)

BOARD_HELP = "The board, e.g. chessboard:9x6:25mm (inner corners); repeat it where several boards are in the pictures."
FIX_HELP = "Parameters to hold: k3, k3=-0.1, tangential, aspect, principal, fx=800; separated by commas."
MODELS = "brown5, rational8, thinprism12, tilted14 or fisheye4"
STYLES = {"good": "green", "fair": "yellow", "weak": "dark_orange", "poor": "red"}


@app.callback()
def _group() -> None:
    pass
