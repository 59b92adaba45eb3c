"""Joins the calibration panel to cameras, jobs and files."""

from __future__ import annotations

from workbench.features import Command, DockSpec, Feature, Preset

COMMANDS = (
    Command("calibration.capture", "Capture view", "Calibration", "Keep this view of the board for the calibration", "C", "capture", idle=False),
    Command("calibration.add-images", "Add photographs…", "Calibration", "Calibrate from image files or folders", "", "views"),
    Command("calibration.run", "Calibrate", "Calibration", "Solve for the camera from the views", "Ctrl+Return", "calibrate"),
    Command("calibration.open", "Open calibration…", "Calibration", "Load an OpenCV YAML or JSON calibration", "", "open", 1),
    Command("calibration.save", "Save calibration…", "Calibration", "Save as OpenCV YAML or JSON", "", "save", 1),
    Command("calibration.board-pdf", "Print board…", "Calibration", "A PDF of the board in true size", "", "print", 1),
    Command("calibration.copy-command", "Copy as command", "Calibration", "The command line that gives the same result", "", "copy", 1),
    Command("calibration.clear", "Discard views", "Calibration", "Forget all views; Undo brings them back", "", "clear", 2),
)  # fmt: skip
FEATURE = Feature(
    "calibration",
    "Calibration",
    "workbench.controllers.calibration.controller:make",
    docks=(DockSpec("calibration", "Calibration", "right", 400, 10, behind=("monitor",)),),
    preset=Preset(
        "calibrate",
        "Calibrate",
        "Viewer and calibration side by side",
        "Ctrl+2",
        "calibrate",
        {"sources": 240, "calibration": 440, "properties": 0, "jobs": 170, "log": 0},
    ),
    live="Board detection",
    tour="workbench.tour.calibration",
    benchmarks={"detect": "Board detection beside OpenCV's two detectors"},
    commands=COMMANDS,
)
