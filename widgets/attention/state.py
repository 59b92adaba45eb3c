"""Everything that the attention lab shows, as frozen values.

The controller hands over an `AttentionView`; panel and board update themselves from it and store nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from engines.attention.types import CompareResult, CompareSpec, SeeResult, SeeSpec, WatchSpec
from engines.attention.watching.back_tiling import BackTrace
from engines.attention.watching.recording import Recording
from engines.attention.watching.tiling import Trace
from widgets.kit.work_state import NOTHING_MISSING, Busy, Trouble


class Page(StrEnum):
    """The pages of the board in the centre; the panel shows the settings of the one in front."""

    COMPARE = "compare"
    WATCH = "watch"
    SEE = "see"


@dataclass(frozen=True, slots=True)
class CompareView:
    """spec: what the panel asks for; result: of the last comparison, while one runs what there is of it; earlier: there
    is nothing of that yet, so that it is still of the one before.

    seconds: how long a comparison is likely to take.
    """

    spec: CompareSpec = CompareSpec()
    result: CompareResult | None = None
    busy: Busy | None = None
    seconds: float = 0.0
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class WatchView:
    """spec: what the panel asks for; trace: of it, or of the head of a network, as `title` says."""

    spec: WatchSpec = WatchSpec()
    trace: Trace | BackTrace | None = None
    title: str = ""
    of_network: bool = False


@dataclass(frozen=True, slots=True)
class SeeView:
    """spec: what the panel asks for; result, recording: of the last sample."""

    spec: SeeSpec = SeeSpec()
    result: SeeResult | None = None
    recording: Recording | None = None
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class AttentionView:
    """models: name and title of those whose attention can be seen. trouble: of the page in front."""

    page: Page = Page.COMPARE
    compare: CompareView = CompareView()
    watch: WatchView = WatchView()
    see: SeeView = SeeView()
    devices: tuple[str, ...] = ("cpu",)
    models: Mapping[str, str] = field(default_factory=dict)
    trouble: Trouble | None = None
    missing: ClassVar[Mapping[str, int]] = NOTHING_MISSING

    @property
    def busy(self) -> Busy | None:
        """The work of the page in front."""
        return {Page.COMPARE: self.compare.busy, Page.SEE: self.see.busy}.get(self.page)
