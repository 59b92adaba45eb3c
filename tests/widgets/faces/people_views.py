"""Galleries and reviews that several tests show, with flat pictures whose gray is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QWidget

from engines.core.frames import Image
from engines.faces.gallery.types import (
    Candidate,
    Change,
    Cluster,
    Expiring,
    FaceRecord,
    Forgotten,
    Found,
    GalleryInfo,
    Gathered,
    Person,
    Suggestion,
)
from engines.faces.types import Box, Quality
from widgets.faces.board import FaceBoard
from widgets.faces.enrol.page import EnrolPage
from widgets.faces.gaze.page import GazePage
from widgets.faces.people.page import PeoplePage
from widgets.faces.state import Busy, EnrolView, FacesView, Page, PeopleView, Trouble
from widgets.faces.studies.audit_page import AuditPage
from widgets.faces.studies.evaluate_page import EvaluatePage
from widgets.faces.studies.threshold_page import ThresholdPage
from widgets.faces.studies.train_page import TrainPage
from widgets.faces.studies.verify_page import VerifyPage

LONG = "Maximilian Alexander von Hohenstein-Wittenberg und zu Sayn-Übersee"
NAMES = ("Ada Lovelace", "Zoë Ångström", LONG, "Grace Hopper", "Al")
GOOD = Quality(0.8, 0.9, 0.8, 0.7, 0.8, 0.9)
POOR = Quality(0.3, 0.1, 0.6, 0.7, 0.6, 0.9)
DAY = 86400.0
WHEN = 1_746_273_600.0  # 3 May 2025, noon UTC


def shade(value: int) -> Image:
    return np.full((112, 112, 3), value, np.uint8)


def face(number: int, person: str = "p0", **fields) -> FaceRecord:
    quality = fields.pop("quality", GOOD)
    return FaceRecord(f"f{number}", person, f"/pictures/a_{number}.jpg", WHEN, quality, Box(0, 0, 90, 110), **fields)


PEOPLE = tuple(
    Person(f"p{n}", name, n + 1, f"f{10 * n}", WHEN + n * DAY, WHEN, cohesion=0.9 - n / 10)
    for n, name in enumerate(NAMES)
)
FACES = (face(0), face(1, quality=POOR), face(2, confirmed=False))
INFO = GalleryInfo("/home/ada/Expedition.gallery", 5, 15, 7, "SFace", "0ba9fbfa01b5", 128, True, keep_days=90)
SUGGESTIONS = tuple(
    Suggestion((f"s{n}0", f"s{n}1"), f"p{n}", NAMES[n], 0.5 + n / 100, 0.9 - n / 10) for n in range(len(NAMES))
)
CLUSTERS = (Cluster(("u0", "u1", "u2"), 0.71), Cluster(("u3",), 0.0))
HISTORY = (
    Change(12, WHEN, "merge", "Merged Bo into Ada Lovelace"),
    Change(11, WHEN - 60, "rename", "Renamed “Zoe” to “Zoë Ångström”", undone=True),
)
FOUND = (Found("f30", "p3", "Grace Hopper", 0.81, 0.993, 1e-5), Found("u0", "", "", 0.42, 0.31, 0.02))
PROOF = Forgotten("Ada Lovelace", 14, ("a.gallery", "a.gallery-wal", "thumbs"), 12_400_000, 27, (), ("the originals",))
DRY_RUN = Expiring(90, 41, NAMES, WHEN)
THUMBS = {f"f{n}": shade(40 + n) for n in range(60)} | {f"u{n}": shade(200 + n) for n in range(4)}

GALLERY = PeopleView(info=INFO, people=PEOPLE)
RICH = replace(
    GALLERY,
    selected="p0",
    faces=FACES,
    suggestions=SUGGESTIONS,
    clusters=CLUSTERS,
    history=HISTORY,
)

CANDIDATES = (
    Candidate("/in/Ada/1.jpg", "Ada", "/r/0.png", 0, quality=GOOD),
    Candidate("/in/Ada/2.jpg", "Ada", "/r/1.png", 1, quality=GOOD),
    Candidate(
        "/in/Ada/3.jpg", "Ada", "/r/2.png", 2, quality=GOOD, doubts=("other-person",), take=False,
        words="This face resembles Grace (0.71) more than Ada (0.22).", like="f30", like_name="Grace",
    ),
    Candidate("/in/bo.jpg", "", "/r/3.png", 3, quality=POOR, doubts=("blurred", "small"), words="Blurred.", take=False),
    Candidate("/in/Zoë.jpg", "Zoë", "/r/4.png", 4, quality=GOOD),
    Candidate("/in/cut.jpg", "", doubts=("unreadable",), words="The file ends too early.", take=False),
)  # fmt: skip
GATHERED = Gathered("/r", "0ba9", CANDIDATES, 3, 1.5)
REVIEW = EnrolView(GATHERED, tuple(one.take for one in CANDIDATES), tuple(one.name for one in CANDIDATES))


def people(view: PeopleView, **fields) -> FacesView:
    return FacesView(page=Page.PEOPLE, people=view, thumbs=THUMBS, **fields)


def enrol(view: EnrolView, **fields) -> FacesView:
    return FacesView(page=Page.ENROL, enrol=view, thumbs=THUMBS, people=GALLERY, **fields)


STATES: dict[str, FacesView] = {
    "no-gallery": people(PeopleView(recent=("/home/ada/Expedition.gallery", f"/home/ada/{LONG}.gallery"))),
    "locked": people(PeopleView(info=replace(INFO, locked=True))),
    "nobody": people(PeopleView(info=replace(INFO, people=0, faces=0))),
    "people": people(GALLERY),
    "rich": people(RICH),
    "read-only": people(replace(RICH, info=replace(INFO, path=f"/a/{LONG}.gallery", read_only=True))),
    "found": people(replace(GALLERY, asked="f30", found=FOUND)),
    "proof": people(replace(GALLERY, forgotten=PROOF, expiring=DRY_RUN)),
    "trouble": people(GALLERY, trouble=Trouble("SFace is not here.", hint="Fetch it.", fetch=("sface",))),
    "drop": enrol(EnrolView()),
    "finding": enrol(EnrolView(busy=Busy("Picture 3 of 40", 3, 40, 60))),
    "review": enrol(REVIEW),
    "storing": enrol(replace(REVIEW, busy=Busy("Storing", 1, 3))),
}


PAGES = {
    Page.PEOPLE: PeoplePage,
    Page.ENROL: EnrolPage,
    Page.THRESHOLD: ThresholdPage,
    Page.VERIFY: VerifyPage,
    Page.EVALUATE: EvaluatePage,
    Page.AUDIT: AuditPage,
    Page.TRAIN: TrainPage,
    Page.GAZE: GazePage,
}


def board_with(view: FacesView) -> FaceBoard:
    made = FaceBoard()
    made.pages |= PAGES
    made.head.setParent(made)
    made.head.hide()
    made.show_state(view)
    return made


def unknown() -> QWidget:
    made = board_with(people(RICH))
    made.page(Page.PEOPLE).head.unknown.click()
    return made


def merging() -> QWidget:
    made = board_with(people(RICH))
    made.page(Page.PEOPLE).side.person.ask_merge()
    return made


def several() -> QWidget:
    made = board_with(people(GALLERY))
    made.page(Page.PEOPLE).grid.selectAll()
    return made


PIECES: dict[str, tuple[Callable[[], QWidget], int, int]] = {
    **{
        f"faces-{name}": (lambda name=name: board_with(STATES[name]), 900, 640)
        for name in ("no-gallery", "read-only", "found", "proof", "trouble", "drop", "review")
    },
    **{f"faces-{name}-narrow": (lambda name=name: board_with(STATES[name]), 560, 640) for name in ("rich", "storing")},
    "faces-unknown": (unknown, 1000, 700),
    "faces-merging": (merging, 1000, 700),
    "faces-several": (several, 1000, 700),
}
"""What `test_look` looks at: a maker, a width and a height."""
