"""Joins the Inspector to models, feeds and jobs: opened, drawn, looked at on a picture, explained, compared."""

from __future__ import annotations

from workbench.features import Command, DockSpec, Feature, Preset

COMMANDS = (
    Command("inspection.open", "Open model…", "Inspector", "Open a model file and see what it is", "", "open", run=lambda it: it.ask_model()),
    Command("inspection.cancel", "Cancel", "Inspector", "Stop the work of the page in front", "", "cancel", 1, idle=False, run=lambda it: it.cancel(), enabled=lambda it: it.is_busy),
)  # fmt: skip
FEATURE = Feature(
    "inspection",
    "Inspector",
    "workbench.controllers.inspection.controller:make",
    docks=(DockSpec("inspection", "Inspector", "right", 380, 50),),
    preset=Preset(
        "inspection",
        "Inspector",
        "What a model is, what its layers see, and what its outputs rest on",
        "Ctrl+7",
        "inspector",
        {"inspection": 380, "jobs": 150, "log": 0},
        centre="inspection",
    ),
    takes=(".onnx", ".tflite", ".pt2", ".pt", ".pth", ".ckpt"),
    drops=("board",),
    jobs=("engines.inspection.",),
    commands=COMMANDS,
)
