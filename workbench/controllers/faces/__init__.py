"""Joins the faces panel and its board to recognisers, the gallery and jobs."""

from __future__ import annotations

from workbench.features import Command, DockSpec, Feature, Preset

COMMANDS = (
    Command("faces.start", "Look for faces", "Faces", "Find, follow and name faces in the chosen source, or stop doing so", "Ctrl+Shift+L", "faces"),
    Command("faces.enrol", "Enrol this face…", "Faces", "Give the chosen track a name and keep its best pictures", "Ctrl+E", "add", idle=False),
    Command("faces.enrol-files", "Enrol pictures…", "Faces", "Find the faces in pictures and review them before they are stored", "", "file"),
    Command("faces.enrol-folder", "Enrol a folder…", "Faces", "One folder a person, or files named NAME_0001.jpg", "", "folder"),
    Command("faces.sample", "Open sample portrait", "Faces", "A free portrait under a moving camera, to try faces on", "", "file"),
    Command("faces.new-gallery", "New gallery…", "Faces", "An empty .faces file", "", "add", 1),
    Command("faces.open-gallery", "Open gallery…", "Faces", "A .faces file", "", "open", 1),
    Command("faces.protect", "Protect gallery…", "Faces", "Encrypt the gallery, or change its passphrase", "", "", 1),
    Command("faces.people", "People", "Faces", "Everybody in the gallery, suggestions and unknown faces", "", "", 2),
    Command("faces.threshold", "Threshold", "Faces", "How sure is sure enough, for this gallery", "", "chart", 2),
    Command("faces.verify", "Verify two pictures…", "Faces", "Are these two the same person", "", "", 2),
    Command("faces.evaluate", "Evaluate…", "Faces", "Accuracy, ROC and open-set rates on a folder", "", "chart", 2),
    Command("faces.audit", "Find wrong names…", "Faces", "The most suspicious pictures of a gallery or folder", "", "search", 2),
    Command("faces.train", "Train a head…", "Faces", "A margin-softmax recogniser of your own", "", "chart", 2),
    Command("faces.gaze", "Gaze and head pose", "Faces", "Where the face points and looks, and the nine-point calibration", "", "", 2),
    Command("faces.redact", "Cover faces in a film…", "Faces", "Write a copy of a film or picture in which faces are covered", "", "", 3),
    Command("faces.cancel", "Cancel", "Faces", "Stop the work of the faces panel that is under way", "", "cancel", 3, idle=False),
    Command("faces.copy-command", "Copy as command", "Faces", "The command line that does the same", "", "copy", 3),
)  # fmt: skip
FEATURE = Feature(
    "faces",
    "Faces",
    "workbench.controllers.faces.controller:make",
    docks=(DockSpec("faces", "Faces", "right", 400, 30),),
    preset=Preset(
        "faces",
        "Faces",
        "Live recognition, people and what is known of them",
        "Ctrl+3",
        "faces",
        {"sources": 220, "faces": 400, "properties": 0, "jobs": 150, "log": 0},
        strip="faces",
    ),
    live="Faces",
    takes=(".faces",),
    drops=("board",),
    jobs=("engines.faces.",),
    unsaid=("engines.faces.redaction.",),
    tour="workbench.tour.faces",
    benchmarks={
        "faces": "The recognition chain on a film beside OpenCV's own; small faces by search",
        "gallery": "The nearest of 1,000 to 1,000,000 faces, beside numpy, FAISS and usearch",
    },
    weights=("yunet", "sface", "face-landmarks", "iris-landmarks"),
    samples=("blazeface-full", "astronaut"),
    commands=COMMANDS,
)
