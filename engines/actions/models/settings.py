"""Published settings by name, and how a head is trained beyond what a spec says. Free of torch.

Chunks are 6 frames at 24 frames per second: 4 a second. Sources: TRN, github.com/xumingze0308/TRN.pytorch
(configs/thumos, tools/trn_thumos/train.py); MiniROAD, github.com/jbistanbul/MiniROAD (configs/*_kinetics.yaml);
IDN, Eun et al. 2020 (its training code was never released: optimiser, rate and rounds follow the text, unconfirmed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from engines.actions.study_types import TrainSpec
from engines.actions.types import HeadShape
from engines.core.errors import UsageError
from engines.core.words import control, tr

Optimiser = Literal["adamw", "adam", "sgd"]
BENCHMARK_RATE = 4.0
DEFAULT = TrainSpec("")


@dataclass(frozen=True, slots=True)
class Way:
    """How a head is trained, beyond the spec.

    norm: LayerNorm after the projection. as_published: random start of TRN's released code. standardise: features to
    mean 0 and deviation 1. clip: longest gradient, 0 any. fall: the rate falls to 0 as half a cosine. rounds: through
    the data, every `stride` chunks a window; 0: as many iterations as the spec says.
    """

    optimiser: Optimiser = "adamw"
    norm: bool = True
    as_published: bool = False
    standardise: bool = True
    clip: float = 1.0
    fall: bool = True
    rounds: int = 0
    stride: int = 1


OURS = Way()
_PLAIN: dict[str, Any] = {"rate": BENCHMARK_RATE, "noise": 0.0}
PUBLISHED: Mapping[str, tuple[dict[str, Any], Way]] = MappingProxyType(
    {
        "trn": (
            _PLAIN
            | {"model": "trn", "loss": "ce", "hidden": 4096, "width": 3072, "future_steps": 8, "horizon": 2.0}
            | {"offset": 0, "window": 64, "batch": 32, "learning_rate": 5e-4, "decay": 5e-4, "dropout": 0.1},
            Way("adam", False, True, False, 0.0, False, 21, 64),
        ),
        "idn": (
            _PLAIN
            | {"model": "idn", "loss": "last", "hidden": 512, "width": 512, "future_steps": 0, "window": 16}
            | {"batch": 128, "learning_rate": 0.01, "decay": 0.0, "dropout": 0.0},
            Way("sgd", False, False, False, 0.0, False, 60, 1),
        ),
        "miniroad": (
            _PLAIN
            | {"model": "miniroad", "loss": "last", "hidden": 1024, "width": 2048, "future_steps": 0, "window": 128}
            | {"batch": 16, "learning_rate": 1e-4, "decay": 0.05, "dropout": 0.2},
            Way("adamw", True, False, False, 0.0, False, 10, 4),
        ),
    }
)
"""Fields of a spec, and the way, by name."""


def filled(spec: TrainSpec) -> tuple[TrainSpec, Way]:
    """The spec with its published settings in place of whatever is still at its default, and the way they were used.

    So `--settings trn --hidden 512` is TRN as published, but smaller. Raises `UsageError` for an unknown name.
    """
    if not spec.settings:
        return spec, OURS
    if spec.settings not in PUBLISHED:
        hint = tr("Choose one of {published}", published=", ".join(PUBLISHED))
        raise UsageError(tr("There are no published settings called '{settings}'", settings=spec.settings), hint=hint)
    values, way = PUBLISHED[spec.settings]
    untouched = {name: value for name, value in values.items() if getattr(spec, name) == getattr(DEFAULT, name)}
    if spec.iterations != DEFAULT.iterations:
        way = replace(way, rounds=0)
    return replace(spec, **untouched), way


def check(spec: TrainSpec) -> None:
    """Raises `UsageError` for settings without sense."""
    if not spec.out:
        raise UsageError(
            tr("Where the model goes is not said"),
            hint=tr(
                "Name a file that ends in {suffix}, with {control}",
                suffix=".safetensors",
                control=control(tr("Save as"), "--out"),
            ),
        )
    if bool(spec.clips) == bool(spec.folder):
        what = tr("Clips and a benchmark folder are two things") if spec.clips else tr("There is nothing to learn from")
        raise UsageError(what, hint=tr("Give clips with their labels, or one benchmark folder"))
    for name, (low, high) in LIMITS.items():
        value = getattr(spec, name)
        if not low <= value <= high:
            raise UsageError(
                tr(
                    "{words} must be {low:g} to {high:g}, not {value:g}",
                    words=_words(name),
                    low=low,
                    high=high,
                    value=value,
                )
            )
    if spec.offset is not None and not 0 <= spec.offset <= 1000:
        raise UsageError(tr("Offset must be 0 to 1000 chunks, not {offset}", offset=spec.offset))


LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "rate": (0, 30),
        "hidden": (1, 8192),
        "width": (1, 8192),
        "future_steps": (0, 64),
        "horizon": (0, 60),
        "window": (1, 4096),
        "iterations": (1, 1_000_000),
        "batch": (1, 4096),
        "learning_rate": (1e-7, 10),
        "decay": (0, 10),
        "dropout": (0, 0.95),
        "noise": (0, 10),
        "held_out": (0, 0.9),
        "patience": (1, 1000),
        "threads": (1, 256),
    }
)
"""Of the numbers of a spec."""


def shape_of(spec: TrainSpec, way: Way, inputs: tuple[int, ...], classes: int) -> HeadShape:
    """The head that a spec asks for."""
    return HeadShape(
        kind=spec.model,
        inputs=inputs,
        classes=classes,
        features=spec.width,
        hidden=spec.hidden,
        future_steps=spec.future_steps,
        window=spec.window,
        dropout=spec.dropout,
        norm=way.norm,
    )


def steps_of(spec: TrainSpec, rate: float) -> tuple[int, ...]:
    """Chunks ahead of each decoder step."""
    return steps_ahead(spec.future_steps, spec.horizon, rate, spec.offset)


def steps_ahead(count: int, horizon: float, rate: float, offset: int | None = None) -> tuple[int, ...]:
    """How many chunks ahead each of `count` decoder steps looks.

    With an offset the first step looks that many chunks ahead (0: at the current one, as TRN was released) and the rest
    follow every horizon/count seconds. Without, the last one looks `horizon` seconds ahead. rate: chunks per second.
    """
    apart = horizon * rate / count if count else 0.0
    if offset is None:
        return tuple(round((step + 1) * apart) for step in range(count))
    return tuple(offset + round(step * apart) for step in range(count))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
