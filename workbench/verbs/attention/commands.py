"""`main.py attention`: compare and check kinds of attention, ask which is taken, and see a network's maps."""

from __future__ import annotations

import typer

from workbench.verbs import console
from workbench.verbs.attention import check, compare, see, which

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Kinds of attention, measured and checked on this machine; what networks attend to.",
        "python main.py attention compare --kinds sdpa,naive --lengths 256,1024,4096",
        "python main.py attention which --shape 1,8,1024,64 --dtype bfloat16",
        "python main.py attention check --json",
        "python main.py attention see mnist-dit --class 3 --out three.npz --png three.png",
    ),
)


@app.callback()
def _group() -> None:
    pass


for room in (compare, which, check, see):
    room.register(app)
