"""What the panel shows of pictures that are taken by the clock from cameras of the project."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TakeView:
    """title: of the cameras that are chosen live, "" while they are no rig. count, seconds: how many pictures and what
    time apart. done: taken so far, -1 while none are. film: the recording that the source plays, "" for none.
    """

    title: str = ""
    count: int = 24
    seconds: float = 1.0
    done: int = -1
    film: str = ""

    @property
    def ready(self) -> bool:
        """Pictures can be taken."""
        return bool(self.title)

    @property
    def taking(self) -> bool:
        return self.done >= 0
