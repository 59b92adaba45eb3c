"""Command lines of `main.py inspect` that do without the window what the Inspector does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engines.inspection.attribution.asked import AttributeSpec
from engines.inspection.shapes import shape_text
from engines.inspection.studies import CompareSpec
from engines.inspection.types import OpenSpec
from workbench.controllers.common.command_line import line, saying


def open_line(spec: OpenSpec) -> str:
    """What the file is, with its layers."""
    return line("inspect", spec.path, *inputs(spec), *(("--time",) if spec.time else ())) if spec.path else ""


@saying(
    "engines.inspection.activations.comparing:run", "first", "second", "picture", "other",
    when=lambda spec: not spec.second.path or replace(spec.first, path=spec.second.path) == spec.second,
)  # fmt: skip
def compare_line(spec: CompareSpec) -> str:
    """Two models or two pictures, layer by layer."""
    second = spec.second.path or spec.first.path
    pictures = (("--picture", spec.picture) if spec.picture else ()), (("--other", spec.other) if spec.other else ())
    return line("inspect", "compare", spec.first.path, second, *inputs(spec.first), *pictures[0], *pictures[1])


def field_line(spec: OpenSpec, layer: str) -> str:
    """The receptive field of a layer, of all for ""."""
    return line("inspect", spec.path, *inputs(spec), "--receptive-field", layer or "all") if spec.path else ""


@saying(
    "engines.inspection.attribution.job:run",
    *("model", "picture", "methods", "layer", "target", "baseline", "most_steps", "sanity", "curves"),
)
def attribute_line(spec: AttributeSpec) -> str:
    """The pixels that an output rests on; "" without a picture."""
    if not spec.picture or not spec.model.path:
        return ""
    usual = AttributeSpec()
    names = [
        name for name in ("layer", "target", "baseline", "most_steps") if getattr(spec, name) != getattr(usual, name)
    ]
    options = [word for name in names for word in (f"--{name.removeprefix('most_')}", str(getattr(spec, name)))]
    flags = [f"--{name}" for name in ("sanity", "curves") if getattr(spec, name)]
    return line("inspect", spec.model.path, spec.picture, "--attribute", ",".join(spec.methods), *options, *flags,
                *inputs(spec.model))  # fmt: skip


def inputs(spec: OpenSpec) -> Iterator[str]:
    """`--input 1x3x224x224` of each shape that was told, and `--code`."""
    for shape in spec.shapes:
        yield from ("--input", shape_text(shape))
    if spec.code:
        yield "--code"
