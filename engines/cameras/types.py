"""Sources as the user describes them, and feeds as they report themselves. Plain values that go to and from JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.undistortion import Undistortion


@dataclass(frozen=True, slots=True)
class UsbSource:
    """A camera on this machine. `address` is the device index or path; size and rate are wishes.

    camera: what the system calls it, whatever its user does; "" where that is `name`.
    """

    address: str
    name: str = ""
    backend: int = 0
    width: int = 0
    height: int = 0
    fps: float = 0.0
    camera: str = ""
    kind: Literal["usb"] = "usb"


@dataclass(frozen=True, slots=True)
class FileSource:
    """A video file."""

    path: str
    name: str = ""
    loop: bool = False
    speed: float = 1.0
    kind: Literal["file"] = "file"


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of images in natural order, played at `fps`. `pattern` is a glob within the folder."""

    path: str
    name: str = ""
    pattern: str = "*"
    fps: float = 5.0
    loop: bool = True
    kind: Literal["folder"] = "folder"


@dataclass(frozen=True, slots=True)
class StreamSource:
    """A network stream (RTSP, HTTP). Gives up opening after `timeout` seconds; reconnects when it breaks."""

    url: str
    name: str = ""
    timeout: float = 10.0
    kind: Literal["stream"] = "stream"


@dataclass(frozen=True, slots=True)
class SceneSource:
    """A rendered rig of cameras that look at a moving board; every parameter is exactly known.

    cameras: 1, 2 or 4, tiled in one frame when more than one. size: of one camera's image.
    noise: standard deviation in gray levels. blur: standard deviation of the lens blur in pixels.
    """

    name: str = ""
    board: Board = field(default_factory=lambda: Board.parse("chessboard:9x6:25mm"))
    cameras: Literal[1, 2, 4] = 4
    size: Size = Size(640, 360)
    fps: float = 30.0
    noise: float = 2.0
    blur: float = 0.6
    seed: int = 1
    kind: Literal["scene"] = "scene"


SimpleSource: TypeAlias = UsbSource | FileSource | FolderSource | StreamSource | SceneSource


@dataclass(frozen=True, slots=True)
class TiledSource:
    """Any source whose frame holds `rows` x `columns` pictures. `tiles` names them row by row (missing: numbered).

    titles: what people call the tiles, where they were renamed; the names in paths stay as they are.
    """

    of: SimpleSource
    rows: int = 2
    columns: int = 2
    tiles: tuple[str, ...] = ()
    name: str = ""
    titles: tuple[str, ...] = ()
    kind: Literal["tiled"] = "tiled"


Source: TypeAlias = SimpleSource | TiledSource


@dataclass(frozen=True, slots=True)
class Child:
    """A straightened picture of a feed, or of its tile `of`: a feed like any other. It is called "feed/name"."""

    undistortion: Undistortion
    of: str = ""


class FeedState(Enum):
    """What a feed is doing. The value is its word in records and in the log."""

    CLOSED = "closed"
    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    RECONNECTING = "reconnecting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What is known once a source is open. frames, duration: None where there is no end.

    tiles: names of the tiled pictures, in row-major order; empty when not tiled.
    seekable: pause, step, seek and speed make sense. live: capture time is real time.
    """

    size: Size
    fps: float
    frames: int | None = None
    duration: float | None = None
    seekable: bool = False
    live: bool = True
    tiles: tuple[str, ...] = ()
    grid: tuple[int, int] = (1, 1)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """One look at a running feed, for a list or a status line.

    fps: frames per second over the last second or so. frames: since opening. lost: frames the source itself lost.
    position: media time in seconds of the last frame. message: why it failed, ended early or reconnects.
    silent: seconds that it has been asked in vain for a picture, 0 while that is no longer than usual.
    gone: what it is read from is not there any more.
    """

    state: FeedState
    fps: float = 0.0
    frames: int = 0
    lost: int = 0
    position: float = 0.0
    message: str = ""
    info: FeedInfo | None = None
    loop: bool = False
    speed: float = 1.0
    silent: float = 0.0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class UsbCamera:
    """A camera that the system lists: `name` for people, `address` and `backend` for opening it."""

    name: str
    address: str
    backend: int = 0
