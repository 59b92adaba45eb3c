"""`main.py actions`: features, training, detection and evaluation of online action detection; label files."""

from __future__ import annotations

import typer

from workbench.verbs import console
from workbench.verbs.actions import (
    detect as actions_detect,
)
from workbench.verbs.actions import (
    evaluation as actions_evaluation,
)
from workbench.verbs.actions import (
    features as actions_features,
)
from workbench.verbs.actions import (
    training as actions_training,
)

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


for part in (actions_training, actions_detect, actions_evaluation, actions_features):
    part.register(app)
