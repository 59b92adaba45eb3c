"""Films read and written frame by frame: same size, same times, the sound as it was, none of the notes about the maker.

A copy keeps neither the place nor the device nor subtitles; they may say who is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av

from engines.core.errors import BadInput
from engines.core.film import Converter, Film
from engines.core.frames import Image
from engines.core.outputs import media, new_file

QUALITY = {
    "libx264": {"crf": "18", "preset": "medium"},
    "libvpx-vp9": {"crf": "28", "b": "0", "deadline": "good", "cpu-used": "5"},
}
KINDS = (".mp4", ".mov", ".mkv", ".webm", ".m4v")
"""AVI is not among them: it keeps no times, only an order."""
HINT = f"Name the copy {', '.join(KINDS[:-1])} or {KINDS[-1]}"


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """The opened film. Raises `BadInput` for what is none."""
    try:
        film = av.open(str(path))
    except (OSError, ValueError) as error:  # FFmpeg's errors are both
        raise BadInput("Not a picture or film that can be read", path=path) from error
    with film:
        if not film.streams.video:
            raise BadInput("There is no picture in this film", path=path)
        yield film


def frames(path: Path) -> Iterator[tuple[Image, float]]:
    """Upright BGR pictures with their time in seconds. Raises `BadInput` for what is no film."""
    for frame in Film.open(path).frames():
        yield frame.image, frame.seconds


def count(path: Path) -> int:
    """How many frames there are, 0 when the file does not say."""
    with reading(path) as film:
        stream = film.streams.video[0]
        if stream.frames:
            return int(stream.frames)
        seconds = (film.duration or 0) / 1e6
        return int(seconds * float(stream.average_rate or 0))


def rewrite(source: Path, out: Path, change: Callable[[int, Image], None]) -> int:
    """Copy a film with every frame changed in place; how many. The copy is whole or not there."""
    if out.suffix.lower() not in KINDS:
        raise BadInput(f"A film cannot be written as '{out.suffix}'", path=out, hint=HINT)
    with reading(source) as film, new_file(out, media(out), [source]) as part, av.open(str(part), "w") as copy:
        return _rewrite(film, copy, source, change)


def _rewrite(film: Any, copy: Any, source: Path, change: Callable[[int, Image], None]) -> int:
    stream, made, sound, number = film.streams.video[0], None, _sound(film, copy), 0
    converter = Converter()
    wanted = [stream, *([film.streams.audio[0]] if sound is not None else [])]
    waiting = []
    for packet in film.demux(wanted):
        if packet.stream is not stream:
            waiting.append(packet)
            if made is not None:
                _send_on(copy, sound, waiting)
            continue
        for frame in _packet(packet, source):
            image = converter.bgr(frame)
            if made is None:
                made = _video(copy, stream, image)
                _send_on(copy, sound, waiting)
            change(number, image)
            copy.mux(made.encode(_encodable(frame, image, number, stream)))
            number += 1
    if made is None:
        raise BadInput("No frame of this film can be read", path=source)
    copy.mux(made.encode(None))
    return number


def _video(copy: Any, stream: Any, image: Image) -> Any:
    name = "libvpx-vp9" if "webm" in copy.format.name and "matroska" not in copy.format.name else "libx264"
    name = name if name in av.codecs_available else "mpeg4"
    options = QUALITY.get(name, {})
    made = copy.add_stream(name, rate=stream.average_rate or 25, options=options)
    made.height, made.width = image.shape[:2]
    odd = made.height % 2 or made.width % 2
    made.pix_fmt = "yuv444p" if odd else "yuv420p"
    made.codec_context.time_base = stream.time_base
    made.time_base = stream.time_base
    return made


def _sound(film: Any, copy: Any) -> Any:
    """A stream that takes the sound as it is; None where there is none or the copy's kind cannot hold it."""
    if not film.streams.audio:
        return None
    try:
        sound = copy.add_stream_from_template(film.streams.audio[0])
    except (ValueError, OSError):
        return None
    sound.metadata.clear()
    return sound


def _send_on(copy: Any, sound: Any, waiting: list[Any]) -> None:
    for packet in waiting:
        if packet.dts is not None:
            packet.stream = sound
            copy.mux(packet)
    waiting.clear()


def _encodable(frame: Any, image: Image, number: int, stream: Any) -> Any:
    made = av.VideoFrame.from_ndarray(image, format="bgr24")
    step = 1 / (stream.average_rate or 25) / stream.time_base
    made.pts = frame.pts if frame.pts is not None else round(number * step)
    made.time_base = stream.time_base
    return made


def _packet(packet: Any, path: Path) -> list[Any]:
    """A broken packet is left out, as players do: the frames around it are whole."""
    try:
        return list(packet.decode())
    except (av.error.InvalidDataError, av.error.EOFError):
        return []
