"""`main.py sample train` and `sample classifier`: small networks of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from engines.generative.training.types import ClassifierSpec, TrainSpec
from workbench.verbs import console
from workbench.verbs.generative.options import run_job
from workbench.verbs.spec_options import command, flag

if TYPE_CHECKING:
    from engines.generative.training.types import TrainResult

_SHARED = {
    "data": "digits, mnist, or a folder of images.",
    "out": "Folder for the weights, the card and the checkpoint to go on from.",
    "name": "Name of the model; as data and architecture say.",
    "steps": "Updates.",
    "batch": "Samples an update.",
    "rate": "Highest learning rate.",
    "seed": "Of weights, data order and noise.",
    "threads": "CPU threads.",
    "anew": "Begin with the first step, even where a checkpoint of before could go on.",
    "keep": "Write the weights of the checkpoint as they are, and train no further.",
}
TRAIN = _SHARED | {
    "architecture": "The network.",
    "width": "Channels of the first level, or of a token.",
    "depth": "Blocks a level, or layers; 0 the usual.",
    "patch": "Side of the patches that are folded into channels; 0 by the picture's size.",
    "augment": "Pixels by which pictures are moved at random.",
    "prediction": "What the network gives.",
    "process": "edm, ve, flow, vp, vp-scaled or vp-cosine.",
    "weighting": "Of the error over noise levels.",
    "mean": "Mean of ln sigma in training: EDM -1.2, SD3 0.",
    "std": "Its standard deviation: EDM 1.2, SD3 1.",
    "ema": "Steps in which the averaged weights forget half.",
    "drop_class": "Share of samples trained without their class, for guidance.",
    "use_classes": "Learn classes where the data have them.",
    "size": "Side in pixels to which a folder's images are brought.",
    "minutes": "Stop after so long; 0 never.",
    "save_seconds": "Between two checkpoints at most; sooner while a training is young.",
    "sample_every": "Steps between two sheets of samples.",
    "reflow_of": "Flow model whose straightened paths are learned.",
    "reflow_pairs": "Pairs of noise and sample for it.",
    "weak": "Name of a weaker model, for autoguidance; goes on the card.",
    "classifier": "Name of a classifier of noised pictures, for guidance; goes on the card.",
    "device": "Where to train.",
}
CLASSIFIER = _SHARED | {"noisy": "Told the noise level and shown every one: for classifier guidance."}


def add_to(app: typer.Typer) -> None:
    """The two commands."""
    app.command(
        name="train",
        help=console.help_text(
            "Train a small diffusion or flow model. Run it again to go on where it stopped.",
            "python main.py sample train --data digits --out my-digits",
            "python main.py sample train --data photos/ --out faces --size 32 --architecture dit --width 128",
            "python main.py sample train --data mnist --out flow --prediction u --process flow --mean 0 --std 1",
        ),
    )(command(train, TrainSpec, TRAIN, flag("json", "One JSON object and nothing else.")))
    app.command(
        name="classifier",
        help=console.help_text(
            "Train a small classifier: to judge samples, or with --noisy to guide them.",
            "python main.py sample classifier --data mnist --out judge",
        ),
    )(command(classifier, ClassifierSpec, CLASSIFIER, flag("json", "One JSON object and nothing else.")))


def train(*, json: bool, **values: Any) -> None:
    run_job("engines.generative.training.job:run", lambda: values, json, _show)


def classifier(*, json: bool, **values: Any) -> None:
    run_job("engines.generative.training.classifiers:run", lambda: values, json, _show)


def _show(result: TrainResult) -> None:
    terminal = console.out()
    went_on = f", gone on from step {result.resumed_at}" if result.resumed_at else ""
    rest = f"{went_on}, loss {result.loss:.4f}, {result.seconds:.0f} s"
    terminal.print(console.headline(f"{result.steps} steps", rest))
    if result.stopped:
        terminal.print(f"  {result.stopped}")
    terminal.print(f"Written to {result.file}")
