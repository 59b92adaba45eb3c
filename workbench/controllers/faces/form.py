"""What the faces panel holds of the user's wishes, and how it is kept from start to start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engines.core.spec import from_json, to_json
from engines.faces.study_types import EvaluateSpec, HeadSpec, OpenSetSpec
from engines.faces.types import RecogniserSettings
from widgets.faces.state import Page
from workbench.controllers.common import kept_form
from workbench.services import Services

PANEL = "faces"
MOST_RECENT = 8
OTHER = "other"
"""The choice of a recogniser that asks for a file."""


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
    dlib = (("dlib", "dlib ResNet"),) if _has_dlib() else ()
    own = ((model, Path(model).stem),) if model not in ("sface", "dlib") else ()
    return (("sface", "SFace"), *dlib, *own, (OTHER, "ONNX file\u2026"))


@cache
def _has_dlib() -> bool:
    return find_spec("dlib") is not None


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
        "evaluate": to_json(form.evaluate),
        "open_set": to_json(form.open_set),
        "train": to_json(form.train),
        "recent": list(form.recent),
    }


def _form(data: dict[str, Any]) -> Form:
    return Form(
        Page(data.get("page", "live")),
        from_json(RecogniserSettings, data.get("settings")),
        from_json(EvaluateSpec, data.get("evaluate")),
        from_json(OpenSetSpec, data.get("open_set")),
        from_json(HeadSpec, data.get("train")),
        tuple(str(path) for path in data.get("recent", ())),
    )
