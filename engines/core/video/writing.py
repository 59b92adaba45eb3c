"""Films written picture by picture, on the clock of the film that the pictures come from, so that times stay."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from engines.core.frames import Image
from engines.core.video.timeline import Timeline

QUALITY = {
    "libx264": {"crf": "18", "preset": "medium"},
    "libvpx-vp9": {"crf": "28", "b": "0", "deadline": "good", "cpu-used": "5"},
}
KINDS = (".mp4", ".mov", ".mkv", ".webm", ".m4v")
"""AVI is not among them: it keeps no times, only an order."""
MEASURABLE = {"libx264": {"crf": "4", "preset": "fast"}}
"""For films that are measured in: corners move by less than they are found to."""


def film_stream(copy: Any, timeline: Timeline, image: Image, finer: dict[str, dict[str, str]] | None = None) -> Any:
    """A stream in a container that is being written, for pictures like this one. finer: options instead of `QUALITY`.

    Sides that are odd cannot have colours at half the resolution, so these have them at the full one.
    """
    name = "libvpx-vp9" if "webm" in copy.format.name and "matroska" not in copy.format.name else "libx264"
    name = name if name in av.codecs_available else "mpeg4"
    rate = Fraction(timeline.rate).limit_denominator(1001)
    made = copy.add_stream(name, rate=rate, options=(finer or QUALITY).get(name, {}))
    made.height, made.width = image.shape[:2]
    odd = made.height % 2 or made.width % 2
    made.pix_fmt = "yuv444p" if odd else "yuv420p"
    made.codec_context.time_base = made.time_base = timeline.unit
    return made


def encodable(seconds: float, image: Image, timeline: Timeline) -> Any:
    """A picture at its time since the film's first frame, on the film's own clock."""
    made = av.VideoFrame.from_ndarray(image, format="bgr24")
    made.pts = timeline.start + round(seconds / timeline.unit)
    made.time_base = timeline.unit
    return made


class FilmWriter:
    """One film without sound, for measuring in. Made when its first picture comes; `close` ends it."""

    def __init__(self, path: Path, timeline: Timeline) -> None:
        self._copy: Any = av.open(str(path), "w")
        self._timeline = timeline
        self._made: Any = None
        self.count = 0

    def write(self, seconds: float, image: Image) -> None:
        """uint8 BGR, H x W x 3, all of one size, at rising times."""
        self._made = self._made or film_stream(self._copy, self._timeline, image, MEASURABLE)
        self._copy.mux(self._made.encode(encodable(seconds, image, self._timeline)))
        self.count += 1

    def close(self) -> None:
        if self._made is not None:
            self._copy.mux(self._made.encode(None))
        self._copy.close()
