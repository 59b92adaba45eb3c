"""Examples of a training: chunks of labelled clips with their classes, split into learned and held out.

Everything that is wrong or weak in the user's files is said here, before a training begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.cache import Extracted, identity
from engines.actions.labels.checking import check
from engines.actions.labels.files import read_labels
from engines.actions.labels.targets import ambiguous_frames, class_names, frame_sets, is_ambiguous
from engines.actions.study_types import Clip, Frames, TrainSpec
from engines.actions.training.windows import Floats, Stretch, shares
from engines.actions.types import BACKGROUND, Labels, Recipe, TrainedFilm
from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.words import tr

MARK = tr("Mark at least two actions, or one action and stretches without it")
ADVICE = "advice"
"""Emitted before frames are described: what is weak about the labels, in words."""
LEAST_CHUNKS = 8
MOST_RATE = 10.0
"""Chunks per second where nothing else is asked for."""
FEW_SHARE = 0.5
"""Share of chunks without a body from which on that is worth a word."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The end of a clip that is not learned from. whole: warmed up on chunks before `begin`, which do not count."""

    whole: Stretch
    begin: int


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """classes: background first. recipe: of the features. train: what is learned from; held: what is not.

    advice: what is weak, in words. feature_seconds: spent on features that were not in the cache. films: what of each
    clip was used.
    """

    classes: tuple[str, ...]
    recipe: Recipe
    train: tuple[Stretch, ...]
    held: tuple[Held, ...] = ()
    trained_on: str = ""
    advice: tuple[str, ...] = ()
    feature_seconds: float = 0.0
    films: tuple[TrainedFilm, ...] = ()

    @property
    def chunks(self) -> int:
        """Learned from."""
        return sum(map(len, self.train))

    @property
    def learned(self) -> tuple[str, ...]:
        """Actions that have an example."""
        there = counted(self.train)
        return tuple(name for name, count in zip(self.classes[1:], there[1:], strict=True) if count)


def counted(train: Sequence[Stretch]) -> NDArray[np.int64]:
    """Chunks of each class (C,)."""
    found: NDArray[np.int64] = np.sum([(each.targets > 0).sum(axis=0) for each in train], axis=0)
    return found


def read_clips(spec: TrainSpec, ctx: Context, threads: int = 1) -> Examples:
    """Labels and features of the clips of `spec`.

    Raises `BadInput` for labels that are wrong or do not fit their clip, nothing or one class only to learn, features
    that are no numbers, nobody in view where the pose is all there is; `FileMissing` for networks.
    """
    from engines.actions.features.extraction import chunk_rate, extract
    from engines.actions.features.recipes import recipe_for

    labels = [_labels(clip) for clip in spec.clips]
    told = beforehand(spec, labels)
    if told:
        ctx.emit(ADVICE, told)
    classes = union(labels)
    rate = spec.rate or min(chunk_rate(clip.video) for clip in spec.clips)
    recipe = recipe_for(spec.features, rate)
    stretches, closed, spent = list[Stretch](), list[NDArray[np.int64]](), 0.0
    advice = list(_differences(labels, spec.clips))
    for clip, marked in zip(spec.clips, labels, strict=True):
        began = perf_counter()
        made = extract(clip.video, recipe, spec.frames, ctx, threads)
        spent += 0.0 if made.reused else perf_counter() - began
        advice += _look(made, recipe, clip)
        stretches.append(Stretch(made.features, _targets(marked, classes, made.frames), Path(clip.video).name))
        closed.append(made.frames)
    train, held, more = split(stretches, spec.held_out, warm=spec.window)
    advice += [*more, *check_examples(train, classes, spec.window, _where(spec))]
    films = [
        _used(clip, frames, len(part), spec.frames[0])
        for clip, frames, part in zip(spec.clips, closed, train, strict=True)
    ]
    return Examples(classes, recipe, train, held, _trained_on(spec), tuple(advice), spent, tuple(films))


def beforehand(spec: TrainSpec, labels: Sequence[Labels]) -> tuple[str, ...]:
    """Weaknesses of labels, one of each clip of `spec`, before a frame is described. Raises `BadInput` where there
    is nothing to learn.

    The labels' rate and number of frames are used as far as they are known.
    """
    classes, first, stretches = union(labels), spec.frames[0], list[Stretch]()
    for clip, marked in zip(spec.clips, labels, strict=True):
        last = marked.frames or max((each.end + 1 for each in marked.segments), default=0)
        stop = last if spec.frames[1] is None else min(last, spec.frames[1])
        step = max(round(marked.rate / (spec.rate or min(marked.rate, MOST_RATE))), 1) if marked.rate else 1
        frames = np.arange(first, max(stop, first + 1), step)
        targets = _targets(marked, classes, frames)
        stretches.append(Stretch(np.zeros((len(frames), 0), np.float32), targets, Path(clip.video).name))
    train, _, more = split(stretches, spec.held_out, warm=spec.window)
    return (*_differences(labels, spec.clips), *more, *check_examples(train, classes, spec.window, _where(spec)))


def union(labels: Sequence[Labels]) -> tuple[str, ...]:
    """All classes, the background first, in the order in which they come up."""
    return tuple(dict.fromkeys(name for each in labels for name in class_names(each)))


def split(
    stretches: Sequence[Stretch], share: float, warm: int = 0
) -> tuple[tuple[Stretch, ...], tuple[Held, ...], tuple[str, ...]]:
    """The parts to learn from and to hold out, and advice. share: of each clip, at its end, in whole segments.

    The cut goes to the nearest place where no segment is cut through; a clip without one is learned as a whole. warm:
    chunks before the cut that a head has seen when it comes to what is held out.
    """
    train, held, advice = [], [], []
    for each in stretches:
        place = cut(each.targets, share) if share > 0 else None
        if share > 0 and place is None:
            advice.append(tr("{each}: nothing is held out, because no segment ends within it", each=each.name))
        train.append(each if place is None else each.part(0, place))
        if place is not None:
            begin = max(0, place - warm)
            held.append(Held(each.part(begin), place - begin))
    if held and not any(rows.whole.targets[rows.begin :, 1:].any() for rows in held):
        advice.append(tr("No action is held out, so the end of the training is not chosen by it: hold out more"))
        return tuple(stretches), (), tuple(advice)
    return tuple(train), tuple(held), tuple(advice)


def cut(targets: Floats, share: float) -> int | None:
    """The first held-out chunk; None where every place would cut a segment through."""
    same = (targets[1:] == targets[:-1]).all(axis=1)
    idle = targets[1:, 0] == 1
    places = 1 + np.flatnonzero(~same | idle)
    if not places.size:
        return None
    return int(places[np.argmin(np.abs(places - (1 - share) * len(targets)))])


def check_examples(
    train: Sequence[Stretch], classes: Sequence[str], window: int, where: str, hint: str = MARK
) -> tuple[str, ...]:
    """Advice on classes that are rare and clips that are short. Raises `BadInput` where there is nothing to tell apart.

    where: the part that is learned from, in words.
    """
    chunks = counted(train)
    longest = max(map(len, train))
    if longest < LEAST_CHUNKS:
        message = tr(
            "There are {longest} chunks to learn from in {where}; {least_chunks} are the least",
            longest=longest,
            where=where,
            least_chunks=LEAST_CHUNKS,
        )
        raise BadInput(message, hint=tr("Use a longer part, or more chunks per second"))
    seen = [name for name, count in zip(classes, chunks, strict=True) if count]
    if not chunks[1:].any():
        raise BadInput(tr("There is no labelled action in {where}", where=where), hint=hint)
    if len(seen) == 1:
        raise BadInput(
            tr("Every chunk of {where} is '{seen}': there is one class only to learn", where=where, seen=seen[0]),
            hint=hint,
        )
    return tuple(_weak(train, classes, chunks, window))


def _weak(train: Sequence[Stretch], classes: Sequence[str], chunks: NDArray[np.int64], window: int) -> list[str]:
    said = []
    for column, name in enumerate(classes):
        times = sum(_runs(each.targets[:, column] > 0) for each in train)
        if not chunks[column]:
            again = tr("mark it") if column else tr("leave some stretches without a label")
            said.append(
                tr(
                    "'{name}' has no example in what is learned from, so it is never recognised: {again}",
                    name=name,
                    again=again,
                )
            )
        elif column and times == 1:
            said.append(tr("'{name}' has one example only; two are the least to learn from", name=name))
    short = [each.name for each in train if len(each) < window]
    if short:
        said.append(tr("Shorter than the window of {window} chunks: {short}", window=window, short=", ".join(short)))
    return said


def _runs(flags: NDArray[np.bool_]) -> int:
    return int((np.diff(flags.astype(np.int8), prepend=0) == 1).sum())


def _labels(clip: Clip) -> Labels:
    from engines.core.video.film import Film

    if not clip.labels:
        raise BadInput(tr("This clip has no labels"), path=clip.video, hint=tr("Mark its segments, or leave it out"))
    with Film.open(clip.video) as film:
        times, rate, count = film.frame_times(), film.rate, film.count or 0
    labels = read_labels(clip.labels, times, rate, video=clip.video)
    check(labels, count, None, clip.labels)
    return replace(labels, frames=count or labels.frames, rate=rate)


def _targets(labels: Labels, classes: Sequence[str], frames: NDArray[np.int64]) -> Floats:
    rows = shares(frame_sets(labels, classes, frames))
    rows[ambiguous_frames(labels, frames)] = 0
    return rows


def _look(made: Extracted, recipe: Recipe, clip: Clip) -> list[str]:
    """Advice on features. Raises `BadInput` for those that nothing can be learned from."""
    wrong = np.flatnonzero(~np.isfinite(made.features).all(axis=1))
    if wrong.size:
        message = tr("The features of frame {frames} hold NaN or infinity", frames=int(made.frames[wrong[0]]))
        raise BadInput(message, path=clip.video, hint=tr("Delete the cache of features and try again"))
    missing = float(made.missing.mean())
    if recipe.streams == ("pose",) and missing == 1:
        raise BadInput(tr("Nobody is in view in this clip"), path=clip.video, hint=tr("Choose features of appearance"))
    if missing > FEW_SHARE:
        return [
            tr("{video}: nobody was found in {missing:.0f} % of it", video=Path(clip.video).name, missing=100 * missing)
        ]
    return []


def _differences(labels: Sequence[Labels], clips: Sequence[Clip]) -> list[str]:
    """A class that is marked in some clips only counts as background in the others, which may not be meant."""
    marked = [{each.action for each in one.segments if not is_ambiguous(each.action)} for one in labels]
    said = []
    for name in sorted(set().union(*marked) - {BACKGROUND}):
        without = [Path(clip.video).name for clip, names in zip(clips, marked, strict=True) if name not in names]
        if without:
            said.append(
                tr(
                    "'{name}' is not marked in {without}; there it counts as background",
                    name=name,
                    without=", ".join(without),
                )
            )
    return said


def _where(spec: TrainSpec) -> str:
    part = tr("frames {range} of ", range=_range(spec.frames)) if spec.frames != (0, None) else ""
    return part + (
        Path(spec.clips[0].video).name if len(spec.clips) == 1 else tr("the {count} clips", count=len(spec.clips))
    )


def _used(clip: Clip, frames: NDArray[np.int64], learned: int, first: int) -> TrainedFilm:
    """frames (n,): that closed the chunks of a clip, of which so many were learned from; first: of the clip's part."""
    stop, end = int(frames[learned - 1]) + 1, int(frames[-1]) + 1
    held = (stop, end) if end > stop else (0, 0)
    return TrainedFilm(Path(clip.video).name, identity(clip.video), (first, stop), held)


def _trained_on(spec: TrainSpec) -> str:
    part = f" ({_range(spec.frames)})" if spec.frames != (0, None) else ""
    return ", ".join(Path(clip.video).name for clip in spec.clips) + part


def _range(frames: Frames) -> str:
    return f"{frames[0]}:{'' if frames[1] is None else frames[1]}"
