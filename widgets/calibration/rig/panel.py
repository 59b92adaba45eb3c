"""The rig's panel: from pictures of a board in all cameras to cameras whose places are known, with reason.

`show_state(RigState)` is the one way in; the signals of its parts are the one way out.
"""

from __future__ import annotations

from widgets.calibration.rig.live import LiveSection
from widgets.calibration.rig.points import UseSection
from widgets.calibration.rig.state import RigState
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.panel import PrimaryButton


class RigPanel(FeaturePanel):
    def __init__(self) -> None:
        start = PrimaryButton("Calibrate", "calibrate", "Solve for all cameras together")
        super().__init__("Rig", start, "How a rig is calibrated and when to believe it", titled=False)
        self.shown = RigState()
        self.live, self.use = LiveSection(), UseSection()
        self.lay_out(self.live, self.use)
        self.show_state(self.shown)

    def show_state(self, view: RigState) -> None:
        self.shown = view
        self.set_state(view.headline)
        self.show_start("Calibrate", "Solve for all cameras together", view.problem)
        self.trouble.show_trouble(view.trouble)
        self.progress.show_busy(view.busy)
        self.live.show_state(view.live)
        self.use.show_state(view.use)
