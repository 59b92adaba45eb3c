"""Joins the Inspector to models, feeds and jobs: opened, drawn, looked at on a picture, explained, compared."""

from __future__ import annotations

from engines.core.words import tr
from workbench.features import Command, DockSpec, Example, Feature, Preset

COMMANDS = (
    Command("inspection.open", tr("Open model…"), tr("Inspector"), tr("Open a model file and see what it is"), "", "open", run=lambda it: it.ask_model()),
    Command("inspection.open-in-use", tr("Open what another panel runs"), tr("Inspector"), tr("The same file on the same picture; once more for the next"), "", "inspector", run=lambda it: it.inspect_next(), enabled=lambda it: bool(it.view.model.in_use), needs=tr("No panel runs a model now")),
    Command("inspection.close", tr("Close model"), tr("Inspector"), tr("Let the model go; the file stays as it is"), "", "close", run=lambda it: it.close_model(), enabled=lambda it: it.is_open, needs=tr("No model is open")),
    Command("inspection.look", tr("Look at the picture"), tr("Inspector"), tr("See the model at work on the source, or stop"), "Ctrl+Shift+I", "show", 1, run=lambda it: it.look(), enabled=lambda it: it.can_look, needs=tr("Needs an open model and a source")),
    Command("inspection.explain", tr("Explain an output"), tr("Inspector"), tr("Which pixels an output rests on"), "", "target", 1, run=lambda it: it.start("attribution"), enabled=lambda it: it.can("attribution"), needs=tr("Needs an open model")),
    Command("inspection.compare", tr("Compare layers"), tr("Inspector"), tr("Two models, or two pictures in one, layer by layer"), "", "chart", 1, run=lambda it: it.start("compare"), enabled=lambda it: it.can("compare"), needs=tr("Needs an open model")),
    Command("inspection.time", tr("Measure time"), tr("Inspector"), tr("How long each layer takes on this machine"), "", "speed", 1, run=lambda it: it.time(), enabled=lambda it: it.can("graph"), needs=tr("Needs an open model")),
    Command("inspection.check-field", tr("Check the field"), tr("Inspector"), tr("Hold a unit's receptive field against its gradient"), "", "check", 1, run=lambda it: it.check_field(), enabled=lambda it: it.can("field"), needs=tr("Needs an open model")),
    Command("inspection.export", tr("Export page…"), tr("Inspector"), tr("What the page in front shows, as a file"), "", "export", 2, idle=False, run=lambda it: it.export(), enabled=lambda it: it.can_export, needs=tr("The page in front shows nothing yet")),
    Command("inspection.copy-command", tr("Copy as command"), tr("Inspector"), tr("The command line that tells the same"), "", "copy", 2, idle=False, run=lambda it: it.copy_command(), enabled=lambda it: bool(it.command), needs=tr("The page in front has no command")),
    Command("inspection.cancel", tr("Cancel"), tr("Inspector"), tr("Cancel the work of the page in front"), "", "cancel", 3, idle=False, run=lambda it: it.cancel(), enabled=lambda it: it.is_busy, needs=tr("Nothing is under way")),
)  # fmt: skip
FEATURE = Feature(
    "inspection",
    tr("Inspector"),
    "workbench.controllers.inspection.controller:make",
    pages="widgets.inspection.board:TITLES",
    docks=(DockSpec("inspection", tr("Inspector"), "right", 380, 50),),
    preset=Preset(
        "inspection",
        tr("Inspector"),
        tr("What a model is, what its layers see, and what its outputs rest on"),
        "inspector",
        {"inspection": 380, "jobs": 150, "log": 0},
        centre="inspection",
    ),
    takes=(".onnx", ".tflite", ".pt2", ".pt", ".pth", ".ckpt", ".safetensors"),
    drops=("board",),
    jobs=("engines.inspection.",),
    example=Example(
        tr("Look inside a model"),
        tr("See what each layer of an image network makes of a picture, as graph and feature maps."),
        "workbench.controllers.inspection.example:begin",
        needs=("efficientnet-lite0", "astronaut"),
    ),
    tour="workbench.tour.inspection",
    commands=COMMANDS,
    benchmarks={"inspect": "Opening models, layout, exact fields and a live look beside the usual tools"},
)
