"""Joins the actions panel, its board and the timeline to live engines, labels and jobs."""

from __future__ import annotations

from engines.core.words import tr
from workbench.features import Command, DockSpec, Example, Feature, Preset
from workbench.work.resuming import Resumable

NEEDED = ("efficientnet-lite0", "pose-detection", "pose-landmarks")
"""Weights without which nothing is looked for."""
COMMANDS = (
    Command("actions.start", tr("Watch for actions"), tr("Actions"), tr("Say what is happening in the chosen source, or stop doing so"), "Ctrl+Shift+W", "actions", run=lambda it: it.watching.toggle(), enabled=lambda it: bool(it.view.watch.source), needs=tr("Needs a source")),
    Command("actions.open-model", tr("Open model…"), tr("Actions"), tr("A model that was trained before"), "", "open", run=lambda it: it.watching.open_model()),
    Command("actions.sample", tr("Open sample clip"), tr("Actions"), tr("A free clip of one person walking, to try the pose and labels on"), "", "file", run=lambda it: it.watching.open_sample()),
    Command("actions.detect", tr("Run over the whole film"), tr("Actions"), tr("Decide for every frame of the chosen film, as a job"), "", "play", run=lambda it: it.watching.detect(), also=tr("detect find recognise")),
    Command("actions.export-events", tr("Export events…"), tr("Actions"), tr("As CSV, JSON, ELAN or VIA"), "", "export", run=lambda it: it.watching.export_events()),
    Command("actions.teach", tr("Label a film"), tr("Actions"), tr("Mark on the timeline what happens when"), "", "", 1, run=lambda it: it.go_to("teach")),
    Command("actions.import-labels", tr("Open labels…"), tr("Actions"), tr("CSV, JSON, ELAN, VIA or THUMOS"), "", "open", 1, run=lambda it: it.teaching.open_labels(), enabled=lambda it: bool(it.view.teach.video), needs=tr("Needs a film that is chosen")),
    Command("actions.export-labels", tr("Save labels as…"), tr("Actions"), tr("CSV, JSON, ELAN or VIA"), "", "save", 1, run=lambda it: it.teaching.save_labels(), enabled=lambda it: bool(it.view.teach.labels.segments), needs=tr("There are no labels yet")),
    Command("actions.train", tr("Train a model"), tr("Actions"), tr("On labelled clips or on a folder of features"), "", "chart", 2, run=lambda it: it.go_to("train")),
    Command("actions.evaluate", tr("Evaluate models"), tr("Actions"), tr("Precision, anticipation, starts and segments, models side by side"), "", "chart", 2, run=lambda it: it.go_to("evaluate")),
    Command("actions.cancel", tr("Cancel"), tr("Actions"), tr("Cancel training, detection and evaluation"), "", "clear", 3, idle=False, run=lambda it: it.studies.cancel_all(), enabled=lambda it: it.is_busy, needs=tr("Nothing is under way")),
    Command("actions.copy-command", tr("Copy as command"), tr("Actions"), tr("The command line that does the same"), "", "copy", 3, run=lambda it: it.copy_command()),
)  # fmt: skip
FEATURE = Feature(
    "actions",
    tr("Actions"),
    "workbench.controllers.actions.controller:make",
    pages="widgets.actions.board.pages:TITLES",
    docks=(
        DockSpec("actions", tr("Actions"), "right", 400, 50),
        DockSpec("timeline", tr("Timeline"), "bottom", 240, 60),
    ),
    preset=Preset(
        "actions",
        tr("Actions"),
        tr("The viewer over its timeline: watch, teach, train, evaluate"),
        "actions",
        {"sources": 220, "actions": 400, "properties": 0, "timeline": 270, "jobs": 0, "log": 0},
        strip="actions",
    ),
    live=tr("Actions"),
    takes=(".safetensors",),
    drops=("strip",),
    jobs=("engines.actions.",),
    resumes={
        "engines.actions.training.job:run": Resumable(
            spec="engines.actions.study_types:TrainSpec",
            checkpoint="engines.actions.models.files:checkpoint_path",
            standing="engines.actions.models.files:standing_of",
            line="workbench.controllers.actions.command:train_line",
        )
    },
    tour="workbench.tour.actions",
    benchmarks={"actions": "Actions from a film's frames to decisions, stage by stage; a step of the heads"},
    weights=NEEDED,
    samples=("walking",),
    example=Example(
        tr("See actions"),
        tr("A film plays while a small network writes on the timeline what happens, and when."),
        "workbench.controllers.actions.example:begin",
        needs=("walking", "efficientnet-lite0"),
    ),
    points="workbench.controllers.actions.points:seen",
    model_in_use=lambda it: it.in_use,
    owns="engines.actions.models.files:is_model",
    commands=COMMANDS,
)
