"""Views of the action board that several tests show: plausible figures of six exercises and of made-up classes."""

from __future__ import annotations

import math
from dataclasses import replace

from engines.actions.study_types import (
    Clip,
    EvaluateSpec,
    Evaluation,
    TradeOff,
    TrainProgress,
    TrainResult,
    TrainSpec,
)
from engines.actions.types import HeadShape, ModelCard, Recipe
from widgets.actions.state import ActionsView, ClipState, EvaluateView, Page, TrainView

ACTIONS = ("lunge_left", "lunge_left_arm_up", "lunge_right", "lunge_right_arm_up", "arms_out", "arms_crossed_chest")
CLASSES = ("background", *ACTIONS)
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
SPEC = TrainSpec("/home/ada/models/exercise.safetensors", (Clip("/v/exercise.avi", "/v/labels.csv"),), held_out=0.2)
CLIPS = (ClipState("/v/exercise.avi", "exercise", 23, 6),)


def progress(iteration: int = 200, *, held: bool = True, actions: tuple[str, ...] = ACTIONS) -> TrainProgress:
    """A training at this iteration of 300; what is held out gets no better from 160 on."""
    steps = range(10, iteration + 1, 10)
    checks = range(20, iteration + 1, 20)
    mean = tuple((at, 0.985 - 0.7 * math.exp(-at / 40) - max(at - 160, 0) * 1e-4) for at in checks)
    ap: dict[str, float | None] = {name: 0.99 - 0.013 * place for place, name in enumerate(actions)}
    ap[actions[-1]] = None
    return TrainProgress(
        "training",
        iteration,
        300,
        loss=tuple((at, 1.9 * math.exp(-at / 60) + 0.02) for at in steps),
        held_loss=tuple((at, 1.9 * math.exp(-at / 70) + 0.09 + max(at - 160, 0) * 2e-4) for at in checks)
        if held
        else (),
        map=mean if held else (),
        ap=ap if held else {},
        best=max(mean, key=lambda pair: pair[1])[0] if held and mean else -1,
        classes=("background", *actions),
    )


def card(actions: tuple[str, ...] = ACTIONS) -> ModelCard:
    return ModelCard(
        "exercise",
        ("background", *actions),
        HeadShape("trn", (1280, 256), len(actions) + 1),
        Recipe(rate=10.0),
        horizons=(0.5, 1.0, 1.5, 2.0),
        map=0.974,
        trained_on="exercise",
        seconds=38.2,
        parameters=417_000,
    )


def result(**what) -> TrainResult:
    made = TrainResult("/home/ada/models/exercise.safetensors", card(), 260, 38.2, 6.4, 0.974, stopped_early=True)
    return replace(made, **what)


def train_view(**what) -> ActionsView:
    return ActionsView(page=Page.TRAIN, train=replace(TrainView(SPEC, CLIPS), **what))


def trade_off(skill: float = 1.0) -> TradeOff:
    """Precision grows and recall falls with the threshold; nothing is found at the highest."""
    right = tuple(min(0.6 + 0.42 * at * skill, 1.0) for at in THRESHOLDS)
    found = tuple(max(1.0 - max(at - 0.55, 0) ** 2 * 4 / skill, 0.0) for at in THRESHOLDS)
    late = tuple(None if at > 0.9 else 0.05 + 0.4 * at for at in THRESHOLDS)
    return TradeOff(THRESHOLDS, right, found, tuple(12 * (1 - value) for value in right), late)


def evaluation(name: str = "TRN both", skill: float = 1.0, actions: tuple[str, ...] = ACTIONS) -> Evaluation:
    """One model; a skill below 1 is worse in everything."""
    many = len(actions) + 1
    ap: dict[str, float | None] = {one: skill * (0.998 - 0.006 * place) for place, one in enumerate(actions)}
    confusion = [[0.0] * many for _ in range(many)]
    for row in range(many):
        confusion[row][row] = 4.0 + row * 0.5 * skill
        confusion[row][(row + 2) % many] = 0.4 / skill
        confusion[row][0] += 0.3
    mean = sum(value for value in ap.values() if value is not None) / len(actions)
    return Evaluation(
        name,
        ("background", *actions),
        180,
        mean,
        0.6 + 0.4 * mean,
        ap,
        {one: 0.6 + 0.4 * (value or 0.0) for one, value in ap.items()},
        deciles=tuple(skill * (0.93 + 0.06 * math.sin(0.3 * step)) for step in range(10)),
        ahead=tuple((at, skill * value) for at, value in ((0.5, 0.944), (1.0, 0.968), (1.5, 0.951), (2.0, 0.903))),
        ahead_still=((0.5, 0.35), (1.0, 0.194), (1.5, 0.12), (2.0, 0.11)),
        confusion=tuple(tuple(row) for row in confusion),
        starts=tuple((round(0.2 * step, 1), skill * min(0.5 + 0.1 * step, 0.97)) for step in range(1, 11)),
        segments=tuple((share, skill * (1.1 - share * 0.5)) for share in (0.3, 0.4, 0.5, 0.6, 0.7)),
        segment_map=skill * 0.85,
        trade_off=trade_off(skill),
        chance=0.098,
        one_frame=0.972,
        notes=("9 frames of the ambiguous class are left out.",),
        file=f"/home/ada/{name}.csv",
    )


def bare(name: str = "scores") -> Evaluation:
    """A model of which nothing but the precision is known."""
    empty: dict[str, float | None] = dict.fromkeys(ACTIONS)
    return Evaluation(name, CLASSES, 40, 0.5, math.nan, empty, empty, deciles=(None,) * 10)


EVALUATE_SPEC = EvaluateSpec(("/a.csv", "/b.csv"), "/labels.csv", ("TRN both", "GRU pose"))
TWO = (evaluation(), evaluation("GRU pose", 0.93))


def evaluate_view(**what) -> ActionsView:
    return ActionsView(page=Page.EVALUATE, evaluate=replace(EvaluateView(EVALUATE_SPEC, TWO), **what))
