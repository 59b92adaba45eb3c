"""Joins the faces panel and its board to recognisers, the gallery and jobs."""

from __future__ import annotations

from engines.core.words import tr
from workbench.features import Command, DockSpec, Example, Feature, Preset
from workbench.work.resuming import Resumable

NEEDED = ("yunet", "sface", "face-landmarks", "iris-landmarks")
"""Weights without which nothing is looked for."""
COMMANDS = (
    Command("faces.start", tr("Look for faces"), tr("Faces"), tr("Find, follow and name faces in the chosen source, or stop doing so"), "Ctrl+Shift+L", "faces", run=lambda it: it.toggle(), enabled=lambda it: bool(it.view.live.source), needs=tr("Needs a source"), also=tr("detect recognise identify")),
    Command("faces.enrol", tr("Enrol this face…"), tr("Faces"), tr("Give the chosen track a name and keep its best pictures"), "Ctrl+E", "add", idle=False, run=lambda it: it.tracks.ask_name(), enabled=lambda it: it.unlocked and it.tracks.chosen >= 0, needs=tr("Needs an open gallery and a chosen face")),
    Command("faces.enrol-files", tr("Enrol pictures…"), tr("Faces"), tr("Find the faces in pictures and review them before they are stored"), "", "file", run=lambda it: it.reviews.gather_pictures()),
    Command("faces.enrol-folder", tr("Enrol a folder…"), tr("Faces"), tr("One folder a person, or files named NAME_0001.jpg"), "", "folder", run=lambda it: it.reviews.gather_folder()),
    Command("faces.sample", tr("Open sample portrait"), tr("Faces"), tr("A free portrait under a moving camera, to try faces on"), "", "file", run=lambda it: it.open_sample()),
    Command("faces.new-gallery", tr("New gallery…"), tr("Faces"), tr("An empty .faces file"), "", "add", 1, run=lambda it: it.people.new_gallery()),
    Command("faces.open-gallery", tr("Open gallery…"), tr("Faces"), tr("A .faces file"), "", "open", 1, run=lambda it: it.people.open_gallery()),
    Command("faces.protect", tr("Encrypt gallery…"), tr("Faces"), tr("Encrypt the gallery, or change its passphrase"), "", "", 1, run=lambda it: it.people.protect(), enabled=lambda it: it.unlocked, needs=tr("Needs an open gallery")),
    Command("faces.people", tr("People"), tr("Faces"), tr("Everybody in the gallery, suggestions and unknown faces"), "", "", 2, run=lambda it: it.go_to("people"), also=tr("rename merge delete person gallery")),
    Command("faces.threshold", tr("Threshold"), tr("Faces"), tr("How sure is sure enough, for this gallery"), "", "chart", 2, run=lambda it: it.go_to("threshold")),
    Command("faces.verify", tr("Verify two pictures"), tr("Faces"), tr("Are these two the same person"), "", "", 2, run=lambda it: it.go_to("verify")),
    Command("faces.evaluate", tr("Evaluate recognition"), tr("Faces"), tr("Accuracy, ROC and open-set rates on a folder"), "", "chart", 2, run=lambda it: it.go_to("evaluate")),
    Command("faces.audit", tr("Find wrong names"), tr("Faces"), tr("The most suspicious pictures of a gallery or folder"), "", "search", 2, run=lambda it: it.go_to("audit")),
    Command("faces.train", tr("Train a head"), tr("Faces"), tr("A margin-softmax recogniser of your own"), "", "chart", 2, run=lambda it: it.go_to("train")),
    Command("faces.gaze", tr("Gaze and head pose"), tr("Faces"), tr("Where the face points and looks, and the nine-point calibration"), "", "", 2, run=lambda it: it.go_to("gaze")),
    Command("faces.redact", tr("Cover faces in a film…"), tr("Faces"), tr("Save a copy of a film or picture in which faces are covered"), "", "", 3, run=lambda it: it.redact()),
    Command("faces.cancel", tr("Cancel"), tr("Faces"), tr("Cancel the work of the Faces panel that is under way"), "", "cancel", 3, idle=False, run=lambda it: it.cancel(), enabled=lambda it: it.is_busy, needs=tr("Nothing is under way")),
    Command("faces.copy-command", tr("Copy as command"), tr("Faces"), tr("The command line that does the same"), "", "copy", 3, run=lambda it: it.copy_command()),
)  # fmt: skip
FEATURE = Feature(
    "faces",
    tr("Faces"),
    "workbench.controllers.faces.controller:make",
    pages="widgets.faces.board:TITLES",
    docks=(DockSpec("faces", tr("Faces"), "right", 400, 30),),
    preset=Preset(
        "faces",
        tr("Faces"),
        tr("Live recognition, people and what is known of them"),
        "faces",
        {"sources": 220, "faces": 400, "properties": 0, "jobs": 150, "log": 0},
        strip="faces",
    ),
    live=tr("Faces"),
    takes=(".faces",),
    drops=("board",),
    jobs=("engines.faces.",),
    resumes={
        "engines.faces.training.job:run": Resumable(
            spec="engines.faces.study_types:HeadSpec",
            checkpoint="engines.faces.training.places:checkpoint_path",
            standing="engines.faces.training.places:standing_of",
            line="workbench.controllers.faces.command:train_line",
        )
    },
    unsaid=("engines.faces.redaction.",),
    tour="workbench.tour.faces",
    sweep="engines.faces.gallery.review_folders:sweep",
    benchmarks={
        "faces": "The recognition chain on a film beside OpenCV's own; small faces by search",
        "gallery": "The nearest of 1,000 to 1,000,000 faces, beside numpy, FAISS and usearch",
    },
    weights=NEEDED,
    samples=("blazeface-full", "astronaut"),
    example=Example(
        tr("Recognise faces"),
        tr("A portrait under a moving camera is found and followed. Give it a name and it is recognised."),
        "workbench.controllers.faces.example:begin",
        needs=(*NEEDED, "astronaut"),
    ),
    points="workbench.controllers.faces.points:seen",
    model_in_use=lambda it: it.in_use,
    commands=COMMANDS,
)
