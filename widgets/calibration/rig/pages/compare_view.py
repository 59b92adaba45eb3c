"""What the page Compare shows besides the panel's state."""

from __future__ import annotations

from dataclasses import dataclass

from engines.calibration.rig.differences import RigComparison


@dataclass(frozen=True, slots=True)
class RigCompareView:
    """Two calibrations: paths of files, first "" for the one that is shown, second "" for none yet.

    problem: why there is no comparison, "" while it is under way. about: camera that they are laid onto each other by.
    """

    first: str = ""
    second: str = ""
    comparison: RigComparison | None = None
    problem: str = ""
    about: str = ""
