"""What the panel shows of sources that pictures are taken from: the cameras of a rig as the project plays them."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.sources.choice import SourceChoice

SEVERAL = "*"
"""Stands for several sources, a camera each, in place of a tiled one."""


@dataclass(frozen=True, slots=True)
class TakeView:
    """sources: tiled feeds, and `SEVERAL` where there are two others or more; source: the chosen one, "" for none.

    singles: sources that are one camera each; chosen: paths of those that take part. count, seconds: how many pictures
    and what time apart. done: taken so far, -1 while none are. film: the recording that the source plays, "" for none.
    """

    sources: tuple[SourceChoice, ...] = ()
    source: str = ""
    singles: tuple[SourceChoice, ...] = ()
    chosen: tuple[str, ...] = ()
    count: int = 24
    seconds: float = 1.0
    done: int = -1
    film: str = ""

    @property
    def taking(self) -> bool:
        return self.done >= 0

    @property
    def title(self) -> str:
        """What the chosen source is called."""
        return next((one.title for one in self.sources if one.path == self.source), "")

    @property
    def problem(self) -> str:
        """Why no pictures can be taken, "" where they can."""
        if self.source == SEVERAL and len(self.chosen) < 2:
            return "Choose two cameras or more"
        return "" if self.source else "Add cameras in Sources"
