"""A feature of the tests: how bright pictures are. All that an engine needs, as small as it can be."""

from __future__ import annotations

from pathlib import Path

from workbench.features import Command, DockSpec, Feature, Preset

FEATURE = Feature(
    "toy",
    "Toy",
    "tests.workbench.toy.controller:make",
    docks=(DockSpec("toy", "Toy", "right", 400, 90),),
    preset=Preset("toy", "Toy", "Brightness and sources", "chart", {"sources": 220, "toy": 400, "jobs": 150}),
    commands=(
        Command(
            "toy.look", "Look at brightness", "Toy", "Look at the chosen source, or stop", run=lambda toy: toy.toggle()
        ),
        Command(
            "toy.clear",
            "Forget brightness",
            "Toy",
            "Show no figure",
            run=lambda toy: toy.clear(),
            enabled=lambda toy: toy.shown is not None,
            idle=False,
        ),
    ),  # fmt: skip
    live="Brightness",
    takes=(".toy",),
    jobs=("tests.workbench.toy.",),
    guide=str(Path(__file__).parent),
    benchmarks={"toy": "Nothing at all"},
)
