"""Troubles of runs as panel and studio show them, with the lighter run that would fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.types import SampleSpec
from widgets.kit.work_state import Trouble

STEPS = {
    "model": tr("Choose the model"),
    "sampler": tr("Choose the sampler"),
    "options": tr("Change the sampler's options"),
    "schedule": tr("Change the schedule"),
    "steps": tr("Change the number of steps"),
    "guidance": tr("Change the guidance"),
    "seeds": tr("Change the seeds"),
    "classes": tr("Choose the classes"),
    "prompt": tr("Change the prompt"),
    "negative": tr("Change the negative prompt"),
    "size": tr("Change the size"),
    "start": tr("Change what it starts from"),
    "prediction": tr("Say what the model predicts"),
    "precision": tr("Change the precision"),
    "teleport": tr("Change the teleport"),
    "teleport_to": tr("Change the teleport"),
    "batch": tr("Change the batch"),
    "device": tr("Choose the device"),
    "kernel": tr("Choose the kernel"),
    "exact": tr("Change whether samples are exact"),
}
"""What a change of a field of the form is called in the Edit menu; the first that changed names it."""


def model_title(model: str) -> str:
    """A name for a model that nothing more is known of."""
    return dict(catalog.ANALYTIC).get(model) or Path(model).name or model


def trouble_of(error: Mapping[str, Any], title: str = tr("Sampling failed"), spec: SampleSpec | None = None) -> Trouble:
    """An error's JSON; where memory ran out, with a lighter run that would fit."""
    retry = lighter(spec) if spec is not None and error.get("kind") == "resources" else None
    return Trouble(
        what=str(error.get("message") or tr("It ended without saying why")),
        title=title,
        hint=str(error.get("hint") or ""),
        path=str(error.get("path") or ""),
        retry=retry,
        retry_words=tr("Try again, {batch} at a time", batch=retry.batch) if retry is not None else "",
    )


def lighter(spec: SampleSpec) -> SampleSpec | None:
    """The same samples, half as many at a time; None where it is one at a time already."""
    at_once = spec.batch or len(spec.seeds)
    return replace(spec, batch=at_once // 2) if at_once > 1 and not spec.exact else None
