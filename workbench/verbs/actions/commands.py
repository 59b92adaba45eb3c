"""`main.py actions`: features, training, detection and evaluation of online action detection; label files."""

from __future__ import annotations

import typer

from workbench.verbs import console
from workbench.verbs.actions import detect, evaluation, features, training

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Say what happens in a video while it happens: train on labelled clips, run, evaluate.",
        "python main.py actions train clip.mp4 --labels clip.csv --model trn --out wave.safetensors",
        "python main.py actions detect wave.safetensors film.mp4 --out scores.csv",
        "python main.py actions evaluate scores.csv labels.csv --json",
        "python main.py actions features film.mp4 --kind pose --out pose.npy",
    ),
)


@app.callback()
def _group() -> None:
    pass


for part in (training, detect, evaluation, features):
    part.register(app)
