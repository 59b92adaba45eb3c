"""Words of the actions panel: its state, its one action and why that cannot be done, moments and lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engines.actions.features.recipes import NETWORKS
from engines.actions.models.settings import filled
from engines.actions.study_types import WHOLE, Frames, TrainSpec
from engines.actions.types import STREAMS, Segment
from engines.core.words import tr, tr_count
from widgets.actions.state import ActionsView, ClassCount, ClipState, EvaluateView, Page, TeachView, TrainView, Trouble
from widgets.charts.axes import percent
from widgets.charts.class_colors import class_words
from widgets.kit.words import file_title as file_title
from widgets.kit.words import seconds_words
from widgets.viewer.transport import clock_words

OPTIMISERS = {"adamw": "AdamW", "adam": tr("Adam"), "sgd": "SGD"}
LINE = 44
"""Letters that the line under the title has room for."""
PHASES = {"features": tr("Describing frames"), "training": tr("Training"), "saving": tr("Saving")}


@dataclass(frozen=True, slots=True)
class Verb:
    """The one action of a page. problem: why it cannot be done, in words."""

    text: str
    icon: str
    tip: str
    problem: str = ""


def verb(view: ActionsView) -> Verb:
    """The action of the button in the panel's head."""
    if view.page is Page.WATCH:
        return _watch_verb(view)
    if view.page is Page.TEACH:
        return Verb(tr("Train\u2026"), "", tr("Go on to the training of a network on what is marked"))
    if view.page is Page.TRAIN:
        tip = tr("Train a network on these clips; frames are described once and kept")
        return Verb(tr("Train"), "sample", tip, train_problem(view))
    tip = tr("Compare these models with the labels")
    return Verb(tr("Evaluate"), "chart", tip, evaluate_problem(view))


def _watch_verb(view: ActionsView) -> Verb:
    if view.watch.running:
        return Verb(tr("Stop"), "stop", tr("Stop watching"))
    return Verb(tr("Start"), "actions", tr("Say what is happening in this source"), _watch_problem(view))


def _watch_problem(view: ActionsView) -> str:
    if not view.watch.source:
        return tr("There is no source to watch")
    return tr("The networks are not here yet") if missing_names(view) else ""


def train_problem(view: ActionsView) -> str:
    train = view.train
    if train.busy is not None:
        return tr("A training runs")
    if not train.spec.folder and not taken(train.clips):
        return tr("Tick a labelled clip first")
    return tr("The networks are not here yet") if missing_names(view) else ""


def evaluate_problem(view: ActionsView) -> str:
    """Without labels of its own an evaluation takes those of the project, and their video."""
    evaluate, spec = view.evaluate, view.evaluate.spec
    if evaluate.busy is not None:
        return tr("An evaluation runs")
    if not spec.scores and not spec.models:
        return tr("Add a model or a score file first")
    if not spec.labels:
        return "" if marked(view) else tr("Choose the labels first")
    return "" if spec.video or not _to_run(evaluate) else tr("Choose the film that the models are run over")


def marked(view: ActionsView) -> bool:
    """Whether the project has labels to hold models against."""
    return any(not clip.note for clip in view.teach.clips or view.train.clips)


def _to_run(evaluate: EvaluateView) -> bool:
    """Whether a model has no scores yet."""
    spec = evaluate.spec
    return any(path and not (spec.scores[at] if at < len(spec.scores) else "") for at, path in enumerate(spec.models))


def headline(view: ActionsView) -> str:
    """The line under the title."""
    if view.page is Page.WATCH:
        return watch_line(view)
    if view.page is Page.TEACH:
        return teach_line(view.teach, view.timeline.marking)
    return train_line(view.train) if view.page is Page.TRAIN else evaluate_line(view.evaluate)


def level(view: ActionsView) -> str:
    """The icon before it."""
    if view.page is Page.WATCH:
        return _watch_level(view)
    if view.page is Page.TEACH:
        return "busy" if view.teach.recording or view.timeline.marking else ""
    busy = view.train.busy if view.page is Page.TRAIN else view.evaluate.busy
    done = view.train.result is not None if view.page is Page.TRAIN else bool(view.evaluate.results)
    return "busy" if busy is not None else "good" if done else ""


def _watch_level(view: ActionsView) -> str:
    watch = view.watch
    if not watch.running:
        return ""
    if watch.watched is None:
        return "warn" if watch.problem else "busy"
    return "warn" if watch.problem or watch.watched.note else "good"


def watch_line(view: ActionsView) -> str:
    """'Watching Cam 1 with lunges, 9.8 decisions/s', 'Watching film.mp4, which stands still'."""
    watch = view.watch
    if not watch.sources:
        return tr("No source")
    if not watch.running:
        return tr("Not watching")
    if watch.watched is None:
        return watch.problem or tr("Opening")
    title = next((each.title for each in watch.sources if each.path == watch.source), "")
    if not watch.moving:
        return tr("Watching {title}, which stands still", title=title)
    if watch.card is None:
        return tr("Watching {title}, {rate:.0f} frames/s", title=title, rate=watch.rate)
    told = {"title": title, "card": watch.card.name, "rate": watch.watched.head_rate}
    whole = tr("Watching {title} with {card}, {rate:.1f} decisions/s", **told)
    return whole if len(whole) <= LINE else tr("Watching {title}, {rate:.1f} decisions/s", **told)


def teach_line(teach: TeachView, marking: str = "") -> str:
    """'12 segments of 4 classes'."""
    if teach.recording:
        return tr("Recording, {seconds_words}", seconds_words=seconds_words(teach.recorded))
    if marking:
        return tr("Marking {class_words}", class_words=class_words(marking))
    if not teach.labels.segments:
        return tr("Nothing is marked yet")
    used = sum(1 for each in teach.counts if each.segments)
    return tr(
        "{segments} of {classes}",
        segments=tr_count(len(teach.labels.segments), "{n} segment", "{n:,} segments"),
        classes=tr_count(used, "{n} class", "{n:,} classes"),
    )


def train_line(train: TrainView) -> str:
    """'Training, 120 of 300', 'mAP 98.2 % over 4 actions in 34 s', '3 clips, 36 segments'."""
    if train.busy is not None:
        return _training(train)
    if train.result is not None:
        tested = train.result.tested
        value = train.result.map if tested is None else tested.map
        reached = map_words(value, train.result.card.averaged) if value is not None else tr("Trained")
        return tr("{reached} in {seconds_words}", reached=reached, seconds_words=seconds_words(train.result.seconds))
    if train.spec.folder:
        return tr("Benchmark {folder}", folder=file_title(train.spec.folder))
    chosen = taken(train.clips)
    segments = sum(clip.segments for clip in chosen)
    return (
        tr(
            "{clips}, {segments}",
            clips=tr_count(len(chosen), "{n} clip", "{n:,} clips"),
            segments=tr_count(segments, "{n} segment", "{n:,} segments"),
        )
        if chosen
        else tr("No clip is chosen")
    )


def map_words(value: float, averaged: int) -> str:
    """'mAP 98.2 % over 4 actions'; without them where that is not known."""
    told = {"map": percent(value, 1)}
    if not averaged:
        return tr("mAP {map}", **told)
    return tr_count(averaged, "mAP {map} over {n} action", "mAP {map} over {n:,} actions", **told)


def _training(train: TrainView) -> str:
    progress = train.progress
    if train.busy is not None and train.busy.cancelling:
        return tr("Cancelling")
    if progress is None:
        return tr("Waiting for its turn") if train.busy is not None and train.busy.waiting else tr("Starting")
    phase = PHASES.get(progress.phase, progress.phase)
    return (
        tr(
            "{phase}, {iteration:,} of {iterations:,}",
            phase=phase,
            iteration=progress.iteration,
            iterations=progress.iterations,
        )
        if progress.phase == "training"
        else phase
    )


def evaluate_line(evaluate: EvaluateView) -> str:
    """'3 models compared'."""
    if evaluate.busy is not None:
        return tr("Evaluating")
    results = evaluate.results
    if len(results) == 1:
        told = {"map": percent(results[0].map, 1)}
        if results[0].averaged:
            told["actions"] = tr_count(len(results[0].averaged), "{n} action", "{n:,} actions")
            return tr_count(
                results[0].frames,
                "mAP {map} over {actions}, {n} frame",
                "mAP {map} over {actions}, {n:,} frames",
                **told,
            )
        return tr_count(
            results[0].frames,
            "mAP {map} over {n} frame",
            "mAP {map} over {n:,} frames",
            **told,
        )
    if results:
        return tr_count(len(results), "{n} model compared", "{n:,} models compared")
    many = max(len(evaluate.spec.models), len(evaluate.spec.scores))
    return (
        tr_count(many, "{n} model to evaluate", "{n:,} models to evaluate") if many else tr("No model to evaluate yet")
    )


def missing_names(view: ActionsView) -> tuple[str, ...]:
    """Networks that the page in front needs and that are not here."""
    if view.page is Page.WATCH:
        streams = view.watch.card.recipe.streams if view.watch.card is not None else ()
        body = view.settings.pose or not view.settings.model
        streams = (*streams, "pose") if body else streams
    elif view.page is Page.TRAIN and not view.train.spec.folder:
        streams = STREAMS[view.train.spec.features]
    else:
        streams = ()
    needed = dict.fromkeys(name for stream in streams for name in NETWORKS.get(stream, ()))
    return tuple(name for name in needed if name in view.missing)


def missing_of(view: ActionsView) -> Trouble | None:
    """The weights to fetch before the page's action can be done."""
    lacking = missing_names(view)
    if not lacking:
        return None
    sizes = ", ".join(f"{name} {view.missing[name] / 1e6:.1f} MB" for name in lacking)
    hint = tr("They are downloaded once, and every hash is checked.")
    return Trouble(
        tr("Frames are described by networks: {sizes}.", sizes=sizes), tr("Networks to fetch"), hint, fetch=lacking
    )


def frames_words(frames: Frames) -> str:
    """'85:191', '85:', or nothing for all of them."""
    first, stop = frames
    return "" if frames == WHOLE else f"{first}:{'' if stop is None else stop}"


def class_line(told: ClassCount, is_open: bool) -> str:
    """'wave, 3 segments, 6.2 s, key 2'."""
    parts = (
        class_words(told.name),
        tr_count(told.segments, "{n} segment", "{n:,} segments"),
        duration_words(told.seconds),
        tr("key {key}", key=told.key) if told.key else "",
        tr("its segment is open") if is_open else "",
    )
    return ", ".join(filter(None, parts))


def classes_hint(counts: Sequence[ClassCount]) -> str:
    """The next step."""
    keys = [each.key for each in counts if each.key]
    if not keys:
        return tr("Name the actions to tell apart, such as wave or sit down.")
    press = (
        tr("Press {keys}", keys=keys[0])
        if len(keys) == 1
        else tr("Press {first} to {last}", first=keys[0], last=keys[-1])
    )
    return tr("{press} while it plays to begin a segment, again to end it; Esc discards it.", press=press)


def segment_words(segment: Segment, start: float, seconds: float, several: bool = False) -> str:
    """'wave from 0:12.4 to 0:14.1, 1.7 s, frames 124 to 141'."""
    told = {
        "action": class_words(segment.action),
        "start": clock_words(start),
        "end": clock_words(start + seconds),
        "duration": duration_words(seconds),
        "first": segment.start,
        "last": segment.end,
    }
    if several:
        return tr(
            "{action} on {track} from {start} to {end}, {duration}, frames {first:,} to {last:,}",
            track=segment.track,
            **told,
        )
    return tr("{action} from {start} to {end}, {duration}, frames {first:,} to {last:,}", **told)


def clip_words(clip: ClipState) -> str:
    """'12 segments, 4 classes', or why it cannot be trained on."""
    return clip.note or tr(
        "{segments}, {classes}",
        segments=tr_count(clip.segments, "{n} segment", "{n:,} segments"),
        classes=tr_count(clip.classes, "{n} class", "{n:,} classes"),
    )


def taken(clips: Sequence[ClipState]) -> list[ClipState]:
    """Those that are trained on."""
    return [clip for clip in clips if clip.chosen and not clip.note]


def clips_summary(clips: Sequence[ClipState]) -> str:
    """'2 of 3 are trained on, 24 segments'; nothing for the only one, which says so itself."""
    own = taken(clips)
    if len(own) == len(clips) == 1:
        return ""
    if not own:
        return tr("None is trained on: tick one.")
    segments = tr_count(sum(clip.segments for clip in own), "{n} segment", "{n:,} segments")
    return tr_count(
        len(own),
        "{n} of {all} is trained on, {segments}",
        "{n} of {all} are trained on, {segments}",
        all=len(clips),
        segments=segments,
    )


def record_words(teach: TeachView) -> str:
    if teach.recording:
        return tr("Recording, {seconds_words}", seconds_words=seconds_words(teach.recorded))
    return tr("A live feed is recorded first, then marked.")


def published_words(spec: TrainSpec) -> str:
    """The values of the published settings, as far as nothing else was set."""
    if not spec.settings:
        return ""
    used, way = filled(spec)
    ahead = tr(", {future_steps} steps ahead", future_steps=used.future_steps) if used.future_steps else ""
    sizes = tr(
        "H {hidden:,}, F {width:,}, window {window} chunks{ahead}",
        hidden=used.hidden,
        width=used.width,
        window=used.window,
        ahead=ahead,
    )
    return f"{sizes}, {OPTIMISERS[way.optimiser]}, {length_words(spec)}"


def length_words(spec: TrainSpec) -> str:
    """'300 steps', '21 rounds'."""
    used, way = filled(spec)
    return (
        tr("{rounds} rounds", rounds=way.rounds) if way.rounds else tr_count(used.iterations, "{n} step", "{n:,} steps")
    )


def duration_words(seconds: float) -> str:
    """'6.2 s', '2:54.6'."""
    return f"{seconds:.1f} s" if seconds < 99.95 else clock_words(seconds)
