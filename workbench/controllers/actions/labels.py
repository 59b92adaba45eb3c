"""Labels of the project's videos, each edit one step of undo, and the segment that is being marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.actions.labels import editing
from engines.actions.labels.checking import advice
from engines.actions.study_types import Clip, TrainSpec
from engines.actions.training.examples import beforehand
from engines.actions.types import Labels, Segment
from engines.core.errors import KinoscopeError
from engines.core.names import shown
from engines.core.spec import from_json, to_json
from engines.core.words import tr
from widgets.actions.state import ClassCount, ClipState
from workbench.controllers.shell.step import FormStep, Step
from workbench.services import Services
from workbench.threads.background import Errands

KIND = "labels"
KEYS = "123456789"
GONE = tr("The file is no longer there")


@dataclass(frozen=True)
class Kept:
    """Labels of one video, with what is said of them. taken: it is trained on. file: where they were last read from or
    saved.
    """

    labels: Labels = Labels()
    taken: bool = True
    file: str = ""

    @cached_property
    def counts(self) -> tuple[ClassCount, ...]:
        return counts(self.labels)

    @cached_property
    def advice(self) -> tuple[str, ...]:
        return advice(self.labels) if self.labels.segments else ()


NONE = Kept()


@dataclass(frozen=True, slots=True)
class Mark:
    """A segment that is open: its first frame is known, its last is not."""

    video: str
    action: str
    start: int


class ProjectLabels(QObject):
    """`changed` when labels or the open segment are others. All that is shown of them is kept, for it is asked for with
    every picture; which videos are still there is found out beside the window.
    """

    changed = Signal()
    whereWanted = Signal(str)
    """A video whose labels were changed is to be seen."""

    def __init__(self, services: Services, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._errands = services, errands
        self._kept: dict[str, Kept] = {}
        self._gone: frozenset[str] = frozenset()
        self._clips: tuple[ClipState, ...] | None = None
        self._weak: tuple[object, tuple[str, ...]] = (None, ())
        self.open: Mark | None = None
        self.selected, self._shown = -1, ""

    def restore(self) -> None:
        """Take the labels that the open project holds."""
        self._kept.clear()
        self._clips, self.open, self.selected = None, None, -1
        for video, data in self._services.project.items(KIND).items():
            try:
                self._kept[video] = _kept(data)
            except (KinoscopeError, ValueError, TypeError, AttributeError) as error:
                self._services.notify(
                    tr("The labels of {video} could not be read: {error}", video=video, error=error), "warn"
                )
        self.look()
        self.changed.emit()

    def look(self) -> None:
        """Find out which videos are no longer there."""
        videos = tuple(self._kept)
        self._errands.ask(lambda: _missing(videos), self._have_gone, lambda _failure: None, key="clips")

    def turn_to(self, video: str) -> None:
        """Another video is shown: none of its segments is selected."""
        if video != self._shown:
            self._shown, self.selected = video, -1

    def of(self, video: str) -> Kept:
        return self._kept.get(video, NONE)

    def labels(self, video: str) -> Labels:
        return self.of(video).labels

    def know(self, video: str, frames: int, rate: float) -> None:
        """How long the video is, which edits keep within; cheap where that is known."""
        labels = self.labels(video)
        if video and (labels.frames, labels.rate) != (frames, rate):
            self._change(video, labels=replace(labels, frames=frames, rate=rate))

    def edit(self, video: str, text: str, change: Callable[[Labels], Labels]) -> None:
        """One step that can be undone; what cannot be done is said."""
        before = self.labels(video)
        try:
            after = change(before)
        except KinoscopeError as error:
            self._services.notify(str(error), "warn")
            return
        if video and after != before:
            self._services.undo.push(EditLabels(self, video, text, before, after))

    def add(self, video: str, segment: Segment) -> None:
        self.edit(video, tr("Mark {action}", action=segment.action), lambda labels: editing.add(labels, segment))
        segments = self.labels(video).segments
        self.select(segments.index(segment) if segment in segments else -1)

    def select(self, index: int) -> None:
        if index != self.selected:
            self.selected = index
            self.changed.emit()

    def mark(self, video: str, action: str, frame: int, track: str) -> None:
        """Open a segment at this frame; the same action again closes it, another one closes it before its own. One that
        begins later is not touched.
        """
        mark = self.open if self.open is not None and self.open.video == video else None
        if mark is not None and frame < mark.start:
            words = tr("The segment of {action} begins after this picture: go on past it, or press Esc to discard it",
                       action=mark.action)  # fmt: skip
            self._services.notify(words, "info")
            return
        if mark is not None:
            last = frame if mark.action == action else frame - 1
            self.open = None
            if last >= mark.start:
                self.add(video, Segment(mark.start, last, mark.action, track))
            else:
                self._services.notify(
                    tr("The segment of {action} would end before it starts; it was discarded", action=mark.action),
                    "info",
                )
        if mark is None or mark.action != action:
            self.open = Mark(video, action, frame)
        self.changed.emit()

    def end_with_film(self, video: str, track: str) -> None:
        """The film begins again: what is open ends with its last frame."""
        mark, last = self.open, self.labels(video).frames - 1
        if mark is not None and mark.video == video and last >= mark.start:
            self.mark(video, mark.action, last, track)
            self._services.notify(
                tr("The film began again: the segment of {action} ends with it", action=mark.action), "info"
            )

    def drop_mark(self) -> None:
        """The open segment is not kept."""
        self.open = None
        self.changed.emit()

    def take(self, video: str, on: bool) -> None:
        """Train on this video, or not."""
        name = shown(Path(video).name)
        text = tr("Train on {video}", video=name) if on else tr("Leave {video} out of the training", video=name)
        where = partial(self.whereWanted.emit, "")
        put = partial(self._take, video)
        self._services.undo.push(FormStep(text, self.of(video).taken, on, put, where, tr("take {video}", video=video)))

    def _take(self, video: str, on: bool) -> None:
        self._change(video, taken=on)

    def loaded(self, video: str, labels: Labels, file: str) -> None:
        """Labels that were read from a file replace those there are."""
        self.edit(video, tr("Import labels"), lambda _labels: labels)
        self.saved(video, file)

    def saved(self, video: str, file: str) -> None:
        """They are in this file as well."""
        self._change(video, file=file)

    def apply(self, video: str, labels: Labels) -> None:
        """Undo and redo come through here; how long the video is stays known, and what is selected stays so."""
        known = self.labels(video)
        if video == self._shown:
            self.selected = followed(known.segments, labels.segments, self.selected)
        if self.open is not None and self.open.video == video:
            self.open = still_open(self.open, known.classes, labels.classes)
        frames, rate = known.frames or labels.frames, known.rate or labels.rate
        self._change(video, labels=replace(labels, frames=frames, rate=rate))

    def clips(self) -> tuple[ClipState, ...]:
        """Every video with segments."""
        if self._clips is None:
            self._clips = tuple(
                ClipState(
                    video, Path(video).name, len(kept.labels.segments), len(kept.labels.classes), kept.taken,
                    GONE if video in self._gone else "",
                )
                for video, kept in self._kept.items()
                if kept.labels.segments
            )  # fmt: skip
        return self._clips

    def chosen(self, folder: Path) -> tuple[Clip, ...]:
        """The clips to train on, with their labels written to files in `folder`."""
        return tuple(self.written(clip.video, folder) for clip in self.clips() if clip.chosen and not clip.note)

    def weak(self, spec: TrainSpec) -> tuple[str, ...]:
        """Weak points of the clips to train on, in words; worked out once for the same labels and form."""
        clips = tuple(clip.video for clip in self.clips() if clip.chosen and not clip.note)
        labels = [self.labels(video) for video in clips]
        asked = clips, tuple(map(id, labels)), spec.frames, spec.held_out, spec.window, spec.rate
        if asked != self._weak[0]:
            self._weak = asked, _weak(replace(spec, clips=tuple(Clip(video, "") for video in clips)), labels)
        return self._weak[1]

    def written(self, video: str, folder: Path) -> Clip:
        """A video and its labels in a file, which jobs and the command line read."""
        from engines.actions.labels.files import write_labels

        number = list(self._kept).index(video) + 1
        target = folder / f"{Path(video).stem} {number}.csv"
        write_labels(target, self.labels(video))
        return Clip(video, str(target))

    def _have_gone(self, gone: frozenset[str]) -> None:
        if gone != self._gone:
            self._gone, self._clips = gone, None
            self.changed.emit()

    def _change(self, video: str, **fields: object) -> None:
        kept = self._kept[video] = replace(self.of(video), **fields)  # type: ignore[arg-type]
        self._clips = None
        if kept.labels.segments or kept.labels.classes:
            self._services.project.put(KIND, video, to_json(kept))
        self.changed.emit()


class EditLabels(Step):
    """From one state of a video's labels to another."""

    def __init__(self, labels: ProjectLabels, video: str, text: str, before: Labels, after: Labels) -> None:
        super().__init__(text, partial(labels.whereWanted.emit, video))
        self._labels, self._video, self._before, self._after = labels, video, before, after

    def redo(self) -> None:
        self._labels.apply(self._video, self._after)

    def undo(self) -> None:
        self._labels.apply(self._video, self._before)


def counts(labels: Labels) -> tuple[ClassCount, ...]:
    """Segments and seconds of each class, with its key."""
    segments, frames = Counter(each.action for each in labels.segments), Counter[str]()
    for each in labels.segments:
        frames[each.action] += each.end - each.start + 1
    second = 1 / labels.rate if labels.rate else 0.0
    return tuple(
        ClassCount(name, segments[name], frames[name] * second, KEYS[index] if index < len(KEYS) else "")
        for index, name in enumerate(labels.classes)
    )


def followed(before: Sequence[Segment], after: Sequence[Segment], index: int) -> int:
    """Where the segment `index` is after an edit: itself, else what was made of it, -1 for nothing."""
    if not 0 <= index < len(before):
        return -1
    chosen = before[index]
    made = [chosen] if chosen in after else [each for each in after if each not in set(before)]
    best = max(made, key=lambda each: (_shared(chosen, each), each.action == chosen.action), default=None)
    return -1 if best is None else after.index(best)


def still_open(mark: Mark, before: Sequence[str], after: Sequence[str]) -> Mark | None:
    """The open segment after an edit: under its class's new name, None where the class is gone."""
    if mark.action not in before or mark.action in after:
        return mark
    return replace(mark, action=after[before.index(mark.action)]) if len(after) == len(before) else None


def _shared(one: Segment, other: Segment) -> int:
    """Frames of both; of what lies apart, the nearer the more."""
    return min(one.end, other.end) - max(one.start, other.start) + 1


def _weak(spec: TrainSpec, labels: Sequence[Labels]) -> tuple[str, ...]:
    if not labels:
        return ()
    try:
        return beforehand(spec, labels)
    except KinoscopeError as error:
        return (error.message,)


def _missing(videos: tuple[str, ...]) -> frozenset[str]:
    return frozenset(video for video in videos if not Path(video).is_file())


def _kept(data: dict[str, Any]) -> Kept:
    return Kept(from_json(Labels, data.get("labels")), bool(data.get("taken", True)), str(data.get("file", "")))
