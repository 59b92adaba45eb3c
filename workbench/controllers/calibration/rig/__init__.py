"""Joins the rig's panel and board to cameras, jobs and files."""

from __future__ import annotations

from engines.core.words import tr
from workbench.features import Command, DockSpec, Feature, Preset

COMMANDS = (
    Command("rig.add-files", tr("Add pictures…"), tr("Rig"), tr("Pictures or films with all cameras in each, or of one camera each"), "", "views", run=lambda it: it.add_pictures()),
    Command("rig.capture", tr("Capture set"), tr("Rig"), tr("Keep this moment of all cameras for the calibration"), "Shift+C", "capture", idle=False, run=lambda it: it.live.capture(), enabled=lambda it: it.live.running, needs=tr("Needs live detection in all cameras")),
    Command("rig.run", tr("Calibrate rig"), tr("Rig"), tr("Solve for all cameras together"), "", "calibrate", run=lambda it: it.run(), enabled=lambda it: not it.panel.shown.problem, needs=tr("Needs pictures of two cameras at least"), also=tr("stereo extrinsics multi-camera solve")),
    Command("rig.cancel", tr("Cancel"), tr("Rig"), tr("Cancel, and keep the last state that the solver accepted"), "", "cancel", idle=False, run=lambda it: it.cancel(), enabled=lambda it: it.panel.shown.busy is not None, needs=tr("Nothing is being solved")),
    Command("rig.open", tr("Open rig…"), tr("Rig"), tr("Show a calibrated rig of ours or of another program"), "", "open", 1, run=lambda it: it.open(it.files.ask_rig())),
    Command("rig.save", tr("Save rig…"), tr("Rig"), tr("Save everything as JSON"), "", "save", 1, run=lambda it: it.save(), enabled=lambda it: it.panel.shown.result is not None, needs=tr("Needs a calibrated rig")),
    Command("rig.export", tr("Export rig…"), tr("Rig"), tr("For OpenCV, Kalibr, ROS, aniposelib or caliscope, where they can hold it exactly"), "", "export", 1, run=lambda it: it.export(), enabled=lambda it: it.panel.shown.result is not None, needs=tr("Needs a calibrated rig")),
    Command("rig.board-pdf", tr("Print board…"), tr("Rig"), tr("A PDF of the board in true size"), "", "print", 1, run=lambda it: it.save_board()),
    Command("rig.copy-command", tr("Copy as command"), tr("Rig"), tr("The command line that gives the same result"), "", "copy", 1, run=lambda it: it.copy(it.command()), enabled=lambda it: bool(it.panel.shown.setup.paths), needs=tr("Needs pictures")),
    Command("rig.measure", tr("Measure a point"), tr("Rig"), tr("Click one point in two or more pictures of the viewer"), "", "", 1, idle=False, run=lambda it: it.use.measure(not it.use.measuring.on), enabled=lambda it: bool(it.panel.shown.use.used), needs=tr("Needs a rig that is used for open sources")),
    Command("rig.clear", tr("Discard pictures"), tr("Rig"), tr("Discard pictures and result; Undo brings them back"), "", "clear", 2, run=lambda it: it.clear(), enabled=lambda it: it.can_clear, needs=tr("There are no pictures yet")),
)  # fmt: skip
FEATURE = Feature(
    "rig",
    tr("Rig"),
    "workbench.controllers.calibration.rig.controller:make",
    pages="widgets.calibration.rig.pages.tabs:TITLES",
    docks=(DockSpec("rig", tr("Rig"), "right", 400, 15),),
    preset=Preset(
        "rig",
        tr("Rig"),
        tr("Several cameras calibrated together, and seen in space"),
        "rig",
        {"sources": 240, "rig": 470, "properties": 0, "jobs": 170, "log": 0},
        strip="rig",
    ),
    jobs=("engines.calibration.rig.",),
    tour="workbench.tour.rig",
    commands=COMMANDS,
)
