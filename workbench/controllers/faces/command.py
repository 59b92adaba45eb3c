"""The command line that does what a page of the faces panel does."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import Any

from engines.core.installing import CALLED
from engines.faces.gallery.types import GatherSpec
from engines.faces.study_types import AuditSpec, EvaluateSpec, HeadSpec, OpenSetSpec, RedactSpec, VerifySpec
from widgets.faces.state import FacesView, Page
from workbench.controllers.common.command_line import but, saying

MAIN = (*CALLED, "faces")
TRAINING = ("scale", "model", "dim", "steps", "batch", "rate", "sample", "held_out", "seed", "margins", "anew", "keep")


def line(*words: object) -> str:
    """Words as they are typed into a shell."""
    return shlex.join([*MAIN, *(str(word) for word in words)])


def page_line(view: FacesView) -> str:
    """What the page in front does, with a word in capitals for what is not chosen yet."""
    gallery = view.people.info.path if view.people.info else ""
    match view.page:
        case Page.VERIFY:
            return verify_line(VerifySpec(view.verify.a or "A", view.verify.b or "B"))
        case Page.EVALUATE:
            return evaluate_line(view.evaluate.spec)
        case Page.AUDIT:
            return audit_line(AuditSpec(view.audit.target or gallery or "FOLDER"))
        case Page.TRAIN:
            return train_line(view.train.spec)
        case Page.ENROL:
            return enrol_line(gallery or "GALLERY", GatherSpec(("FOLDER",), ""))
    return line("identify", gallery or "GALLERY", "PICTURE", "--far", f"{view.settings.accept.rate:g}")


@saying("engines.faces.evaluation.verify:run", *but(VerifySpec, "finder"))
def verify_line(spec: VerifySpec) -> str:
    return line("verify", spec.a, spec.b, *_options(spec, "model"))


@saying("engines.faces.evaluation.job:run", *but(EvaluateSpec, "finder"))
def evaluate_line(spec: EvaluateSpec) -> str:
    return line("evaluate", "--images", spec.images, *_options(spec, "pairs", "model", "flip"))


@saying("engines.faces.evaluation.open_set:run", *but(OpenSetSpec, "finder", "flip"))
def open_set_line(spec: OpenSetSpec) -> str:
    return line("open-set", "--images", spec.images, "--enrol", spec.enrol, *_options(spec, "choose", "model"))


@saying("engines.faces.evaluation.audit:run", *but(AuditSpec, "limit"))
def audit_line(spec: AuditSpec) -> str:
    return line("audit", spec.target, *_options(spec, "model"))


def enrol_line(gallery: str, spec: GatherSpec) -> str:
    return line("enrol", gallery, *spec.files, *_options(spec, "model"))


@saying("engines.faces.redaction.job:run", *but(RedactSpec, "finder"))
def redact_line(spec: RedactSpec) -> str:
    told = ("--far", repr(spec.accept.rate), *_options(spec, "blur", "gallery", "hold", "model"))
    return line("redact", spec.source, spec.out, *told)


@saying("engines.faces.training.job:run", *but(HeadSpec))
def train_line(spec: HeadSpec) -> str:
    chosen = ("--out", spec.out, "--loss", spec.loss, "--backbone", spec.backbone)
    return line("train", spec.images, *chosen, *_options(spec, *TRAINING))


def _options(spec: Any, *names: str) -> list[object]:
    """Those of these fields that are not as usual, as options of the same names."""
    usual = {field.name: field.default for field in fields(spec)}
    words: list[object] = []
    for name in names:
        value = getattr(spec, name)
        if value != usual[name]:
            shown = ",".join(f"{one:g}" for one in value) if isinstance(value, tuple) else value
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [shown])]
    return words
