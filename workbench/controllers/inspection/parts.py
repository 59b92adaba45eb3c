"""What stands behind each page, in the order of the tabs."""

from __future__ import annotations

from workbench.controllers.inspection.activations import Activations
from workbench.controllers.inspection.attention import Attention
from workbench.controllers.inspection.attribution import Attribution
from workbench.controllers.inspection.comparing import Comparing
from workbench.controllers.inspection.field import Fields
from workbench.controllers.inspection.graph import Graphs
from workbench.controllers.inspection.model import Models
from workbench.controllers.inspection.part import PagePart

PARTS: tuple[type[PagePart], ...] = (
    Models,
    Graphs,
    Fields,
    Activations,
    Attention,
    Attribution,
    Comparing,
)
