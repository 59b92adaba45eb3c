"""The timeline of the chosen source: its view, and edits made on it."""

from __future__ import annotations

from engines.actions.labels import editing
from engines.actions.types import BACKGROUND
from engines.core.words import tr
from widgets.actions.state import Page
from widgets.timeline.panel import TimelinePanel
from widgets.timeline.state import ScoreTrack, TimelineView
from workbench.controllers.actions.films import Films
from workbench.controllers.actions.form import Pages
from workbench.controllers.actions.playhead import Playhead
from workbench.controllers.actions.teach import Teaching
from workbench.controllers.actions.watch import Watch, Watching


class Timeline:
    def __init__(
        self, watch: Watch, watching: Watching, playhead: Playhead, films: Films, teaching: Teaching, pages: Pages
    ) -> None:
        self._watch, self._watching, self._playhead = watch, watching, playhead
        self._films, self._teaching, self._pages = films, teaching, pages

    def connect(self, panel: TimelinePanel) -> None:
        """Do what the user wants of the panel."""
        line, teaching, pages, edit = panel.canvas, self._teaching, self._pages, self._teaching.edit
        line.positionWanted.connect(self._playhead.seek)
        line.playWanted.connect(self._playhead.play)
        line.segmentAdded.connect(teaching.add)
        line.segmentMoved.connect(lambda *where: edit(tr("Move a segment"), lambda it: editing.move(it, *where)))
        line.segmentChosen.connect(teaching.labels.select)
        line.segmentRemoved.connect(teaching.remove)
        line.relabelled.connect(
            lambda at, name: edit(tr("Call it {name}", name=name), lambda it: editing.relabel(it, at, name))
        )
        line.splitWanted.connect(lambda *where: edit(tr("Split a segment"), lambda it: editing.split(it, *where)))
        line.trackChosen.connect(lambda track: pages.set_form(track=track))
        line.markWanted.connect(teaching.mark)
        line.markDropped.connect(teaching.labels.drop_mark)
        line.thresholdChanged.connect(self._watching.set_threshold)
        line.exportEventsWanted.connect(self._watching.export_events)
        panel.legend.toggled.connect(lambda name: pages.set_form(hidden=pages.form.hidden ^ {name}))

    def view(self) -> TimelineView:
        source, form, facts, video = self._watch.source, self._pages.form, self._films.facts, self._films.video
        own, others = self._watching.tracks()
        tracks = (own, *others) if own is not None else others
        labels, teaching = self._teaching.labels.labels(video), form.page is Page.TEACH
        mark = self._teaching.labels.open
        marking = mark is not None and mark.video == video
        return TimelineView(
            path=source,
            title=next((choice.title for choice in self._watch.sources() if choice.path == source), ""),
            duration=facts.duration or self._playhead.duration,
            position=self._playhead.position,
            playing=self._playhead.playing,
            rate=facts.rate,
            frame_times=facts.times,
            classes=_classes(labels.classes, tracks),
            tracks=tracks,
            labels=labels if video and (labels.segments or teaching) else None,
            editing=teaching and bool(video),
            selected=self._teaching.labels.selected,
            marking=mark.action if mark is not None and marking else "",
            marking_from=mark.start if mark is not None and marking else -1,
            track=form.track,
            tracks_known=tuple(dict.fromkeys(("actions", *labels.tracks, form.track))),
            hidden=form.hidden,
            threshold=form.settings.threshold,
            own=own,
            watching=form.page in (Page.WATCH, Page.TEACH),
        )


def _classes(labelled: tuple[str, ...], tracks: tuple[ScoreTrack, ...]) -> tuple[str, ...]:
    """Those of the labels first, then what models know beside them; a class keeps its colour everywhere."""
    scored = (name for track in tracks for name in track.classes if name != BACKGROUND)
    return tuple(dict.fromkeys((*labelled, *scored)))
