"""What the actions panel holds of the user's wishes, and how it is kept from start to start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

from engines.actions.study_types import EvaluateSpec, TrainSpec
from engines.actions.types import WatchSettings
from engines.core.places import data_dir
from engines.core.spec import from_json, to_json
from widgets.actions.state import Page
from workbench.controllers.common import kept_form
from workbench.services import Services

PANEL = "actions"
MOST_RECENT = 8
HELD_OUT = 0.25
"""Share of the clips kept back at first, so that a training says how good it is and stops when it gets no better."""


def models_dir() -> Path:
    """Where models are saved unless the user says otherwise."""
    return data_dir() / "actions"


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


def keep_form(form: Form, services: Services) -> None:
    """Save the form in the project, and as the default of the next one."""
    kept_form.keep(services, PANEL, _plain(form))


def restore_form(services: Services) -> Form:
    """What the project holds, else the last settings; what cannot be read is the default."""
    return kept_form.restore(services, PANEL, _form, Form())


def _plain(form: Form) -> dict[str, Any]:
    return {
        "page": str(form.page),
        "settings": to_json(form.settings),
        "train": to_json(form.train),
        "evaluate": to_json(form.evaluate),
        "models": list(form.models),
        "track": form.track,
        "hidden": sorted(form.hidden),
    }


def _form(data: dict[str, Any]) -> Form:
    return Form(
        Page(data.get("page", "watch")),
        from_json(WatchSettings, data.get("settings")),
        from_json(TrainSpec, data.get("train")),
        from_json(EvaluateSpec, data.get("evaluate")),
        tuple(str(path) for path in data.get("models", ())),
        str(data.get("track", "actions")),
        frozenset(str(name) for name in data.get("hidden", ())),
    )
