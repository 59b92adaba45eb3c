"""The form of the faces panel, kept from start to start: its page, and the settings of the recogniser and the jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from engines.core.words import tr
from engines.faces.study_types import EvaluateSpec, HeadSpec, OpenSetSpec
from engines.faces.types import RecogniserSettings
from widgets.faces.state import Page

SetForm: TypeAlias = Callable[..., None]
"""Changes fields of the form by their names."""
MOST_RECENT = 8
OTHER = "other"
"""The choice of a recogniser that asks for a file."""
STEPS = {
    "model": tr("Choose the recogniser"),
    "accept": tr("Change how often a stranger may be named"),
    "threshold": tr("Change the threshold"),
    "blur": tr("Change who is covered"),
    "gaze": tr("Switch gaze on or off"),
    "keep": tr("Change how many pictures of a track are kept"),
    "finder": tr("Change how faces are found"),
}
"""What a change of a field of the settings is called in the Edit menu."""


@dataclass(frozen=True, slots=True)
class Form:
    """settings: of the live recogniser, with the gallery in use. recent: galleries opened lately, newest first."""

    page: Page = Page.LIVE
    settings: RecogniserSettings = RecogniserSettings()
    evaluate: EvaluateSpec = EvaluateSpec("")
    open_set: OpenSetSpec = OpenSetSpec("")
    train: HeadSpec = HeadSpec("", "")
    recent: tuple[str, ...] = ()

    def with_gallery(self, path: str) -> Form:
        """This gallery in use, "" for none."""
        recent = (path, *(other for other in self.recent if other != path)) if path else self.recent
        return replace(self, settings=replace(self.settings, gallery=path), recent=recent[:MOST_RECENT])


def recognisers(model: str) -> tuple[tuple[str, str], ...]:
    """What can be chosen, as (name, title): ours, dlib's where it is installed, the file in use, and any other file."""
    dlib = (("dlib", tr("dlib ResNet")),) if _has_dlib() else ()
    own = ((model, Path(model).stem),) if model not in ("sface", "dlib") else ()
    return (("sface", "SFace"), *dlib, *own, (OTHER, tr("ONNX file\u2026")))


@cache
def _has_dlib() -> bool:
    return find_spec("dlib") is not None
