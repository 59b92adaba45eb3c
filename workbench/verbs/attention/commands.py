"""`main.py attention`: kinds of attention checked and compared on this machine, and a network's maps seen."""

from __future__ import annotations

import typer

from workbench.verbs import console
from workbench.verbs.attention import see

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Check and compare kinds of attention; see what a network attends to.",
        "python main.py attention see mnist-dit --class 3 --out three.npz --png three.png",
    ),
)


@app.callback()
def _group() -> None:
    pass


see.add_to(app)
