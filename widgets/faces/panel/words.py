"""The words of the faces panel: its state, a gallery, the cost of a frame, what a retention period would delete."""

from __future__ import annotations

from engines.faces.gallery.types import Expiring, GalleryInfo
from engines.faces.types import FinderSettings, Recognition, TrackedFace
from widgets.faces.state import FacesView
from widgets.faces.words import alike_words
from widgets.kit.words import count

STAGES = ("detect", "align", "embed", "match", "track", "gaze", "blur")
SEARCHES = {
    "plain": "Looks once at the picture as it is: faces from about 20 pixels",
    "pyramid": "Looks at enlarged copies too: finds smaller faces, takes several times as long",
    "tiles": "Looks at overlapping enlarged parts: finds the smallest faces, takes the longest",
}


def headline(view: FacesView) -> str:
    """The line under the title."""
    live = view.live
    if not live.sources:
        return "No source"
    if not live.running:
        return "Not looking"
    if live.recognition is None:
        return live.problem or "Opening"
    return f"{seen_words(live.recognition)}, {live.rate:.0f} fps"


def level(view: FacesView) -> str:
    """The icon before it."""
    live = view.live
    if not live.running:
        return ""
    if live.recognition is None:
        return "warn" if live.problem else "busy"
    return "warn" if live.recognition.note else "good"


def seen_words(found: Recognition) -> str:
    """'2 known, 1 unknown', 'No face'."""
    known = sum(bool(face.name) for face in found.faces)
    unknown = len(found.faces) - known
    parts = [f"{known} known"] * bool(known) + [f"{unknown} unknown"] * bool(unknown)
    return ", ".join(parts) or "No face"


def gallery_words(info: GalleryInfo) -> str:
    """'12 people, 48 faces, 3 unknown'."""
    if info.locked:
        return "Locked: unlock it to see names"
    parts = [count(info.people, "person", "people"), count(info.faces, "face")]
    return ", ".join(parts + [f"{info.unknown:,} unknown"] * bool(info.unknown))


def cost_words(found: Recognition) -> str:
    """'21 ms a frame: detect 13, embed 6, track 1'."""
    parts = [(stage, found.stages.get(stage, 0.0)) for stage in STAGES]
    told = ", ".join(f"{stage} {value:.0f}" for stage, value in parts if value >= 0.5)
    return f"{found.milliseconds:.0f} ms a frame" + (f": {told}" if told else "")


def finder_words(finder: FinderSettings) -> str:
    """What a folded section says of itself."""
    size = "" if finder.search == "plain" else f", from {finder.smallest:.0f} px"
    return f"{finder.search.capitalize()}{size}"


def expiring_words(expiring: Expiring) -> str:
    """What the dry run found."""
    if not expiring.faces:
        return f"No face is older than {count(expiring.keep_days, 'day')}: nothing would be deleted."
    names = ", ".join(expiring.people[:3]) + (f" and {len(expiring.people) - 3} more" * (len(expiring.people) > 3))
    of = f" of {names}" if names else ""
    return f"{count(expiring.faces, 'face')}{of} would be deleted."


def track_title(face: TrackedFace) -> str:
    return face.name or "Unknown"


def track_line(face: TrackedFace) -> str:
    """'#3, quality 0.82, 14 looks'."""
    if not face.seen:
        return f"#{face.track}, not seen now"
    looks = count(face.evidence, "look") if face.evidence else "not looked at yet"
    return f"#{face.track}, quality {face.quality:.2f}, {looks}"


def nearest_words(face: TrackedFace) -> str:
    """Beside an unknown: whom it is most like."""
    return f"most like {face.nearest}" if face.nearest and not face.name else ""


def track_tip(face: TrackedFace, threshold: float) -> str:
    """All of it, for the tooltip and the screen reader."""
    parts = [track_title(face), nearest_words(face)]
    if face.nearest or face.name:
        parts.append(f"similarity {face.similarity:.2f}, {threshold:.2f} needed")
        parts.append(alike_words(face.strangers) if face.name else "")
    return ", ".join(part for part in [*parts, track_line(face)] if part)
