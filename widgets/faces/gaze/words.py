"""Head pose, gaze and calibration in words."""

from __future__ import annotations

from engines.core.words import tr, tr_count
from engines.faces.study_types import GazeFit
from engines.faces.types import Gaze, HeadPose
from widgets.faces.state import FacesView, GazeView
from widgets.kit.words import DASH, DOT

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
        return tr("No head pose")
    side, up = _sides(pose)
    lean = tr("clockwise") if pose.roll >= 0 else tr("counter-clockwise")
    return tr(
        "Head {yaw:.0f}\u00b0 {side}, {pitch:.0f}\u00b0 {up}, {roll:.0f}\u00b0 {lean}",
        yaw=abs(pose.yaw),
        side=side,
        pitch=abs(pose.pitch),
        up=up,
        roll=abs(pose.roll),
        lean=lean,
    )


def _sides(seen: HeadPose | Gaze) -> tuple[str, str]:
    """Across and along the picture, in words."""
    return tr("right") if seen.yaw >= 0 else tr("left"), tr("up") if seen.pitch >= 0 else tr("down")


def gaze_words(gaze: Gaze | None) -> str:
    """'Looks 12 degrees to the left, 4 up'."""
    if gaze is None:
        return tr("No gaze")
    if gaze.blink:
        return tr("Eyes shut")
    side, up = _sides(gaze)
    return tr(
        "Looks {yaw:.0f}\u00b0 {side}, {pitch:.0f}\u00b0 {up}",
        yaw=abs(gaze.yaw),
        side=side,
        pitch=abs(gaze.pitch),
        up=up,
    )


def state_words(shown: GazeView) -> str:
    """The line under the page's title."""
    if shown.target >= 0:
        return tr("Calibrating: point {target} of 9", target=shown.target + 1)
    if shown.pose is None:
        return tr("No face in the picture")
    return f"{pose_words(shown.pose)}{DOT}{gaze_words(shown.gaze)}"


def fit_words(fit: GazeFit | None) -> str:
    """'Error 1.6 degrees on points left out; ridge regression alone 1.9'."""
    if fit is None:
        return tr("Not calibrated")
    words = tr("Error {degrees} on points left out one at a time", degrees=degrees(fit.error))
    if fit.method == "network" and fit.ridge is not None:
        return tr("{words}; ridge regression alone {degrees}", words=words, degrees=degrees(fit.ridge))
    return tr("{words}; ridge regression, which the network did not beat", words=words)


def looks_words(collected: tuple[int, ...]) -> str:
    """'112 looks at 9 points'."""
    points = sum(1 for many in collected if many)
    return (
        tr(
            "{looks} at {points}",
            looks=tr_count(sum(collected), "{n} look", "{n:,} looks"),
            points=tr_count(points, "{n} point", "{n:,} points"),
        )
        if collected
        else ""
    )


def missing_size(view: FacesView) -> int:
    """Bytes of the landmark files that are not here yet."""
    return sum(view.missing.get(name, 0) for name in LANDMARKS)
