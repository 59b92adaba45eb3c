"""Exports of a finished run: a sheet, a film strip, a GIF, an MP4. No torch.

Films show the state becoming the samples, one kept step a frame, and stay on the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.errors import BadInput, OutOfResources, UsageError
from engines.core.outputs import check_file, media, new_file
from engines.core.reading import read_array
from engines.core.words import tr
from engines.generative.diffusion.study_types import ExportResult, ExportSpec
from engines.generative.runs import history, png
from engines.generative.runs.sheets import scatter, tiled
from engines.generative.runs.steps_file import Steps

SUFFIXES = {"grid": (".png",), "strip": (".png",), "gif": (".gif",), "mp4": (".mp4", ".m4v")}
RATE = 12
REST = 1.5
"""Seconds on the last frame."""
STRIP = 12
"""Steps shown in a strip at most."""
SIDE = 480
MOST_PIXELS = 8192
Pictures = NDArray[np.uint8]


def run(spec: ExportSpec, ctx: Context) -> ExportResult:
    """Job: write one file. Raises `UsageError` for a name that does not fit, `BadInput` for a run without steps."""
    stored = history.read_run(spec.folder)
    target = _target(spec)
    chosen = _chosen(spec, len(stored.spec.seeds))
    ctx.progress(0, 1, tr("Writing {target}", target=target.name))
    try:
        if spec.kind == "grid":
            sheet = _enlarged(tiled(_finished(stored, chosen), spec.columns, most=0), spec.scale)
            png.write_png(target, sheet, png.settings_texts(stored.spec, 0))
            frames = 1
        elif spec.kind == "strip":
            sheet = _enlarged(_strip(spec, stored, chosen, ctx), spec.scale)
            png.write_png(target, sheet)
            frames = 1
        else:
            sheet, frames = _film(spec, stored, chosen, target, ctx)
    except OSError as error:
        hint = tr("Choose another folder or name")
        raise BadInput(
            tr("The file cannot be written: {strerror}", strerror=error.strerror), path=target, hint=hint
        ) from error
    ctx.progress(1, 1, target.name)
    return ExportResult(str(target), sheet.shape[1], sheet.shape[0], frames)


def _target(spec: ExportSpec) -> Path:
    if not spec.out:
        raise UsageError(
            tr("No file is named to write to"),
            hint=tr("Name one that ends in {suffixes}", suffixes=SUFFIXES[spec.kind][0]),
        )
    target = Path(spec.out).expanduser()
    if target.suffix.lower() not in SUFFIXES[spec.kind]:
        hint = tr("Let its name end in {suffixes}", suffixes=SUFFIXES[spec.kind][0])
        raise UsageError(
            tr("A {kind} is not written as '{suffix}'", kind=spec.kind, suffix=target.suffix or target.name), hint=hint
        )
    return check_file(target, media(target), Path(spec.folder).iterdir())


def _chosen(spec: ExportSpec, count: int) -> list[int]:
    """Numbers of the samples that are shown."""
    if any(not 0 <= sample < count for sample in spec.samples):
        raise UsageError(tr("The run has the samples 0 to {count}", count=count - 1), hint=tr("Choose among them"))
    if spec.columns < 0 or spec.scale < 0:
        raise UsageError(tr("Columns and scale are not negative"), hint=tr("0 chooses by itself"))
    return list(spec.samples) or list(range(count))


def _finished(stored: history.StoredRun, chosen: list[int]) -> Pictures:
    """The samples as pictures; points as one picture of all."""
    folder = Path(stored.folder)
    if (folder / history.POINTS).is_file():
        points = read_array(folder / history.POINTS, what=tr("file of points"))
        return scatter(points[chosen].astype(np.float64))[None]
    return np.stack([png.read_image(folder / f"{sample:04d}.png") for sample in chosen])


def _steps(stored: history.StoredRun) -> Steps:
    if not stored.steps:
        hint = tr("Run it again with its steps kept")
        raise BadInput(tr("No steps were kept of this run"), path=stored.folder, hint=hint)
    return Steps(stored.steps)


def _frame(steps: Steps, at: int, chosen: list[int], reach: float) -> Pictures:
    """The state at one kept step, (n, H, W[, 3]); of points one picture, in the coordinates y / (1 + sigma)."""
    if not steps.is_points:
        return steps.pictures(at)["y"][chosen]
    return scatter(_flat(steps, at)[chosen], reach)[None]


def _flat(steps: Steps, at: int) -> NDArray[np.float64]:
    sigma = steps.sigmas[at]
    y = steps.y(at).astype(np.float64)
    return y if sigma == np.inf else y / (1 + sigma)


def _reach(steps: Steps) -> float:
    if not steps.is_points:
        return 0.0
    return max(float(np.quantile(np.abs(_flat(steps, at)), 0.995)) for at in (0, len(steps) - 1)) * 1.2


def _strip(spec: ExportSpec, stored: history.StoredRun, chosen: list[int], ctx: Context) -> Pictures:
    """One row a sample, one column a step, the first and the last always among them."""
    with _steps(stored) as steps:
        chosen, reach = _kept(steps, chosen), _reach(steps)
        most = min(len(steps), spec.columns or STRIP)
        shown = np.unique(np.linspace(0, len(steps) - 1, most).round().astype(int)).tolist()
        columns = []
        for number, at in enumerate(shown):
            ctx.check()
            ctx.progress(number, len(shown), tr("Reading the steps"))
            columns.append(_frame(steps, at, chosen, reach))
    return np.concatenate([np.concatenate(list(column), 0) for column in columns], 1)


def _kept(steps: Steps, chosen: list[int]) -> list[int]:
    kept = [sample for sample in chosen if sample < steps.samples]
    if not kept:
        raise UsageError(
            tr("Steps were kept of the first {samples} samples", samples=steps.samples), hint=tr("Choose among them")
        )
    return kept


def _film(
    spec: ExportSpec, stored: history.StoredRun, chosen: list[int], target: Path, ctx: Context
) -> tuple[Pictures, int]:
    with _steps(stored) as steps:
        chosen, reach = _kept(steps, chosen), _reach(steps)

        def frames() -> Iterator[Pictures]:
            for at in range(len(steps)):
                ctx.check()
                ctx.progress(at, len(steps), tr("Frame {at} of {count}", at=at + 1, count=len(steps)))
                sheet = tiled(_frame(steps, at, chosen, reach), spec.columns, most=0)
                yield _rgb(_enlarged(sheet, spec.scale), even=spec.kind == "mp4")

        with new_file(target, media(target)) as part:
            write = _write_gif if spec.kind == "gif" else _write_mp4
            return write(part, frames())


def _write_mp4(part: Path, frames: Iterator[Pictures]) -> tuple[Pictures, int]:
    """H.264, 4:2:0, which every player shows."""
    with av.open(str(part), "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=RATE, options={"crf": "16"})
        stream.pix_fmt = "yuv420p"
        sheet, count = _encode(container, stream, _resting(frames))
    return sheet, count


def _write_gif(part: Path, frames: Iterator[Pictures]) -> tuple[Pictures, int]:
    """With a palette made from the frames themselves."""
    held = list(_resting(frames))
    height, width = held[0].shape[:2]
    graph = av.filter.Graph()
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"), time_base=Fraction(1, RATE))
    fork, palette = graph.add("split"), graph.add("palettegen", "stats_mode=full")
    use, sink = graph.add("paletteuse", "dither=sierra2_4a"), graph.add("buffersink")
    source.link_to(fork)
    fork.link_to(palette, 0, 0)
    fork.link_to(use, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    for number, sheet in enumerate(held):
        source.push(_video(sheet, number))
    source.push(None)
    with av.open(str(part), "w", format="gif", options={"loop": "0"}) as container:
        stream: Any = container.add_stream("gif", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
        for _ in held:
            frame: Any = sink.pull()
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return held[-1], len(held)


def _encode(container: Any, stream: Any, frames: Iterator[Pictures]) -> tuple[Pictures, int]:
    count, sheet = 0, None
    for sheet in frames:
        if not count:
            stream.width, stream.height = sheet.shape[1], sheet.shape[0]
        container.mux(stream.encode(_video(sheet, count)))
        count += 1
    container.mux(stream.encode())
    if sheet is None:
        raise OutOfResources(tr("There was no frame to write"))
    return sheet, count


def _video(sheet: Pictures, number: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(sheet, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, RATE)
    return frame


def _resting(frames: Iterator[Pictures]) -> Iterator[Pictures]:
    """The frames, and the last of them again for a while."""
    sheet = None
    for sheet in frames:
        yield sheet
    for _ in range(round(REST * RATE) if sheet is not None else 0):
        assert sheet is not None
        yield sheet


def _enlarged(sheet: Pictures, scale: int) -> Pictures:
    """By a whole number, pixel by pixel: as asked, or until small pictures can be seen."""
    times = scale or max(1, SIDE // max(sheet.shape[:2]))
    if max(sheet.shape[:2]) * times > MOST_PIXELS:
        hint = tr("Choose fewer samples or a smaller scale")
        raise UsageError(
            tr("{width} x {height} pixels are too many", width=sheet.shape[1] * times, height=sheet.shape[0] * times),
            hint=hint,
        )
    return np.ascontiguousarray(sheet.repeat(times, 0).repeat(times, 1))


def _rgb(sheet: Pictures, even: bool) -> Pictures:
    """(H, W, 3); for a film that needs even sides the last row or column is doubled."""
    colour = sheet if sheet.ndim == 3 else np.repeat(sheet[..., None], 3, 2)
    if even:
        colour = np.pad(colour, ((0, colour.shape[0] % 2), (0, colour.shape[1] % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(colour)
