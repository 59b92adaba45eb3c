"""Runs of the diffusion studio in words: their settings in one line, what became of them, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.types import SampleSpec
from widgets.generative.state import Trouble


def model_title(model: str) -> str:
    """A name for a model that nothing more is known of."""
    return dict(catalog.ANALYTIC).get(model) or Path(model).name or model


def settings_line(spec: SampleSpec) -> str:
    """ "DPM-Solver++ 2M, 20 steps, guidance 2, seed 0"."""
    entry = catalog.sampler(spec.sampler)
    words = [entry.title if entry else spec.sampler, count(spec.steps, "step")]
    if spec.guidance.weight != 1:
        words.append(f"guidance {spec.guidance.weight:g}")
    if spec.teleport:
        words.append("teleport")
    if spec.start is not None:
        words.append(STARTS[spec.start.kind])
    words.append(seeds_words(spec.seeds))
    return ", ".join(words)


STARTS = {"image": "from a picture", "inpaint": "inpainted", "invert": "inverted", "between": "between seeds"}


def seeds_words(seeds: tuple[int, ...]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if seeds == tuple(range(seeds[0], seeds[0] + len(seeds))) if seeds else False:
        return f"seeds {seeds[0]}\u2013{seeds[-1]}"
    return count(len(seeds), "seed")


def count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def trouble_of(error: Mapping[str, Any], title: str = "Sampling failed", spec: SampleSpec | None = None) -> Trouble:
    """An error's JSON as panel and studio show it; where memory ran out, with a lighter run that would fit."""
    fitting = lighter(spec) if spec is not None and error.get("kind") == "resources" else None
    return Trouble(
        what=str(error.get("message") or "It ended without saying why"),
        title=title,
        hint=str(error.get("hint") or ""),
        path=str(error.get("path") or ""),
        retry=fitting,
        retry_words=f"Retry, {fitting.batch} at a time" if fitting is not None else "",
    )


def lighter(spec: SampleSpec) -> SampleSpec | None:
    """The same samples, half as many at a time; None where it is one at a time already."""
    at_once = spec.batch or len(spec.seeds)
    return replace(spec, batch=at_once // 2) if at_once > 1 and not spec.exact else None
