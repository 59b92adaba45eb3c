"""The live contract: endless work on frames, at a cost per frame that does not grow."""

from __future__ import annotations

from enum import Enum
from typing import Protocol, TypeVar, runtime_checkable

from engines.core.context import Context
from engines.core.frames import FrameSet

S_contra = TypeVar("S_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


class Reset(Enum):
    """Why what was remembered of earlier frames no longer holds."""

    SEEK = "seek"
    """The user jumped to another time."""
    LOOP = "loop"
    """The recording began again."""
    GAP = "gap"
    """Frames are missing."""


class Live(Protocol[S_contra, R_co]):
    """Settings S are frozen and go to and from JSON; results R are torch-free and carry their stamps."""

    def open(self, settings: S_contra, ctx: Context) -> None:
        """Load what is needed. May be slow; may be cancelled by `ctx.check()`."""
        ...

    def configure(self, settings: S_contra) -> bool:
        """Take new settings between two frames. False: they need a fresh `open`."""
        ...

    def process(self, frames: FrameSet) -> R_co:
        """One view, or N views of the same moment."""
        ...

    def reset(self, why: Reset) -> None:
        """Forget what was remembered of earlier frames."""
        ...

    def close(self) -> None:
        """Give everything back. Called once, also after a failure."""
        ...


@runtime_checkable
class LooksAgain(Protocol[R_co]):
    """A live engine whose answer about a picture depends on more than the picture: on settings, on a file."""

    def again(self) -> R_co | None:
        """The present answer to a picture that stands still; None where nothing has changed. Asked often while it does:
        cheap."""
        ...


@runtime_checkable
class WantsCapture(Protocol):
    """A result that may ask for its frames to be kept."""

    @property
    def wants_capture(self) -> bool: ...
