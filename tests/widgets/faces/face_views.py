"""Views of the face board that several tests show. Curves follow from normal similarities, so that they are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from engines.core.frames import Size
from engines.faces.study_types import (
    Audit,
    Curve,
    EvaluateSpec,
    Evaluation,
    OpenSet,
    OpenSetSpec,
    OperatingPoint,
    SelfCheckCase,
    Suspicion,
    ThresholdReport,
    Verified,
)
from engines.faces.types import Box, Face
from widgets.faces.state import AuditView, Busy, EvaluateView, FacesView, Page, ThresholdView, VerifyView
from widgets.faces.studies.audit_page import AuditPage
from widgets.faces.studies.evaluate_page import EvaluatePage
from widgets.faces.studies.threshold_page import ThresholdPage
from widgets.faces.studies.verify_page import VerifyPage

LONG = "Maximilian Alexander von Hohenstein-Wittenberg und zu Sayn-Übersee"
IMPOSTOR, GENUINE = (0.3, 0.06), (0.72, 0.08)
"""Mean and standard deviation of the similarity of strangers to their nearest, and of the enrolled to themselves."""
BINS = tuple(np.linspace(-0.2, 1.0, 61).tolist())
THRESHOLDS = tuple(np.linspace(0.05, 0.85, 161).tolist())


def above(t: float, of: tuple[float, float]) -> float:
    """Share of a normal distribution above `t`."""
    return 0.5 * erfc((t - of[0]) / of[1] / sqrt(2))


def density(of: tuple[float, float]) -> tuple[float, ...]:
    edges = [1 - above(edge, of) for edge in BINS]
    return tuple((b - a) / (BINS[1] - BINS[0]) for a, b in zip(edges[:-1], edges[1:], strict=True))


def point(rate: float) -> OperatingPoint:
    """The operating point of a rate, its threshold by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle, IMPOSTOR) > rate else (low, middle)
    missed = 1 - above(low, GENUINE)
    return OperatingPoint(rate, low, rate, (rate / 2, min(2 * rate, 1)), missed, (missed / 2, missed * 1.5), rate / 50)


CASES = (
    SelfCheckCase("f1", "p1", "Ada", "f9", "Grace", 0.61, 0.22),
    SelfCheckCase("f2", "p2", LONG, "f8", LONG[::-1], 0.55, 0.31),
)
STRANGERS = tuple(above(t, IMPOSTOR) for t in THRESHOLDS)
REPORT = ThresholdReport(
    people=412,
    faces=1830,
    thresholds=THRESHOLDS,
    strangers=STRANGERS,
    low=tuple(share / 2 for share in STRANGERS),
    high=tuple(min(2 * share, 1.0) for share in STRANGERS),
    missed=tuple(1 - above(t, GENUINE) for t in THRESHOLDS),
    points=tuple(point(10.0**-power) for power in range(1, 7)),
    chosen=point(1e-2),
    bins=BINS,
    impostor=density(IMPOSTOR),
    genuine=density(GENUINE),
    basis="412 people of this gallery",
    cases=CASES,
)
THRESHOLD = FacesView(page=Page.THRESHOLD, threshold=ThresholdView(report=REPORT))

FAR = tuple(np.logspace(-6, 0, 61).tolist())
TAR = tuple(0.95 + 0.05 * (np.log10(rate) + 6) / 6 for rate in FAR)
OPEN_SET = OpenSet(
    people=290,
    strangers=640,
    probes=1951,
    rank1=0.9871,
    tpir={"0.1": 0.984, "0.01": 0.964, "0.001": 0.938},
    tpir_interval={"0.1": (0.975, 0.99), "0.01": (0.951, 0.974), "0.001": (0.91, 0.957)},
    threshold={"0.1": 0.41, "0.01": 0.49, "0.001": 0.57},
    chosen={"0.1": (0.112, 0.09, 0.137), "0.01": (0.0141, 0.011, 0.027), "0.001": (0.0002, 0.0, 0.0008)},
    fixed=0.26,
    curve=Curve((0.001, 0.01, 0.1), (0.938, 0.964, 0.984), (0.91, 0.951, 0.975), (0.957, 0.974, 0.99)),
    seconds=3.0,
)
EVALUATION = Evaluation(
    images=2951,
    people=1265,
    pairs=900,
    missed=("nobody_0001.jpg", f"{LONG}_0002.jpg"),
    accuracy=0.987,
    accuracy_std=0.017,
    accuracy_interval=(0.969, 0.996),
    accuracy_mean=0.9884,
    tar={"1e-2": 0.993, "1e-3": 0.991, "1e-4": 0.9871},
    tar_interval={"1e-2": (0.99, 0.995), "1e-3": (0.986, 0.994), "1e-4": (0.98, 0.991)},
    tar_per_person={"1e-2": 0.985, "1e-3": 0.978, "1e-4": 0.961},
    roc=Curve(FAR, TAR, tuple(y - 0.01 for y in TAR), tuple(min(y + 0.005, 1.0) for y in TAR)),
    seconds=142.0,
    bins=BINS,
    impostor=density((0.05, 0.09)),
    genuine=density(GENUINE),
    model="SFace",
)
EVALUATE = FacesView(
    page=Page.EVALUATE,
    evaluate=EvaluateView(
        EvaluateSpec("/data/faces/lfw_dev", "/data/faces/pairs.tsv"),
        OpenSetSpec("/data/faces/lfw_dev"),
        EVALUATION,
        OPEN_SET,
    ),
)


def suspicion(number: int, name: str, kind: str, like: str, own: float | None = 0.2) -> Suspicion:
    reason = f"0.95 like {like}, only 0.20 like the other pictures of {name}"
    return Suspicion(
        f"{name}_{number:04}.jpg",
        name,
        kind,
        0.9 - number / 10,
        own,
        0.95,
        f"like{number}",
        like,
        reason,
        f"own{number}",
    )


SUSPICIONS = (
    suspicion(1, "Ada", "wrong-name", "Grace"),
    suspicion(2, LONG, "same-person", LONG[::-1]),
    suspicion(3, "Alan", "duplicate", "Alan"),
    suspicion(4, "Edsger", "lonely", "", None),
    suspicion(5, "Barbara", "wrong-name", "Donald"),
)
AUDIT = FacesView(
    page=Page.AUDIT,
    audit=AuditView("/galleries/lab.gallery", Audit(SUSPICIONS, 2951, 1265, ("x.jpg",), 8.2), selected=0),
)


def picture(level: int, wide: int = 64, high: int = 64) -> NDArray[np.uint8]:
    """A picture of one gray level."""
    return np.full((high, wide, 3), level, np.uint8)


def face(x: float, y: float, side: float) -> Face:
    """A face whose five points are known shares of its box."""
    shares = ((0.3, 0.35), (0.7, 0.35), (0.5, 0.55), (0.35, 0.75), (0.65, 0.75))
    points = tuple((x + a * side, y + b * side) for a, b in shares)
    return Face(Box(x, y, side, side), points, 0.9)  # type: ignore[arg-type]


VERIFIED = Verified(
    "/photos/a.jpg", f"/photos/{LONG}.jpg", face(100, 80, 200), face(10, 10, 40), 0.712, 0.9987, 3.2e-6, "same", (2, 0),
    ("The right face is small.",),
)  # fmt: skip
VERIFY = FacesView(
    page=Page.VERIFY,
    thumbs={"verify:a": picture(60, 320, 240), "verify:b": picture(200, 100, 200)},
    verify=VerifyView(VERIFIED.a, VERIFIED.b, VERIFIED, None, Size(640, 480), Size(100, 200)),
)


def shown(page: type[QWidget], view: FacesView) -> Callable[[], QWidget]:
    """Makes a page that shows a view."""

    def make() -> QWidget:
        made = page()
        made.show_state(view)  # type: ignore[attr-defined]
        return made

    return make


def results(which: str) -> Callable[[], QWidget]:
    """Makes an evaluation of which these results are in front."""

    def make() -> QWidget:
        made = EvaluatePage()
        made.show_state(EVALUATE)
        made.which.set_value(which)
        made.which.chosen.emit(which)
        return made

    return make


WEAK = replace(REPORT, weak="the gallery is small, so this rests on reference people, who may be unlike yours")
BUSY = FacesView(page=Page.AUDIT, audit=AuditView("/galleries/lab.gallery", busy=Busy("Comparing", 1, 3, 12)))
PIECES = {
    "faces-threshold": (shown(ThresholdPage, THRESHOLD), 1000, 640),
    "faces-threshold-weak": (shown(ThresholdPage, replace(THRESHOLD, threshold=ThresholdView(report=WEAK))), 620, 560),
    "faces-threshold-empty": (shown(ThresholdPage, FacesView()), 620, 420),
    "faces-verify": (shown(VerifyPage, VERIFY), 900, 600),
    "faces-verify-empty": (shown(VerifyPage, FacesView()), 620, 420),
    "faces-evaluate": (shown(EvaluatePage, EVALUATE), 1000, 700),
    "faces-evaluate-open": (results("open"), 620, 560),
    "faces-evaluate-missed": (results("missed"), 620, 560),
    "faces-evaluate-empty": (shown(EvaluatePage, FacesView()), 620, 420),
    "faces-audit": (shown(AuditPage, AUDIT), 1000, 640),
    "faces-audit-long": (shown(AuditPage, replace(AUDIT, audit=replace(AUDIT.audit, selected=1))), 480, 560),
    "faces-audit-busy": (shown(AuditPage, BUSY), 620, 420),
}
"""Page, width and height, by name."""
