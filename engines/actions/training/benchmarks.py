"""Benchmark folders in the layout of the released codes: features and targets of each video as arrays, chunk by chunk.

    FOLDER/rgb_.../VIDEO.npy, FOLDER/flow_.../VIDEO.npy   (chunks x length; TRN's own names, resnet200-fc and
                                                           bn_inception, are known as well; either may be missing)
    FOLDER/target.../VIDEO.npy                            (chunks x classes, flags; "target_perframe", "target")
    FOLDER/data_info.json or video_list.json              {"class_index": [...], "train_session_set": [...],
                                                           "test_session_set": [...]}, also under the data's name

Without the JSON file, videos called "...validation..." or "...train..." are learned from and "...test..." are measured.
A class called "Ambiguous" (THUMOS14's column 21) is no class of the model: its chunks are neither learned nor measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.evaluation.arrays import evaluate_arrays
from engines.actions.heads.streaming import HeadStream, open_stream, softmax
from engines.actions.labels.targets import is_ambiguous
from engines.actions.models.settings import BENCHMARK_RATE
from engines.actions.study_types import Evaluation, TrainSpec
from engines.actions.training.examples import Examples, Held, check_examples
from engines.actions.training.standard import Standard
from engines.actions.training.windows import Stretch, shares
from engines.actions.types import BACKGROUND, ModelCard, Recipe, Stream
from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.reading import read_array, read_json
from engines.core.words import tr

HINT = tr("Check the targets and 'class_index' in data_info.json")

APPEARANCE, MOTION = ("rgb", "resnet", "appearance"), ("flow", "bn_inception", "motion")
INFO = ("data_info.json", "video_list.json")
AMBIGUOUS_THUMOS = 21
LAYOUT = tr("Expected are rgb*/VIDEO.npy, flow*/VIDEO.npy and target*/VIDEO.npy")
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """classes: of the targets' columns, background first. ambiguous: the column of what nobody can tell, or None.

    inputs: length of the features of each stream. train, test: names of videos.
    """

    folder: Path
    classes: tuple[str, ...]
    ambiguous: int | None
    streams: tuple[Path, ...]
    inputs: tuple[int, ...]
    targets: Path
    train: tuple[str, ...]
    test: tuple[str, ...]

    @property
    def known(self) -> tuple[str, ...]:
        """The classes of a model: all but the ambiguous one."""
        return tuple(name for column, name in enumerate(self.classes) if column != self.ambiguous)

    def read(self, video: str) -> tuple[NDArray[np.float32], Flags]:
        """Features (n, sum of inputs) and flags of all columns (n, columns) of one video.

        Raises `BadInput` for a file that is missing or broken, NaN, lengths that disagree, a wrong width.
        """
        target = _array(self.targets / f"{video}.npy", len(self.classes), "classes")
        if not np.isin(target, (0, 1)).all():
            raise BadInput(tr("Targets are flags, 0 and 1"), path=self.targets / f"{video}.npy")
        parts = []
        for stream, width in zip(self.streams, self.inputs, strict=True):
            path = stream / f"{video}.npy"
            part = _array(path, width, tr("numbers a chunk"))
            if len(part) != len(target):
                message = tr(
                    "{features} chunks of features, {targets} of targets", features=len(part), targets=len(target)
                )
                raise BadInput(
                    message,
                    path=path,
                    hint=tr("Make both from the same video; see {targets}", targets=self.targets.name),
                )
            parts.append(part.astype(np.float32, copy=False))
        return np.concatenate(parts, axis=1), target > 0.5

    def stretch(self, video: str) -> Stretch:
        """A video to learn from: ambiguous chunks, and those without any class, are not known."""
        features, flags = self.read(video)
        known = flags
        if self.ambiguous is not None:
            known = np.delete(flags, self.ambiguous, axis=1) & ~flags[:, [self.ambiguous]]
        return Stretch(features, shares(known), video)

    def stretches(self, videos: tuple[str, ...], ctx: Context) -> list[Stretch]:
        """Several videos to learn from."""
        made = []
        for index, video in enumerate(videos):
            ctx.check()
            ctx.progress(index, len(videos), tr("Reading {video}", video=video))
            made.append(self.stretch(video))
        return made


def open_benchmark(folder: str | Path) -> Benchmark:
    """The benchmark in a folder. Raises `BadInput` that says which part is missing."""
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(tr("There is no such folder"), path=folder, hint=LAYOUT)
    targets = _target_folder(folder)
    streams = tuple(found for names in (APPEARANCE, MOTION) if (found := _stream(folder, names)) is not None)
    if not streams:
        raise BadInput(tr("The folder holds no features"), path=folder, hint=LAYOUT)
    videos = sorted(path.stem for path in targets.glob("*.npy"))
    if not videos:
        raise BadInput(tr("The folder holds no targets"), path=targets, hint=LAYOUT)
    info = _info(folder, videos)
    train, test = _sessions(info, videos, folder)
    width = _width(targets / f"{train[0]}.npy")
    classes = _classes(info.get("class_index"), width, folder)
    ambiguous = next((column for column, name in enumerate(classes) if is_ambiguous(name)), None)
    inputs = tuple(_width(stream / f"{train[0]}.npy") for stream in streams)
    return Benchmark(folder, classes, ambiguous, streams, inputs, targets, train, test)


def _target_folder(folder: Path) -> Path:
    found = sorted(path for path in folder.glob("target*") if path.is_dir())
    if not found:
        raise BadInput(tr("The folder holds no targets"), path=folder, hint=LAYOUT)
    return next((path for path in found if path.name == "target_perframe"), found[0])


def _stream(folder: Path, names: tuple[str, ...]) -> Path | None:
    found = sorted(path for path in folder.iterdir() if path.is_dir() and path.name.casefold().startswith(names))
    if len(found) > 1:
        several = ", ".join(path.name for path in found)
        raise BadInput(
            tr("Several features of one kind: {several}", several=several),
            path=folder,
            hint=tr("Leave one of them in the folder"),
        )
    return found[0] if found else None


def _info(folder: Path, videos: list[str]) -> dict[str, Any]:
    """The JSON file's part on this data: the one whose videos are here."""
    path = next((folder / name for name in INFO if (folder / name).is_file()), None)
    if path is None:
        return {}
    said = read_json(path)
    parts = [said, *said.values()] if isinstance(said, dict) else []
    usable = [part for part in parts if isinstance(part, dict) and "train_session_set" in part]
    here = set(videos)
    fitting = [part for part in usable if here.intersection(_names(part, "train_session_set", path))]
    if not fitting:
        hint = tr('It holds {"class_index": [...], "train_session_set": [...], "test_session_set": [...]}')
        raise BadInput(tr("The list of videos names none that is here"), path=path, hint=hint)
    return fitting[0]


def _names(part: dict[str, Any], key: str, path: Path) -> list[str]:
    names = part.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInput(tr("'{key}' is no list of names", key=key), path=path)
    return names


def _sessions(info: dict[str, Any], videos: list[str], folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Videos to learn from and to measure. Every listed one must be there."""
    if info:
        sets = [tuple(_names(info, key, folder)) for key in ("train_session_set", "test_session_set")]
    else:
        tests = tuple(name for name in videos if "test" in name.casefold())
        sets = [tuple(name for name in videos if name not in tests), tests]
    here = set(videos)
    absent = [name for name in (*sets[0], *sets[1]) if name not in here]
    if absent:
        message = tr(
            "{count} listed videos have no targets, the first is {absent}", count=len(absent), absent=absent[0]
        )
        raise BadInput(message, path=folder, hint=tr("Add their files, or take them out of the list"))
    if not sets[0]:
        raise BadInput(tr("There is no video to learn from"), path=folder, hint="List them in data_info.json")
    return sets[0], sets[1]


def _classes(names: Any, width: int, folder: Path) -> tuple[str, ...]:
    """Names of the columns. TVSeries' list leaves the background out; without a list they are numbered."""
    if names is None:
        made = [BACKGROUND, *(f"class {column}" for column in range(1, width))]
        if width == AMBIGUOUS_THUMOS + 1:
            made[AMBIGUOUS_THUMOS] = "ambiguous"
        return tuple(made)
    given = [str(name) for name in names] if isinstance(names, list) else []
    if len(given) == width - 1:
        given = [BACKGROUND, *given]
    if len(given) != width or len(set(given)) < width or width < 2:
        message = tr(
            "{count} different classes are named and the targets have {width} columns", count=len(given), width=width
        )
        raise BadInput(message, path=folder, hint=tr("Name every column once in 'class_index', background first"))
    return (BACKGROUND, *given[1:])


def _width(path: Path) -> int:
    array = _load(path)
    if array.ndim != 2:
        raise BadInput(tr("Chunks x numbers were expected"), path=path, hint=LAYOUT)
    return int(array.shape[1])


def _array(path: Path, width: int, what: str) -> NDArray[Any]:
    array = _load(path)
    if array.ndim != 2 or array.shape[1] != width:
        shape = " x ".join(str(length) for length in array.shape)
        raise BadInput(
            tr("This is {shape}, and {width} {what} were expected", shape=shape, width=width, what=what), path=path
        )
    if not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise BadInput(
            tr("Chunk {row} holds NaN or infinity", row=row),
            path=path,
            hint=tr("Make the features of this video again"),
        )
    return array


def _load(path: Path) -> NDArray[Any]:
    if not path.is_file():
        raise BadInput(tr("There is no such file"), path=path, hint=LAYOUT)
    array = read_array(path)
    if array.dtype.kind not in "fiub":
        raise BadInput(tr("This is no array of numbers"), path=path, hint="Save one with numpy.save")
    return array


def read_folder(spec: TrainSpec, ctx: Context) -> Examples:
    """The training videos of a folder. Of these, whole videos at the end of the list are held out.

    Raises `BadInput` for whatever does not fit together.
    """
    benchmark = open_benchmark(spec.folder)
    stretches = benchmark.stretches(benchmark.train, ctx)
    aside = min(round(spec.held_out * len(stretches)), len(stretches) - 1)
    train, held = stretches[: len(stretches) - aside], stretches[len(stretches) - aside :]
    advice = check_examples(
        train, benchmark.known, spec.window, tr("the videos of {folder}", folder=benchmark.folder.name), HINT
    )
    return Examples(
        benchmark.known,
        recipe_of(benchmark, spec.rate or BENCHMARK_RATE),
        tuple(train),
        tuple(Held(each, 0) for each in held),
        tr("{folder}, {count} videos", folder=benchmark.folder.name, count=len(train)),
        advice,
    )


def recipe_of(benchmark: Benchmark, rate: float) -> Recipe:
    """Features of other makers: what they are called, how long and how fast they are is all that is known."""
    names = "+".join(path.name for path in benchmark.streams)
    arrays: Stream = "arrays"
    streams = tuple(arrays for _ in benchmark.streams)
    return Recipe(streams, benchmark.inputs, rate, crop="", side=0, of=names)


def tested(
    spec: TrainSpec, card: ModelCard, weights: Mapping[str, NDArray[np.float32]], standard: Standard, ctx: Context
) -> Evaluation | None:
    """The test videos, each as a stream of its own, measured together; None where the folder has none."""
    benchmark = open_benchmark(spec.folder)
    if not benchmark.test:
        return None
    stream = open_stream(card.shape, weights)
    scores, targets = [], []
    for index, video in enumerate(benchmark.test):
        ctx.progress(index, len(benchmark.test), tr("Testing on {video}", video=video))
        features, flags = benchmark.read(video)
        stream.reset()
        scores.append(_scores(stream, standard.rows(features), ctx))
        targets.append(flags)
    joined = np.concatenate(scores)
    if benchmark.ambiguous is not None:
        joined = np.insert(joined, benchmark.ambiguous, 0.0, axis=1)
    return evaluate_arrays(joined, np.concatenate(targets), benchmark.ambiguous, 0, card.name)


def _scores(stream: HeadStream, features: NDArray[np.float32], ctx: Context) -> NDArray[np.float32]:
    rows = []
    for chunk in features:
        ctx.check()
        rows.append(softmax(stream.step(chunk).logits))
    return np.stack(rows)
