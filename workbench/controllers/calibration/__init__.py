"""Joins the calibration panel to cameras, jobs and files."""

from __future__ import annotations

from engines.core.words import tr
from workbench.features import Command, DockSpec, Example, Feature, Preset

COMMANDS = (
    Command("calibration.capture", tr("Capture view"), tr("Calibration"), tr("Keep this view of the board for the calibration"), "C", "capture", idle=False, run=lambda it: it.watch.capture(), enabled=lambda it: it.panel.shown.live is not None, needs=tr("Needs board detection on a source in the viewer")),
    Command("calibration.add-images", tr("Add pictures…"), tr("Calibration"), tr("Calibrate from pictures, films or folders"), "", "views", run=lambda it: it.add_pictures()),
    Command("calibration.run", tr("Calibrate"), tr("Calibration"), tr("Solve for the camera from the views"), "", "calibrate", run=lambda it: it.run(), enabled=lambda it: it.panel.shown.can_calibrate, needs=tr("Needs views of the board"), also=tr("solve intrinsics lens camera matrix")),
    Command("calibration.models", tr("Compare lens models"), tr("Calibration"), tr("Solve the same views with every lens model, side by side"), "", "chart", run=lambda it: it.compare_models(), enabled=lambda it: it.panel.shown.can_calibrate, needs=tr("Needs views of the board")),
    Command("calibration.open", tr("Open calibration…"), tr("Calibration"), tr("Show a calibration of ours, OpenCV, ROS or Kalibr"), "", "open", 1, run=lambda it: it.open(it.files.ask_calibration())),
    Command("calibration.save", tr("Save calibration…"), tr("Calibration"), tr("Save as OpenCV YAML or JSON"), "", "save", 1, run=lambda it: it.save(it.files.ask_target(it.file_name)), enabled=lambda it: it.panel.shown.result is not None, needs=tr("Needs a calibration")),
    Command("calibration.export", tr("Export calibration…"), tr("Calibration"), tr("For Kalibr, ROS, COLMAP or OpenCV, where they can hold the lens exactly"), "", "export", 1, run=lambda it: it.files.export(it.session.result, *it.files.ask_export(it.session.result, it.file_name), lambda said: it.services.notify(said, "good")), enabled=lambda it: it.panel.shown.result is not None, needs=tr("Needs a calibration")),
    Command("calibration.board-pdf", tr("Print board…"), tr("Calibration"), tr("A PDF of the board in true size"), "", "print", 1, run=lambda it: it.save_boards()),
    Command("calibration.copy-command", tr("Copy as command"), tr("Calibration"), tr("The command line that gives the same result"), "", "copy", 1, run=lambda it: it.copy(it.command()), enabled=lambda it: bool(it.panel.shown.views), needs=tr("Needs views of the board")),
    Command("calibration.clear", tr("Discard views"), tr("Calibration"), tr("Discard all views; Undo brings them back"), "", "clear", 2, run=lambda it: it.clear(), enabled=lambda it: bool(it.panel.shown.views) or bool(it.panel.shown.loaded_from), needs=tr("There are no views yet")),
)  # fmt: skip
FEATURE = Feature(
    "calibration",
    tr("Calibration"),
    "workbench.controllers.calibration.controller:make",
    pages="widgets.calibration.pages.tabs:TITLES",
    docks=(DockSpec("calibration", tr("Calibration"), "right", 400, 10, behind=("monitor",)),),
    preset=Preset(
        "calibrate",
        tr("Calibrate"),
        tr("Viewer and calibration side by side"),
        "calibrate",
        {"sources": 240, "calibration": 440, "properties": 0, "jobs": 170, "log": 0},
        strip="calibration",
    ),
    live=tr("Board detection"),
    lenses=True,
    example=Example(
        tr("Calibrate a camera"),
        tr("A rendered camera watches a moving board and keeps the views that help. Then press Calibrate."),
        "workbench.controllers.calibration.example:begin",
    ),
    points="workbench.controllers.calibration.points:seen",
    tour="workbench.tour.calibration",
    benchmarks={
        "capture": "Views of the automatic capture beside views at random",
        "detect": "Board detection beside OpenCV's two detectors",
        "undistort": "Straightening a frame beside plain maps and cv2.undistort",
        "verdicts": "How often the verdict is right on made cases: bent boards, wrong corners, copies, two cameras",
        "rig-live": "A rig calibrated live in the window: four views of 720p drawn, searched and captured",
        "points": "Triangulated points of rendered rigs: the truth beside the stated deviations, and OpenCV",
        "lenses": "Every lens model on exactly known views: the truth beside the stated deviations",
        "rig": "Four cameras solved by ours, scipy, Ceres and caliscope: seconds and errors; --seeds: statistics",
    },
    commands=COMMANDS,
)
