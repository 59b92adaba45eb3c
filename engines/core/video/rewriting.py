"""Films read and written frame by frame: same times, the sound as it was, none of the notes about the maker.

A copy keeps neither the place nor the device nor subtitles; they may say who is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av

from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.outputs import media, new_file
from engines.core.video.film import Converter, Film
from engines.core.video.order import Shown
from engines.core.video.passes import Pictures
from engines.core.video.timeline import Timeline

QUALITY = {
    "libx264": {"crf": "18", "preset": "medium"},
    "libvpx-vp9": {"crf": "28", "b": "0", "deadline": "good", "cpu-used": "5"},
}
KINDS = (".mp4", ".mov", ".mkv", ".webm", ".m4v")
"""AVI is not among them: it keeps no times, only an order."""
HINT = f"Name the copy {', '.join(KINDS[:-1])} or {KINDS[-1]}"


Change: TypeAlias = Callable[[int, Image], Image | None]
"""Takes a frame's number and picture: gives what is written instead, all of one size; None where it changed that."""


def rewrite(source: Path, out: Path, change: Change) -> int:
    """Copy a film with every frame changed; how many. The copy is whole or not there."""
    if out.suffix.lower() not in KINDS:
        raise BadInput(f"A film cannot be written as '{out.suffix}'", path=out, hint=HINT)
    with (
        closing(Pictures(source, Film.open(source).timeline)) as pictures,
        new_file(out, media(out), [source]) as part,
        av.open(str(part), "w") as copy,
    ):
        return _rewrite(pictures, copy, change)


def _rewrite(pictures: Pictures, copy: Any, change: Change) -> int:
    sound, made, number, converter = _Sound(pictures, copy), None, 0, Converter()
    while (shown := pictures.read()) is not None:
        image = converter.bgr(shown.frame, pictures.codec)
        changed = change(number, image)
        image = image if changed is None else changed
        made = made or _video(copy, pictures.timeline, image)
        sound.send_on()
        copy.mux(made.encode(_encodable(shown, image, pictures.timeline)))
        number += 1
    if made is None:
        raise BadInput("No frame of this film can be read", path=pictures.path)
    sound.send_on()
    copy.mux(made.encode(None))
    return number


def _video(copy: Any, timeline: Timeline, image: Image) -> Any:
    name = "libvpx-vp9" if "webm" in copy.format.name and "matroska" not in copy.format.name else "libx264"
    name = name if name in av.codecs_available else "mpeg4"
    rate = Fraction(timeline.rate).limit_denominator(1001)
    made = copy.add_stream(name, rate=rate, options=QUALITY.get(name, {}))
    made.height, made.width = image.shape[:2]
    odd = made.height % 2 or made.width % 2
    made.pix_fmt = "yuv444p" if odd else "yuv420p"
    made.codec_context.time_base = made.time_base = timeline.unit
    return made


def _encodable(shown: Shown, image: Image, timeline: Timeline) -> Any:
    """On the film's own clock, so that the sound still fits."""
    made = av.VideoFrame.from_ndarray(image, format="bgr24")
    made.pts = timeline.start + round(shown.seconds / timeline.unit)
    made.time_base = timeline.unit
    return made


class _Sound:
    """The film's sound as it is; nothing where there is none or the copy's kind cannot hold it."""

    def __init__(self, pictures: Pictures, copy: Any) -> None:
        self._copy, self._made = copy, None
        self._waiting: list[Any] = []
        streams = pictures.container.streams.audio
        try:
            self._made = copy.add_stream_from_template(streams[0]) if streams else None
        except (ValueError, OSError):
            return
        if self._made is not None:
            self._made.metadata.clear()
            self._index = streams[0].index
            pictures.beside = self._keep

    def _keep(self, packet: Any) -> None:
        if packet.stream_index == self._index and packet.dts is not None:
            self._waiting.append(packet)

    def send_on(self) -> None:
        """What was read since the last time; the copy must have its pictures' stream by now."""
        for packet in self._waiting:
            packet.stream = self._made
            self._copy.mux(packet)
        self._waiting.clear()
