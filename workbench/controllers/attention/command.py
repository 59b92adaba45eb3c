"""Command lines of `main.py attention` that do without the window what the lab would do."""

from __future__ import annotations

from engines.attention.types import CompareSpec, SeeSpec
from workbench.controllers.common.command_line import but, line, options, saying


@saying("engines.attention.measuring.comparison:run", *but(CompareSpec))
def compare_line(spec: CompareSpec) -> str:
    """Kinds and lengths always; the rest where it is not as usual."""
    rest = ("batch", "heads", "dim", "dtype", "device", "causal", "window", "backward", "threads", "repeats", "seed")
    lists = ("--kinds", ",".join(spec.kinds), "--lengths", ",".join(map(str, spec.lengths)))
    return line("attention", "compare", *lists, *options(spec, *rest))


def see_line(spec: SeeSpec) -> str:
    """The sample always; the rest where it is not as usual."""
    label = () if spec.label is None else ("--class", spec.label)
    told = ("--steps", spec.steps, "--seed", spec.seed)
    return line(
        "attention",
        "see",
        spec.model,
        *label,
        *told,
        *options(spec, "device"),
        "--out",
        "attention.npz",
        "--png",
        "attention.png",
    )
