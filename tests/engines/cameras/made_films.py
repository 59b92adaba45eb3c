"""Films of every make: containers, codecs, orders, turns, rates and starts. Each picture shows its own number."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

COUNT = 40
SIZE = (64, 48)
PYRAMID = {"g": "12", "bf": "3", "x264-params": "b-pyramid=normal:b-adapt=0:no-asm=1"}
OPEN = {"g": "12", "bf": "3", "x264-params": "open-gop=1:b-adapt=0:keyint=12:min-keyint=12:scenecut=0"}
NO_B = {"g": "12", "bf": "0"}
HEVC = {"g": "12", "preset": "ultrafast", "x265-params": "log-level=none:bframes=3:b-adapt=0:keyint=12:pools=none"}
MPEG = {"bf": "2", "g": "12"}
AHEAD = {"auto-alt-ref": "1", "lag-in-frames": "12", "g": "20", "b": "60k", "cpu-used": "8"}
NTSC = Fraction(30000, 1001)
ONE = 1 << 16
VOP = b"\0\0\1\xb6"
"""Begins every picture of MPEG-4."""
TURNS = {
    "upright": (ONE, 0, 0, ONE), "right": (0, ONE, -ONE, 0), "over": (-ONE, 0, 0, -ONE), "left": (0, -ONE, ONE, 0),
    "mirrored": (-ONE, 0, 0, ONE), "flipped": (ONE, 0, 0, -ONE), "transposed": (0, ONE, ONE, 0),
    "transversed": (0, -ONE, -ONE, 0),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A film to write. times: of each picture in units of `unit` seconds; None: one per picture of `rate`.

    turn: how it was held, of `TURNS`. sound: seconds of it, from the start on.
    """

    name: str
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=dict)
    rate: Fraction = Fraction(25)
    times: tuple[int, ...] | None = None
    unit: Fraction | None = None
    turn: str = ""
    pixels: str = "yuv420p"
    size: tuple[int, int] = SIZE
    muxing: dict[str, str] = field(default_factory=dict)
    sound: float = 0.0

    def seconds(self, picture: int) -> float:
        if self.times is None:
            return float(picture / self.rate)
        return float(self.times[picture] * (self.unit or 1 / self.rate))


def spread(*gaps: int, start: int = 0) -> tuple[int, ...]:
    """`COUNT` times with these gaps between them, again and again."""
    return tuple(start + sum((gaps * COUNT)[:place]) for place in range(COUNT))


MILLI = Fraction(1, 1000)
MADE = {
    **{f"x264-{kind}": Made(f"a.{kind}", options=PYRAMID) for kind in ("mp4", "mov", "mkv", "ts", "flv")},
    **{f"x264-{kind}": Made(f"a.{kind}", options=PYRAMID) for kind in ("avi", "h264")},
    **{f"open-{kind}": Made(f"a.{kind}", options=OPEN) for kind in ("mp4", "mkv", "ts", "avi", "h264")},
    **{f"plain-{kind}": Made(f"a.{kind}", options=NO_B) for kind in ("mp4", "avi", "h264")},
    **{f"x265-{kind}": Made(f"a.{kind}", "libx265", HEVC) for kind in ("mp4", "mkv", "hevc")},
    **{f"mpeg4-{kind}": Made(f"a.{kind}", "mpeg4", MPEG) for kind in ("mp4", "mkv", "avi", "m4v")},
    **{f"mpeg2-{kind}": Made(f"a.{kind}", "mpeg2video", MPEG) for kind in ("mpg", "ts", "mkv", "avi", "m2v")},
    "mjpeg-avi": Made("a.avi", "mjpeg", pixels="yuvj420p"),
    "mjpeg-mov": Made("a.mov", "mjpeg", pixels="yuvj420p"),
    "mjpeg-bare": Made("a.mjpeg", "mjpeg", pixels="yuvj420p"),
    "ffv1": Made("a.mkv", "ffv1"),
    "prores": Made("a.mov", "prores_ks", pixels="yuv422p10le"),
    "huffyuv": Made("a.avi", "huffyuv", pixels="yuv422p"),
    "vp8": Made("a.webm", "libvpx", AHEAD),
    "vp9": Made("a.webm", "libvpx-vp9", AHEAD),
    "wmv": Made("a.wmv", "wmv2", {"g": "12"}),
    "dv": Made("a.dv", "dvvideo", size=(720, 576)),
    **{f"{turn}-{kind}": Made(f"a.{kind}", options=NO_B, turn=turn) for turn in TURNS for kind in ("mp4", "mkv")},
    "ntsc-mp4": Made("a.mp4", options=PYRAMID, rate=NTSC),
    "ntsc-mkv": Made("a.mkv", options=PYRAMID, rate=NTSC),
    "ntsc-avi": Made("a.avi", options=PYRAMID, rate=NTSC),
    "slow-mp4": Made("a.mp4", options=PYRAMID, rate=Fraction(2)),
    "fast-mp4": Made("a.mp4", options=PYRAMID, rate=Fraction(240)),
    "uneven-mp4": Made("a.mp4", options=PYRAMID, times=spread(1, 1, 7, 2, 19)),
    "uneven-mkv": Made("a.mkv", options=PYRAMID, times=spread(40, 33, 700, 17), unit=MILLI),
    "uneven-avi": Made("a.avi", "mpeg4", {"g": "12"}, times=spread(1, 1, 3)),
    "late-mp4": Made("a.mp4", options=PYRAMID, times=spread(1, start=125)),
    "late-mkv": Made("a.mkv", options=PYRAMID, times=spread(1, start=125)),
    "late-ts": Made("a.ts", options=PYRAMID, times=spread(1, start=125)),
    "cut-mp4": Made("a.mp4", options=PYRAMID, times=spread(1, start=-5), muxing={"avoid_negative_ts": "disabled"}),
    "pairs-mkv": Made("a.mkv", options=NO_B, times=tuple(place // 2 * 2 for place in range(COUNT))),
    "twice-mkv": Made("a.mkv", options=NO_B, times=tuple(place - (place == 21) for place in range(COUNT))),
    "joined-ts": Made("a.ts", options=PYRAMID),
    "hidden-webm": Made("a.webm", "libvpx", {"g": "12", "cpu-used": "8"}, times=spread(1, 1, 2)),
    "packed-avi": Made("a.avi", "mpeg4", {"bf": "1", "g": "12", "b_strategy": "0"}),
}  # fmt: skip
RISEN = {"pairs-mkv", "twice-mkv"}
"""Their stamps repeat or run back: each picture still has its own time, later than the one before."""


def painted(number: int, size: tuple[int, int]) -> np.ndarray:
    """Six blocks of black and white, three above three."""
    blocks = np.array([235 if number >> bit & 1 else 20 for bit in range(6)], np.uint8).reshape(2, 3)
    tall, wide = -(-size[1] // 2), -(-size[0] // 3)
    return np.repeat(np.kron(blocks, np.ones((tall, wide), np.uint8))[: size[1], : size[0], None], 3, axis=2)


def number_of(image: np.ndarray) -> int:
    height, width = image.shape[:2]
    middles = [image[height * (1 + 2 * row) // 4, width * (1 + 2 * column) // 6] for row, column in np.ndindex(2, 3)]
    return sum(1 << bit for bit, middle in enumerate(middles) if middle.mean() > 128)


def made_film(folder: Path, kind: str) -> Path:
    """A film of `MADE`; each is coded once in a process."""
    name, content = _coded(kind)
    (folder / name).write_bytes(content)
    return folder / name


@cache
def _coded(kind: str) -> tuple[str, bytes]:
    with TemporaryDirectory() as folder:
        path = _make(Path(folder), kind)
        return path.name, path.read_bytes()


def _make(folder: Path, kind: str) -> Path:
    """One that is joined runs back in the middle, as recordings do that were put end to end."""
    made = MADE[kind]
    path = write(folder / made.name, made, range(COUNT))
    if kind.startswith("joined"):
        parts = [write(folder / f"{part.start}{made.name}", made, part) for part in (range(24), range(24, COUNT))]
        path.write_bytes(b"".join(part.read_bytes() for part in parts))
    made_so = {"packed": packed, "hidden": with_hidden}.get(kind.partition("-")[0])
    return made_so(path) if made_so else path


def with_hidden(path: Path) -> Path:
    """As VP8 is coded in two passes: now and then a picture that is not shown, with a stamp of its own."""
    with av.open(str(path)) as film, av.open(str(path.with_stem("hidden")), "w") as out:
        stream = film.streams.video[0]
        copied: Any = out.add_stream_from_template(stream)
        for number, packet in enumerate(film.demux(stream)):
            if not packet.size:
                continue
            if number % 9 == 4:
                hidden = av.Packet(bytes((bytes(packet)[0] & ~0x10,)) + bytes(packet)[1:])
                hidden.pts = hidden.dts = packet.pts - 5
                hidden.stream, hidden.time_base = copied, packet.time_base
                out.mux(hidden)
            packet.stream = copied
            out.mux(packet)
    return path.with_stem("hidden")


def packed(path: Path) -> Path:
    """As DivX and XviD wrote B-frames: together with the picture before, and an empty one instead."""
    with av.open(str(path)) as film, av.open(str(path.with_stem("packed")), "w") as out:
        stream = film.streams.video[0]
        copied: Any = out.add_stream_from_template(stream)
        given = [(bytes(packet), packet.is_keyframe) for packet in film.demux(stream) if packet.size]
        chunks: list[tuple[bytes, bool]] = []
        for content, key in given:
            content = content.replace(VOP, b"\0\0\1\xb2DivX503b1393p\0" + VOP) if key else content
            if content.partition(VOP)[2][0] >> 6 == 2:
                chunks[-1] = chunks[-1][0] + content, chunks[-1][1]
                content = VOP + b"\x51\0\4\x7f"
            chunks.append((content, key))
        for number, (content, key) in enumerate(chunks):
            packet = av.Packet(content)
            packet.stream, packet.is_keyframe, packet.time_base = copied, key, stream.time_base
            packet.pts = packet.dts = number
            out.mux(packet)
    return path.with_stem("packed")


def write(path: Path, made: Made, numbers: range) -> Path:
    """Stamps are put on the packets themselves, so those that no encoder takes can be written too."""
    with av.open(str(path), "w", options=made.muxing) as out:
        stream: Any = out.add_stream(made.codec, rate=made.rate, options=made.options)
        (stream.width, stream.height), stream.pix_fmt = made.size, made.pixels
        if made.turn:
            a, b, c, d = TURNS[made.turn]
            stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])
        if made.unit is not None:
            stream.codec_context.time_base = made.unit
        heard: Any = out.add_stream("pcm_s16le" if path.suffix == ".avi" else "mp2", rate=48000) if made.sound else None
        for number in numbers:
            out.mux(encoded(stream, made, number))
            if heard is not None and number < 25 * made.sound:
                out.mux(beep(heard, number))
        out.mux(stream.encode())
        for number in range(COUNT, round(25 * made.sound)):
            out.mux(beep(heard, number))
    return path


def beep(heard: Any, number: int) -> list[av.Packet]:
    """The sound that belongs to picture `number` at 25 per second."""
    wave = (8000 * np.sin(np.arange(1920) / 20)).astype(np.int16)[None]
    frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
    frame.sample_rate, frame.pts = 48000, 1920 * number
    return list(heard.encode(frame))


def encoded(stream: Any, made: Made, number: int) -> list[av.Packet]:
    frame = av.VideoFrame.from_ndarray(painted(number, made.size), format="bgr24")
    rises = made.times is None or all(np.diff(made.times) > 0)
    frame.pts = made.times[number] if made.times and rises else number
    frame.time_base = made.unit or 1 / made.rate
    packets = stream.encode(frame)
    for packet in packets if not rises else ():
        packet.pts = packet.dts = made.times[packet.pts] if made.times else None
    return list(packets)


def exhaustive(path: Path, turn: str) -> list[np.ndarray]:
    """Every picture in the order of decoding, turned pixel by pixel."""
    with av.open(str(path)) as container:
        images = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    return [turned(image, TURNS[turn or "upright"]) for image in images]


def turned(image: np.ndarray, matrix: tuple[int, int, int, int]) -> np.ndarray:
    """A display matrix as it is defined: (x, y) goes to (a x + c y, b x + d y), moved to where it is seen."""
    a, b, c, d = (part // ONE for part in matrix)
    y, x = np.indices(image.shape[:2])
    right, down = a * x + c * y, b * x + d * y
    right, down = right - right.min(), down - down.min()
    seen = np.empty((down.max() + 1, right.max() + 1, 3), np.uint8)
    seen[down, right] = image
    return seen
