"""A training of a head in words and figures: its formula with the margins filled in, how far it is, what it reached."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from engines.core.words import tr, tr_count
from engines.faces.study_types import HeadProgress, HeadResult, HeadSpec
from engines.faces.training.margin_choices import CHOICES, Margins, margins_of
from widgets.charts.axes import percent
from widgets.faces.state import TrainView
from widgets.kit.words import DOT, seconds_words

MINUS, THETA = "\u2212", "\u03b8"
BIN = 4.0
"""Degrees of one bar of the histogram."""
COLOURED = 8


def margins_shown(spec: HeadSpec) -> Margins:
    """The margins asked for, or the customary ones of the loss."""
    return margins_of(spec.loss, None) if spec.margins is None else spec.margins


def formula(spec: HeadSpec) -> str:
    """The logit of the true person: '32 cos(\u03b8 + 0.5)', '32 (cos \u03b8 \u2212 0.35)'."""
    m1, m2, m3 = margins_shown(spec)
    if CHOICES[spec.loss].by_norm:
        inner = _sum(_times(m1, THETA), -m2, " q")
        lifted = f"{MINUS if m3 >= 0 else '+'} {abs(m3):g} (1 + q)" if m3 else ""
    else:
        inner = _sum(_times(m1, THETA), m2)
        lifted = f"{MINUS if m3 >= 0 else '+'} {abs(m3):g}" if m3 else ""
    cosine = tr("cos {inner}", inner=inner) if inner == THETA else f"cos({inner})"
    return f"{spec.scale:g} ({cosine} {lifted})" if lifted else f"{spec.scale:g} {cosine}"


def _times(factor: float, word: str) -> str:
    return word if factor == 1 else f"{factor:g} {word}"


def _sum(word: str, more: float, unit: str = "") -> str:
    return f"{word} {'+' if more > 0 else MINUS} {abs(more):g}{unit}" if more else word


def state_words(view: TrainView) -> str:
    """One line on how the training stands."""
    if view.busy is not None:
        return _under_way(view.progress)
    if view.result is not None:
        return _reached(view.result)
    if view.progress is not None:
        done, whole = view.progress.step, view.progress.steps
        return tr("Cancelled at step {n:,} of {all:,}; no recogniser was saved", n=done, all=whole)
    return ""


def _under_way(progress: HeadProgress | None) -> str:
    if progress is None:
        return tr("Reading faces")
    words = [tr("Step {step:,} of {steps:,}", step=progress.step, steps=progress.steps)]
    words += [tr("resumed at step {n:,}", n=progress.resumed)] if progress.resumed else []
    if progress.accuracy:
        words.append(
            tr_count(
                len(progress.own),
                "{accuracy} of {n} held-out face right",
                "{accuracy} of {n:,} held-out faces right",
                accuracy=percent(progress.accuracy[-1][1], 1),
            )
        )
    return DOT.join(words)


def _reached(result: HeadResult) -> str:
    held = len(result.last.own) if result.last is not None else 0
    cut = tr("Cut off at step {n:,}", n=result.cut_off) if result.cut_off else ""
    own, other = result.separation
    right = (
        tr_count(
            held,
            "{accuracy} of {n} held-out face right",
            "{accuracy} of {n:,} held-out faces right",
            accuracy=percent(result.accuracy, 1),
        )
        if held
        else ""
    )
    angles = tr("own person at {own:.0f}\u00b0, nearest other at {other:.0f}\u00b0", own=own, other=other)
    made = tr(
        "{persons}, ",
        persons=tr_count(result.classes, "{n} person", "{n:,} persons")
        if result.classes == 1
        else tr("{classes:,} people", classes=result.classes),
    )
    made += tr_count(
        result.images,
        "{n} picture in {seconds_words}",
        "{n:,} pictures in {seconds_words}",
        seconds_words=seconds_words(result.seconds),
    )
    return DOT.join(part for part in (cut, right, angles, made) if part)


def coloured(labels: Sequence[int]) -> tuple[int, ...]:
    """The people who get a colour: those with most points, the first in order where they are even; ascending."""
    most = sorted(Counter(labels).items(), key=lambda pair: (-pair[1], pair[0]))[:COLOURED]
    return tuple(sorted(label for label, _ in most))


def histogram(angles: Sequence[float], low: float, high: float) -> tuple[list[float], list[float]]:
    """Edges every 4 degrees from low to high and the share of the angles in each bin."""
    many = max(1, math.ceil((high - low) / BIN))
    edges = [low + BIN * index for index in range(many + 1)]
    heights = [0.0] * many
    for angle in angles:
        heights[min(max(int((angle - low) / BIN), 0), many - 1)] += 1 / len(angles)
    return edges, heights


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
