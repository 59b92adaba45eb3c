"""`main.py faces`: enrol, identify, verify and forget people; evaluate, audit, train; cover faces in films."""

from __future__ import annotations

import typer

from workbench.verbs import console
from workbench.verbs.faces import gallery, gaze, redact, studies, training

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Enrol, identify and verify people; evaluate, audit and train recognisers; cover faces.",
        "python main.py faces enrol family.faces photos/",
        "python main.py faces identify family.faces party.jpg --far 1e-3",
        "python main.py faces verify a.jpg b.jpg --json",
        "python main.py faces evaluate --images lfw --pairs lfw/pairs.tsv",
    ),
)


@app.callback()
def _group() -> None:
    pass


for room in (gallery, studies, training, redact, gaze):
    room.register(app)
