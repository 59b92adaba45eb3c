"""The command line's verbs as a table: `main.py VERB` imports the one module it names and nothing else.

Kept free of imports that cost time, because `main.py --help` is printed from here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: what it is called, what it does in a line, where it lives, and a command that works."""

    name: str
    summary: str
    module: str
    example: str


VERBS: tuple[Verb, ...] = (
    Verb(
        "calibrate",
        "Calibrate cameras from photographs of a board",
        "workbench.verbs.calibration.calibrate",
        "python main.py calibrate mono photos/ --board chessboard:9x6:25mm --out camera.yaml",
    ),
    Verb(
        "sample",
        "Sample, compare and train diffusion and flow models",
        "workbench.verbs.generative.sample",
        "python main.py sample mnist-unet --steps 10 --class 3 -n 8 --guidance 2 --out threes",
    ),
    Verb(
        "faces",
        "Enrol, identify, verify and forget people; evaluate, audit, train; cover faces",
        "workbench.verbs.faces.commands",
        "python main.py faces identify family.faces party.jpg --far 1e-3",
    ),
    Verb(
        "actions",
        "Train, run and evaluate online action detection; features and labels",
        "workbench.verbs.actions.commands",
        "python main.py actions detect wave.safetensors film.mp4 --out scores.csv",
    ),
    Verb(
        "attention",
        "Compare and check kinds of attention on this machine; see what a network attends to",
        "workbench.verbs.attention.commands",
        "python main.py attention compare --lengths 256,1024,4096",
    ),
    Verb(
        "inspect",
        "See what a model file is, what its layers see, and what its outputs rest on",
        "workbench.verbs.inspection.commands",
        "python main.py inspect model.onnx --input 1x3x224x224 --json",
    ),
    Verb(
        "models",
        "List, fetch and check weights and sample files",
        "workbench.verbs.models",
        "python main.py models fetch yunet",
    ),
    Verb(
        "job",
        "Do any job of the window, with its settings as JSON",
        "workbench.verbs.job",
        "python main.py job engines.generative.training.job:run --spec spec.json",
    ),
    Verb(
        "bench",
        "Measure speed on this machine, beside the usual ways",
        "workbench.verbs.bench",
        "python main.py bench detect --json",
    ),
    Verb(
        "texts",
        "List every text of the window, for translators",
        "workbench.verbs.texts",
        "python main.py texts --out de.ts",
    ),
    Verb(
        "tour",
        "Walk through every panel and save a picture of each",
        "workbench.verbs.tour",
        "python main.py tour --out tour",
    ),
)


def find_verb(name: str) -> Verb | None:
    """The verb called `name`, or None."""
    return next((verb for verb in VERBS if verb.name == name), None)
