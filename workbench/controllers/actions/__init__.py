"""Joins the actions panel, its board and the timeline to live engines, labels and jobs."""

from __future__ import annotations

from workbench.features import Command, DockSpec, Feature, Preset

COMMANDS = (
    Command("actions.start", "Watch for actions", "Actions", "Say what is happening in the chosen source, or stop doing so", "Ctrl+Shift+W", "actions"),
    Command("actions.open-model", "Open model…", "Actions", "A model that was trained before", "", "open"),
    Command("actions.sample", "Open sample clip", "Actions", "A free clip of one person walking, to try the pose and labels on", "", "file"),
    Command("actions.detect", "Run over the whole film", "Actions", "Decide for every frame of the chosen film, as a job", "", "play"),
    Command("actions.export-events", "Export events…", "Actions", "As CSV, JSON, ELAN or VIA", "", "export"),
    Command("actions.teach", "Label a film", "Actions", "Mark on the timeline what happens when", "", "", 1),
    Command("actions.import-labels", "Open labels…", "Actions", "CSV, JSON, ELAN, VIA or THUMOS", "", "open", 1),
    Command("actions.export-labels", "Save labels as…", "Actions", "CSV, JSON, ELAN or VIA", "", "save", 1),
    Command("actions.train", "Train a model", "Actions", "On labelled clips or on a folder of features", "", "chart", 2),
    Command("actions.evaluate", "Evaluate models", "Actions", "Precision, anticipation, starts and segments, models side by side", "", "chart", 2),
    Command("actions.cancel", "Cancel", "Actions", "Stop training, detection and evaluation", "", "clear", 3, idle=False),
    Command("actions.copy-command", "Copy as command", "Actions", "The command line that does the same", "", "copy", 3),
)  # fmt: skip
FEATURE = Feature(
    "actions",
    "Actions",
    "workbench.controllers.actions.controller:make",
    docks=(
        DockSpec("actions", "Actions", "right", 400, 50),
        DockSpec("timeline", "Timeline", "bottom", 240, 60),
    ),
    preset=Preset(
        "actions",
        "Actions",
        "The viewer over its timeline: watch, teach, train, evaluate",
        "Ctrl+5",
        "actions",
        {"sources": 220, "actions": 400, "properties": 0, "timeline": 270, "jobs": 0, "log": 0},
        strip="actions",
    ),
    live="Actions",
    takes=(".safetensors",),
    drops=("board", "strip"),
    jobs=("engines.actions.",),
    tour="workbench.tour.actions",
    benchmarks={"actions": "Actions from a film's frames to decisions, stage by stage; a step of the heads"},
    weights=("efficientnet-lite0", "pose-detection", "pose-landmarks"),
    samples=("walking",),
    commands=COMMANDS,
)
