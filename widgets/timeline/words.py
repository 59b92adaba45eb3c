"""Words of the timeline: its state, tips, what to do where it is empty; and a key that tells two views apart."""

from __future__ import annotations

from engines.core.words import tr, tr_count
from widgets.charts.class_colors import class_words
from widgets.timeline.axis import clock
from widgets.timeline.bars import ghost_words
from widgets.timeline.drawing import Scene
from widgets.timeline.hits import Hit
from widgets.timeline.state import ScoreTrack, TimelineView

NO_SOURCE = tr("Open a film or a camera to see its timeline.")
NO_MODEL = tr("Choose a model and press Start: how probable each action is runs along here.")
NO_LABELS = tr("Play the film and press a class's key, or drag along the track, to mark what happens.")
NO_SCORES = tr("Train a model on the labels, and what it sees in this film is shown here.")


def content_of(view: TimelineView) -> tuple[object, ...]:
    """Everything of a view but the moment that is shown; equal for two views that look alike."""
    return (
        *(view.path, view.title, view.duration, view.rate, _times(view), view.classes),
        *(tuple(_version(track) for track in view.tracks), view.labels, view.editing, view.selected),
        *(view.marking, view.marking_from, view.track, view.tracks_known, view.hidden, view.threshold),
    )


def _times(view: TimelineView) -> tuple[int, float]:
    return len(view.frame_times), float(view.frame_times[-1]) if len(view.frame_times) else 0.0


def _version(track: ScoreTrack) -> tuple[object, ...]:
    last = float(track.times[-1]) if len(track.times) else 0.0
    return track.name, track.version, track.classes, len(track.times), last


def sentence_of(view: TimelineView) -> str:
    """The next step, where there is nothing but time."""
    labelled = view.labels is not None and view.labels.segments
    if not view.path or view.tracks or labelled or view.marking:
        return ""
    return NO_LABELS if view.editing else NO_MODEL if view.watching else NO_SCORES


def state_of(view: TimelineView) -> str:
    """The line under the title."""
    words = [view.title]
    if view.marking:
        words.append(tr("marking {class_words}", class_words=class_words(view.marking)))
    if view.labels is not None and view.labels.segments:
        words.append(tr_count(len(view.labels.segments), "{n} segment", "{n:,} segments"))
    events = sum(len(track.events) for track in view.tracks)
    if events:
        words.append(tr_count(events, "{n} event", "{n:,} events"))
    if view.duration is not None:
        words.append(clock(view.duration))
    else:
        words.append(tr("live"))
    return ", ".join(word for word in words if word)


def description(view: TimelineView) -> str:
    """For a screen reader: what lanes there are and what is chosen."""
    words = [state_of(view)]
    words += [tr("probabilities of {track}", track=track.name) for track in view.tracks]
    if view.labels is not None and 0 <= view.selected < len(view.labels.segments):
        chosen = view.labels.segments[view.selected]
        words.append(
            tr(
                "chosen: {class_words}, frames {start} to {end}",
                class_words=class_words(chosen.action),
                start=chosen.start,
                end=chosen.end,
            )
        )
    return "; ".join(words)


def tip_of(scene: Scene, found: Hit) -> str:
    """A tip for the thing under the cursor; "" where its figures are shown."""
    view = scene.view
    if found.part == "toggle" and found.lane is not None:
        return tr("Show as curves") if found.lane.heat else tr("Show as heat: a row a class")
    if found.part == "threshold":
        return tr("Drag to change the probability at which an event starts")
    if found.part == "name" and found.lane is not None:
        goes = found.lane.kind == "labels" and view.editing
        return tr("{lane}: click to put new segments here", lane=found.lane.name) if goes else found.lane.name
    if found.part == "event" and found.lane is not None:
        event = view.tracks[found.lane.index].events[found.index]
        end = clock(event.end, 0.01) if event.end is not None else tr("now")
        return tr(
            "{class_words}, {clock} to {end}, mean {probability:.0f} %",
            class_words=class_words(event.action),
            clock=clock(event.start, 0.01),
            end=end,
            probability=100 * event.probability,
        )
    if found.part in ("segment", "start", "end") and view.labels is not None:
        segment = view.labels.segments[found.index]
        return f"{class_words(segment.action)}, {ghost_words(scene, segment)}"
    return ""
