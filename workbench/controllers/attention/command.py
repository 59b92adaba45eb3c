"""Command lines of `main.py attention` that do without the window what the lab would do."""

from __future__ import annotations

from engines.attention.types import CompareSpec
from workbench.controllers.common.command_line import line, options


def compare_line(spec: CompareSpec) -> str:
    """Kinds and lengths always; the rest where it is not as usual."""
    rest = ("batch", "heads", "dim", "dtype", "device", "causal", "window", "backward", "threads", "repeats", "seed")
    lists = ("--kinds", ",".join(spec.kinds), "--lengths", ",".join(map(str, spec.lengths)))
    return line("attention", "compare", *lists, *options(spec, *rest))
