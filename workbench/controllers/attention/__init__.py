"""Joins the attention lab to its jobs: kinds compared, the tiled algorithm watched, maps of networks seen."""

from __future__ import annotations

from engines.core.words import tr
from workbench.features import Command, DockSpec, Feature, Preset

COMMANDS = (
    Command("attention.compare", tr("Compare kinds"), tr("Attention"), tr("Measure the kinds that the panel names, over the length"), "", "chart", run=lambda it: it.compare(), enabled=lambda it: it.can_compare, needs=tr("A comparison is under way, or no kind is ticked")),
    Command("attention.watch", tr("Watch it work"), tr("Attention"), tr("Step through the tiled algorithm of FlashAttention on a small matrix"), "", "play", run=lambda it: it.open_page("watch")),
    Command("attention.see", tr("See attention"), tr("Attention"), tr("What the layers of a network attend to while it samples: maps, heads, entropy"), "", "show", run=lambda it: it.open_page("see")),
    Command("attention.cancel", tr("Cancel"), tr("Attention"), tr("Cancel the work of the page in front"), "", "cancel", 1, idle=False, run=lambda it: it.cancel(), enabled=lambda it: it.is_busy, needs=tr("Nothing is under way")),
    Command("attention.copy-command", tr("Copy as command"), tr("Attention"), tr("The command line that measures the same"), "", "copy", 2, run=lambda it: it.copy(it.command()), enabled=lambda it: bool(it.command()), needs=tr("The page in front has no command")),
    Command("attention.export", tr("Export comparison…"), tr("Attention"), tr("Figures as CSV, or the curves as SVG or PNG"), "", "export", 2, idle=False, run=lambda it: it.comparison.export(), enabled=lambda it: it.can_export, needs=tr("Needs a comparison")),
)  # fmt: skip
FEATURE = Feature(
    "attention",
    tr("Attention"),
    "workbench.controllers.attention.controller:make",
    pages="widgets.attention.board:TITLES",
    docks=(DockSpec("attention", tr("Attention"), "right", 400, 45),),
    preset=Preset(
        "attention",
        tr("Attention"),
        tr("Kinds of attention compared, watched at work and seen in networks"),
        "attention",
        {"attention": 400, "jobs": 150, "log": 0},
        centre="attention",
    ),
    jobs=("engines.attention.", "engines.generative.diffusion.studies.attention:"),
    tour="workbench.tour.attention",
    commands=COMMANDS,
    benchmarks={"attention": "Kernels of attention beside SDPA and naive: time, memory, errors, steps, maps"},
)
