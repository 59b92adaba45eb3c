"""What stands behind each page of the rig's board, in the order of the tabs."""

from __future__ import annotations

from workbench.controllers.calibration.rig.cells import Cells
from workbench.controllers.calibration.rig.compare import Compare
from workbench.controllers.calibration.rig.pair import Pair
from workbench.controllers.calibration.rig.part import PagePart
from workbench.controllers.calibration.rig.prepare import Prepare
from workbench.controllers.calibration.rig.space import Space

PARTS: tuple[type[PagePart], ...] = (Prepare, Pair, Cells, Space, Compare)
