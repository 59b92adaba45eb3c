"""The form of the actions panel, which is kept from start to start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any, Protocol

from engines.actions.study_types import EvaluateSpec, TrainSpec
from engines.actions.types import WatchSettings
from engines.core.places import data_dir
from widgets.actions.state import Page

MOST_RECENT = 8
HELD_OUT = 0.25
"""Share of the clips kept back at first, so that a training says how good it is and stops when it gets no better."""


def models_dir() -> Path:
    """Where models are saved unless the user says otherwise."""
    return data_dir() / "actions"


def labels_dir() -> Path:
    """Where the labels of the project's films are written for jobs and for the command line."""
    return models_dir() / "labels"


def new_model(spec: TrainSpec) -> Path:
    """A file of its own for what will be trained: no model that is there is written over."""
    name, folder = f"{spec.model} {spec.features}", models_dir()
    tries = chain([name], (f"{name} {number}" for number in count(2)))
    return next(path for each in tries if not (path := folder / f"{each}.safetensors").exists())


@dataclass(frozen=True, slots=True)
class Form:
    """settings: of the live engine, with the model in use. models: files used lately, newest first. track: new labels
    go there. hidden: classes that the timeline does not draw.
    """

    page: Page = Page.WATCH
    settings: WatchSettings = WatchSettings()
    train: TrainSpec = TrainSpec("", held_out=HELD_OUT)
    evaluate: EvaluateSpec = EvaluateSpec((), "")
    models: tuple[str, ...] = ()
    track: str = "actions"
    hidden: frozenset[str] = frozenset()

    def with_model(self, path: str) -> Form:
        """This model in use, "" for none."""
        models = (path, *(other for other in self.models if other != path)) if path else self.models
        return replace(self, settings=replace(self.settings, model=path), models=models[:MOST_RECENT])


class Pages(Protocol):
    """The form, and the pages it names, as the parts of the controller reach them."""

    form: Form

    def set_form(self, **values: object) -> None: ...

    def step(self, text: str, field: str, before: Any, after: Any, apply: Callable[[Any], object]) -> None: ...

    def go_to(self, name: str) -> None: ...

    def choose_page(self, name: str) -> None: ...

    def dismiss(self) -> None: ...
