"""The command line that does what a page of the faces panel does."""

from __future__ import annotations

import shlex

from engines.faces.gallery.types import GatherSpec
from engines.faces.study_types import AuditSpec, EvaluateSpec, HeadSpec, OpenSetSpec, RedactSpec, VerifySpec

MAIN = ("python", "main.py", "faces")


def line(*words: object) -> str:
    """Words as they are typed into a shell."""
    return shlex.join([*MAIN, *(str(word) for word in words)])


def verify_line(spec: VerifySpec) -> str:
    return line("verify", spec.a, spec.b, *_model(spec.model))


def evaluate_line(spec: EvaluateSpec) -> str:
    pairs = ("--pairs", spec.pairs) if spec.pairs else ()
    return line("evaluate", "--images", spec.images, *pairs, *_model(spec.model), *(("--flip",) if spec.flip else ()))


def open_set_line(spec: OpenSetSpec) -> str:
    choose = ("--choose", spec.choose) if spec.choose != "first" else ()
    return line("open-set", "--images", spec.images, "--enrol", spec.enrol, *choose, *_model(spec.model))


def audit_line(spec: AuditSpec) -> str:
    return line("audit", spec.target, *_model(spec.model))


def enrol_line(gallery: str, spec: GatherSpec) -> str:
    return line("enrol", gallery, *spec.files, *_model(spec.model))


def redact_line(spec: RedactSpec) -> str:
    known = ("--blur", "unknown", "--gallery", spec.gallery) if spec.blur == "unknown" else ()
    return line("redact", spec.source, spec.out, *known)


def train_line(spec: HeadSpec) -> str:
    usual, more = HeadSpec("", ""), []
    for name in ("scale", "model", "dim", "steps", "batch", "rate", "sample", "held_out", "seed"):
        if getattr(spec, name) != getattr(usual, name):
            more += [f"--{name.replace('_', '-')}", getattr(spec, name)]
    if spec.margins is not None:
        more += ["--margins", ",".join(f"{margin:g}" for margin in spec.margins)]
    return line("train", spec.images, "--out", spec.out, "--loss", spec.loss, "--backbone", spec.backbone, *more)


def _model(name: str) -> tuple[str, ...]:
    return ("--model", name) if name != "sface" else ()
