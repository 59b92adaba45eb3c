"""The declaration of a feature: one record, which window, menus, drops, help, tour and benchmarks read.

The record stands in the feature's package of controllers and is free of Qt; `make` names what is imported when the
feature is first shown or asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engines.core.networks.in_use import ModelInUse
from workbench.work.resuming import Resumable

Area = Literal["left", "right", "bottom"]


@dataclass(frozen=True, slots=True)
class Command:
    """id: "menu.verb". group: commands of one number stand between two separators of a menu.

    choice: name of a group of which one is checked at a time; check: can be on or off. run, enabled: what a command of
    a feature does, and whether it can now, given the feature's controller. idle: it may make sense before that is made.
    needs: why it cannot be done while it cannot. also: other words that it is looked for by. short: on a button.
    """

    id: str
    title: str
    menu: str
    tip: str
    shortcut: str = ""
    icon: str = ""
    group: int = 0
    check: bool = False
    choice: str = ""
    run: Callable[[Any], object] | None = None
    enabled: Callable[[Any], bool] | None = None
    idle: bool = True
    needs: str = ""
    also: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class DockSpec:
    """Where a dock stands after a reset. Docks of one area are tabs of one another, by `order`."""

    id: str
    title: str
    area: Area
    size: int
    order: int
    behind: tuple[str, ...] = ()
    """Presets other than its own that have it as a tab that is not in front."""


@dataclass(frozen=True, slots=True)
class Preset:
    """docks: those to show with their size in pixels (0: as it is), the first of each area in front.

    centre: what is in the middle of the window; strip: the tabs above it, "" for none.
    """

    id: str
    title: str
    tip: str
    icon: str
    docks: Mapping[str, int] = field(default_factory=dict)
    centre: str = "viewer"
    strip: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """What the start page shows of a feature: one click leads to something alive.

    begin: "module:function" that sets it going, given the feature's controller. needs: names in the model store without
    which it cannot.
    """

    title: str
    text: str
    begin: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """id: of its panel's dock, its board in the centre, its page of the guide, and what its commands begin with.

    title: of its menu. make: "module:function" that takes a `Room` and gives the controller.
    """

    id: str
    title: str
    make: str
    docks: tuple[DockSpec, ...]
    preset: Preset
    commands: tuple[Command, ...] = ()
    pages: str = ""
    """"module:name" of the titles and tips of its pages by their names, for `go_to` of its controller; "" for none."""
    live: str = ""
    """What its live engine is called in the tiles' menus, "" for none."""
    takes: tuple[str, ...] = ()
    """Endings of files that it takes wherever they fall."""
    drops: tuple[str, ...] = ()
    """What takes any file that falls there: its "board", or all that its "strip" of tabs stands above."""
    jobs: tuple[str, ...] = ()
    """How the dotted paths of its jobs begin."""
    unsaid: tuple[str, ...] = ()
    """Jobs whose failure its board and panel do not show, so that a notice must."""
    guide: str = ""
    """Folder with a page for each of its docks, "" where the pages of all are."""
    tour: str = ""
    """Module with the stops of the tour: `stops(theme)`, `again(theme)` and `MAIN`."""
    benchmarks: Mapping[str, str] = field(default_factory=dict)
    """Names of `main.py bench` and what is measured."""
    weights: tuple[str, ...] = ()
    """Names in the model store without which it does not work."""
    sweep: str = ""
    """"module:function" that clears up, in the cache folder, what a killed program left; it runs at every start."""
    samples: tuple[str, ...] = ()
    """More of the store that its panel and tests load."""
    example: Example | None = None
    resumes: Mapping[str, Resumable] = field(default_factory=dict)
    """Jobs that keep a checkpoint, by dotted path: a cancelled, failed or lost one can go on."""
    points: str = ""
    """"module:function" that takes a result of its live engine and gives the named points in it
    (`engines.core.sightings.Seen`), for whoever joins those of several cameras; "" where it has none."""
    attends: Mapping[str, str] = field(default_factory=dict)
    """Names and titles of its models whose attention can be seen while they work."""
    attention_job: str = ""
    """Dotted path of the job that records it: `engines.attention.types.SeeSpec` in, `SeeResult` out."""
    model_in_use: Callable[[Any], tuple[ModelInUse, ...]] | None = None
    """The models that it runs now, given its controller: files that may be looked into. Nothing live is shared."""
    lenses: bool = False
    """The calibration that is kept for a camera opens in it."""
    owns: str = ""
    """"module:function" that tells whether a file with one of its endings is its own; "" where every such file is."""

    def shows(self, job: str) -> bool:
        """Whether its board shows how this job failed."""
        return job.startswith(self.jobs) and not job.startswith(self.unsaid)


def resumes(features: Iterable[Feature]) -> dict[str, Resumable]:
    """Kinds of jobs that can go on, by dotted path."""
    return {job: kind for one in features for job, kind in one.resumes.items()}


def attended(features: Iterable[Feature]) -> dict[str, tuple[str, str]]:
    """Models whose attention can be seen, by name: title, and the job that records it."""
    return {name: (title, one.attention_job) for one in features for name, title in one.attends.items()}
