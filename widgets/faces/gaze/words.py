"""Head pose, gaze and calibration in words."""

from __future__ import annotations

from engines.faces.study_types import GazeFit
from engines.faces.types import Gaze, HeadPose
from widgets.faces.state import FacesView, GazeView
from widgets.kit.words import DASH, DOT, count

LANDMARKS = ("face-landmarks", "iris-landmarks")


def degrees(value: float | None) -> str:
    """'1.2\u00b0', or a dash."""
    return DASH if value is None else f"{value:.1f}\u00b0"


def signed(value: float | None) -> str:
    """'+12.3', or a dash; never '-0.0'."""
    return DASH if value is None else f"{value + 0.0:+.1f}".replace("-0.0", "+0.0")


def pose_words(pose: HeadPose | None) -> str:
    """'Head 12 degrees to the right, 3 up, leaning 2 clockwise'."""
    if pose is None:
        return "No head pose"
    side, up = "right" if pose.yaw >= 0 else "left", "up" if pose.pitch >= 0 else "down"
    lean = "clockwise" if pose.roll >= 0 else "counter-clockwise"
    return f"Head {abs(pose.yaw):.0f}\u00b0 {side}, {abs(pose.pitch):.0f}\u00b0 {up}, {abs(pose.roll):.0f}\u00b0 {lean}"


def gaze_words(gaze: Gaze | None) -> str:
    """'Looks 12 degrees to the left, 4 up'."""
    if gaze is None:
        return "No gaze"
    if gaze.blink:
        return "Eyes shut"
    side, up = "right" if gaze.yaw >= 0 else "left", "up" if gaze.pitch >= 0 else "down"
    return f"Looks {abs(gaze.yaw):.0f}\u00b0 {side}, {abs(gaze.pitch):.0f}\u00b0 {up}"


def state_words(shown: GazeView) -> str:
    """The line under the page's title."""
    if shown.target >= 0:
        return f"Calibrating: point {shown.target + 1} of 9"
    if shown.pose is None:
        return "No face in the picture"
    return f"{pose_words(shown.pose)}{DOT}{gaze_words(shown.gaze)}"


def fit_words(fit: GazeFit | None) -> str:
    """'Error 1.6 degrees on points left out; ridge regression alone 1.9'."""
    if fit is None:
        return "Not calibrated"
    words = f"Error {degrees(fit.error)} on points left out one at a time"
    if fit.method == "network" and fit.ridge is not None:
        return f"{words}; ridge regression alone {degrees(fit.ridge)}"
    return f"{words}; ridge regression, which the network did not beat"


def looks_words(collected: tuple[int, ...]) -> str:
    """'112 looks at 9 points'."""
    points = sum(1 for many in collected if many)
    return f"{count(sum(collected), 'look')} at {count(points, 'point')}" if collected else ""


def missing_size(view: FacesView) -> int:
    """Bytes of the landmark files that are not here yet."""
    return sum(view.missing.get(name, 0) for name in LANDMARKS)
