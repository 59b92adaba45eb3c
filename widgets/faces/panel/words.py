"""The words of the faces panel: its state, a gallery, the cost of a frame, what a retention period would delete."""

from __future__ import annotations

from engines.core.words import few_of, tr, tr_count
from engines.faces.gallery.types import Expiring, GalleryInfo
from engines.faces.types import FinderSettings, Recognition, TrackedFace
from widgets.faces.state import FacesView
from widgets.faces.words import alike_words

STAGES = {
    "detect": tr("detect"),
    "align": tr("align"),
    "embed": tr("embed"),
    "match": tr("match"),
    "track": tr("track"),
    "gaze": tr("gaze"),
    "blur": tr("blur"),
}
SEARCH_NAMES = {"plain": tr("Plain"), "pyramid": tr("Pyramid"), "tiles": tr("Tiles")}
SEARCHES = {
    "plain": tr("Looks once at the picture as it is: faces from about 20 pixels"),
    "pyramid": tr("Looks at enlarged copies too: finds smaller faces, takes several times as long"),
    "tiles": tr("Looks at overlapping enlarged parts: finds the smallest faces, takes the longest"),
}


def headline(view: FacesView) -> str:
    """The line under the title."""
    live = view.live
    if not live.sources:
        return tr("No source")
    if not live.running:
        return tr("Not looking")
    if live.recognition is None:
        return live.problem or tr("Opening")
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
    parts = [tr("{known} known", known=known)] * bool(known) + [tr("{unknown} unknown", unknown=unknown)] * bool(
        unknown
    )
    return ", ".join(parts) or tr("No face")


def gallery_words(info: GalleryInfo) -> str:
    """'12 people, 48 faces, 3 unknown'."""
    if info.locked:
        return tr("Locked: unlock it to see names")
    parts = [tr_count(info.people, "{n} person", "{n:,} people"), tr_count(info.faces, "{n} face", "{n:,} faces")]
    return ", ".join(parts + [tr("{unknown:,} unknown", unknown=info.unknown)] * bool(info.unknown))


def cost_words(found: Recognition) -> str:
    """'21 ms a frame: detect 13, embed 6, track 1'."""
    parts = [(words, found.stages.get(stage, 0.0)) for stage, words in STAGES.items()]
    told = ", ".join(f"{stage} {value:.0f}" for stage, value in parts if value >= 0.5)
    return tr("{milliseconds:.0f} ms a frame", milliseconds=found.milliseconds) + (f": {told}" if told else "")


def finder_words(finder: FinderSettings) -> str:
    """What a folded section says of itself."""
    name = SEARCH_NAMES[finder.search]
    if finder.search == "plain":
        return name
    return tr("{name}, from {smallest:.0f} px", name=name, smallest=finder.smallest)


def expiring_words(expiring: Expiring) -> str:
    """What the dry run found."""
    if not expiring.faces:
        return tr_count(
            expiring.keep_days,
            "No face is older than {n} day: nothing would be deleted.",
            "No face is older than {n:,} days: nothing would be deleted.",
        )
    names = few_of(expiring.people)
    if not names:
        return tr_count(expiring.faces, "{n} face would be deleted.", "{n:,} faces would be deleted.")
    return tr_count(
        expiring.faces, "{n} face of {names} would be deleted.", "{n:,} faces of {names} would be deleted.", names=names
    )


def track_title(face: TrackedFace) -> str:
    return face.name or tr("Unknown")


def track_line(face: TrackedFace) -> str:
    """'#3, quality 0.82, 14 looks'."""
    if not face.seen:
        return tr("#{track}, not seen now", track=face.track)
    looks = tr_count(face.evidence, "{n} look", "{n:,} looks") if face.evidence else tr("not looked at yet")
    return tr("#{track}, quality {quality:.2f}, {looks}", track=face.track, quality=face.quality, looks=looks)


def nearest_words(face: TrackedFace) -> str:
    """Beside an unknown: whom it is most like."""
    return tr("most like {nearest}", nearest=face.nearest) if face.nearest and not face.name else ""


def track_tip(face: TrackedFace, threshold: float) -> str:
    """All of it, for the tooltip and the screen reader."""
    parts = [track_title(face), nearest_words(face)]
    if face.nearest or face.name:
        parts.append(
            tr("similarity {similarity:.2f}, {threshold:.2f} needed", similarity=face.similarity, threshold=threshold)
        )
        parts.append(alike_words(face.strangers) if face.name else "")
    return ", ".join(part for part in [*parts, track_line(face)] if part)
