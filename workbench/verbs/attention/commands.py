"""`main.py attention`: compare kinds of attention on this machine."""

from __future__ import annotations

import typer

from workbench.verbs import console
from workbench.verbs.attention import compare

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Kinds of attention, measured and checked on this machine.",
        "python main.py attention compare --kinds sdpa,naive --lengths 256,1024,4096",
    ),
)


@app.callback()
def _group() -> None:
    pass


for room in (compare,):
    room.register(app)
