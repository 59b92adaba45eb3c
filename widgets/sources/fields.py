"""One small form for each kind of source, which makes the source or says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from engines.cameras.sources.parsing import stream_source
from engines.cameras.types import (
    FileSource,
    FolderSource,
    SceneSource,
    SimpleSource,
    Source,
    StreamSource,
    TiledSource,
    UsbCamera,
    UsbSource,
)
from engines.core.addresses import bare
from engines.core.boards import Board
from engines.core.errors import UsageError
from widgets.kit.access.elided import elided
from widgets.kit.fields import ChoiceField, NumberField, PlainButton, QuietButton, Segmented, TextField, Toggle
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import columns, describe, labelled
from widgets.kit.save_file import ask_folder, ask_open
from widgets.kit.theme import LOOK, number_font

BOARDS = "chessboard:9x6:25mm or charuco:5x4:54mm:40.5mm:DICT_4X4_50"
VIDEOS = "Videos (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.ts);;All files (*)"
SIZES = (
    ("", "As the camera gives"),
    ("640x480", "640 × 480"),
    ("1280x720", "1280 × 720"),
    ("1920x1080", "1920 × 1080"),
)


class SourceFields(QWidget):
    """The form of one kind. `source(name)` gives the source; `UsageError` says in words what is not right yet."""

    changed = Signal()
    first: QWidget
    """Where typing begins."""

    def __init__(self) -> None:
        super().__init__()
        self.column = column_of(spacing=12)
        self.setLayout(self.column)

    def lay_out(self, *rows: QWidget | QLayout) -> None:
        """More rows, from the top."""
        for row in rows:
            self.column.addWidget(row) if isinstance(row, QWidget) else self.column.addLayout(row)

    def source(self, name: str) -> Source:
        raise NotImplementedError

    def forget(self) -> None:
        """The source was made: what is secret is not shown again."""

    def _tell(self, *_values: object) -> None:
        self.changed.emit()


class UsbFields(SourceFields):
    """A camera chosen by its name."""

    def __init__(self) -> None:
        super().__init__()
        self._cameras: dict[str, UsbCamera] = {}
        self.first = self.camera = ChoiceField("Camera", tip="Cameras that the system lists")
        self.rescan = QuietButton("", "retry", "Look for cameras again", name="Look again")
        self.picture = ChoiceField("Picture size", SIZES, tip="A wish: the camera gives the nearest it has")
        self.rate = NumberField("Rate", 0, 0, 240, unit="fps", tip="A wish; 0 leaves it to the camera")
        self.rate.setSpecialValueText("as it gives")
        wishes = columns(labelled("Picture size", self.picture), labelled("Rate", self.rate))
        self.lay_out(labelled("Camera", held(row_of((self.camera, 1), self.rescan, spacing=4))), wishes)
        self.camera.chosen.connect(self._tell)
        self.set_cameras([UsbCamera("First camera", "0")])

    def set_cameras(self, cameras: Sequence[UsbCamera]) -> None:
        """The cameras there are; none at all is said in the field."""
        self._cameras = {f"{camera.backend}:{camera.address}": camera for camera in cameras}
        listed = [(id, camera.name) for id, camera in self._cameras.items()]
        self.camera.set_choices(listed or [("", "No camera found")])
        self._tell()

    def source(self, name: str) -> UsbSource:
        camera = self._cameras.get(self.camera.value())
        if camera is None:
            raise UsageError("No camera is connected", hint="Plug one in and look again")
        wide, _, high = self.picture.value().partition("x")
        size = (int(wide), int(high)) if wide else (0, 0)
        return UsbSource(camera.address, name or camera.name, camera.backend, *size, self.rate.value())


class _PathFields(SourceFields):
    """A path with a button that opens the system's chooser."""

    def __init__(self, label: str, placeholder: str, tip: str) -> None:
        super().__init__()
        self.first = self.path = TextField(label, placeholder=placeholder, tip=tip)
        self.path.textChanged.connect(self._tell)
        self.browse = PlainButton("Browse", tip="Choose in the file system")
        self.browse.clicked.connect(self._browse)
        self.lay_out(labelled(label, held(row_of((self.path, 1), self.browse, spacing=8))))

    def _browse(self) -> None:
        if path := self._ask(self.path.accessibleName()):
            self.path.setText(path)

    def _ask(self, title: str) -> str:
        """A path that the user chooses, "" for none."""
        raise NotImplementedError


class FileFields(_PathFields):
    """A video file."""

    def __init__(self) -> None:
        super().__init__("Video file", "/path/to/video.mp4", "A file, or drop one on the window")
        self.loop = Toggle("Begin again at the end", False, tip="Loop; can be changed while it plays")
        self.lay_out(self.loop)

    def source(self, name: str) -> FileSource:
        path = _existing(self.path.text(), "video file")
        if path.is_dir():
            raise UsageError("This is a folder", hint="Add it as a folder of images")
        return FileSource(str(path), name, self.loop.isChecked())

    def _ask(self, title: str) -> str:
        return ask_open(self, title, "film", VIDEOS, self.path.text())


class FolderFields(_PathFields):
    """A folder of images."""

    def __init__(self) -> None:
        super().__init__("Folder", "/path/to/images", "Its images are played in natural order")
        self.pattern = TextField("Pattern", "*", tip="Which files, for example left*.jpg")
        self.rate = NumberField("Rate", 5, 0.1, 240, unit="fps", decimals=1, tip="Pictures per second")
        self.lay_out(columns(labelled("Files", self.pattern), labelled("Rate", self.rate)))

    def source(self, name: str) -> FolderSource:
        path = _existing(self.path.text(), "folder")
        if not path.is_dir():
            raise UsageError("This is a file, not a folder")
        return FolderSource(str(path), name, self.pattern.text().strip() or "*", self.rate.value())

    def _ask(self, title: str) -> str:
        return ask_folder(self, title, "pictures", self.path.text())


class StreamFields(SourceFields):
    """A network stream."""

    def __init__(self) -> None:
        super().__init__()
        self.url = TextField(
            "Address", placeholder="rtsp://camera.local/live", tip="RTSP or HTTP, with user:password@ if needed"
        )
        self.url.textChanged.connect(self._tell)
        self.timeout = NumberField("Give up after", 10, 1, 120, unit="s", tip="How long to wait for an answer")
        self.lay_out(labelled("Address", self.url), columns(labelled("Give up after", self.timeout), QWidget()))
        self.first = self.url

    def source(self, name: str) -> StreamSource:
        url = self.url.text().strip()
        if not url:
            raise UsageError("The address is missing", hint="For example rtsp://camera.local/live")
        return stream_source(url, name, self.timeout.value())

    def forget(self) -> None:
        self.url.setText(bare(self.url.text()))


class SceneFields(SourceFields):
    """A rendered rig."""

    def __init__(self) -> None:
        super().__init__()
        self.cameras = Segmented("Cameras", [("1", "1"), ("2", "2"), ("4", "4")], "4", tip="How many look at the board")
        self.rate = NumberField("Rate", 30, 1, 120, unit="fps", tip="Pictures per second")
        self.board = TextField("Board", "chessboard:9x6:25mm", tip="What moves before the cameras: " + BOARDS)
        self.board.textChanged.connect(self._tell)
        self.noise = NumberField("Noise", 2, 0, 50, unit="levels", decimals=1, tip="Standard deviation in gray levels")
        self.blur = NumberField("Blur", 0.6, 0, 10, unit="px", decimals=1, step=0.1, tip="Standard deviation in pixels")
        self.first = self.board
        look = columns(labelled("Noise", self.noise), labelled("Blur", self.blur))
        rig = columns(labelled("Cameras", self.cameras), labelled("Rate", self.rate))
        self.lay_out(rig, labelled("Board", self.board), look)

    def source(self, name: str) -> SceneSource:
        return SceneSource(
            name=name,
            board=Board.parse(self.board.text()),
            cameras={"1": 1, "2": 2, "4": 4}[self.cameras.value()],  # type: ignore[arg-type]
            fps=self.rate.value(),
            noise=self.noise.value(),
            blur=self.blur.value(),
        )


class TiledFields(SourceFields):
    """Any other source, split into rows and columns; the tiles can be named."""

    def __init__(self, make: dict[str, Callable[[], SourceFields]], titles: dict[str, str]) -> None:
        super().__init__()
        self._make = make
        self._of: dict[str, SourceFields] = {}
        self._inner = QVBoxLayout()
        self.kind = ChoiceField("Source that is split", [(kind, titles[kind]) for kind in make], "file")
        self.rows = NumberField("Rows", 2, 1, 8, tip="How many pictures stand above each other")
        self.columns = NumberField("Columns", 2, 1, 8, tip="How many pictures stand side by side")
        self.names = TextField(
            "Names of the tiles", placeholder="left, right, …", tip="Row by row; unnamed ones are numbered"
        )
        self.preview = TileDrawing()
        self.first = self.kind
        counts = columns(labelled("Rows", self.rows), labelled("Columns", self.columns))
        names = labelled("Names of the tiles", self.names)
        self.lay_out(labelled("Source that is split", self.kind), self._inner, counts, names, self.preview)
        self.kind.chosen.connect(self._choose)
        for signal in (self.rows.valueChanged, self.columns.valueChanged, self.names.textChanged):
            signal.connect(self._draw)
        self.of()
        self._draw()

    def tile_names(self) -> tuple[str, ...]:
        """As they were typed."""
        names = tuple(name.strip() for name in self.names.text().split(","))
        return names if any(names) else ()

    def source(self, name: str) -> TiledSource:
        rows, across = self.rows.whole(), self.columns.whole()
        names = self.tile_names()
        if rows * across < 2:
            raise UsageError("One tile is the whole picture", hint="Choose two rows or columns at least")
        if len(names) > rows * across:
            raise UsageError(f"{len(names)} names for {rows * across} tiles")
        given = [one for one in names if one]
        if len(set(given)) < len(given):
            raise UsageError("Two tiles have the same name")
        if any("/" in one for one in given):
            raise UsageError("A tile's name cannot contain a /")
        inner = self.of().source("")
        assert not isinstance(inner, TiledSource)
        simple: SimpleSource = inner
        return TiledSource(simple, rows, across, names, name)

    def of(self) -> SourceFields:
        """The form of the source that is split; made when it is first asked for."""
        kind = self.kind.value()
        if kind not in self._of:
            fields = self._of[kind] = self._make[kind]()
            fields.changed.connect(self.changed)
            self._inner.addWidget(fields)
        return self._of[kind]

    def forget(self) -> None:
        for fields in self._of.values():
            fields.forget()

    def _choose(self, kind: str) -> None:
        chosen = self.of()
        for fields in self._of.values():
            fields.setVisible(fields is chosen)
        self._tell()

    def _draw(self, *_values: object) -> None:
        self.preview.set_tiles(self.rows.whole(), self.columns.whole(), self.tile_names())
        self._tell()


class TileDrawing(QWidget):
    """How a picture is split, with the tiles' names."""

    def __init__(self) -> None:
        super().__init__()
        self._rows, self._columns, self._names = 2, 2, ()
        self.setFixedHeight(108)
        describe(self, "How the picture is split")

    def set_tiles(self, rows: int, columns: int, names: Sequence[str]) -> None:
        self._rows, self._columns, self._names = rows, columns, tuple(names)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(192, 108)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(number_font(11))
        wide, high = 192 / self._columns, 107 / self._rows
        for index in range(self._rows * self._columns):
            row, column = divmod(index, self._columns)
            box = QRectF(0.5 + column * wide, 0.5 + row * high, wide - 2, high - 2)
            painter.setPen(QPen(LOOK.now.color("line"), 1))
            painter.setBrush(LOOK.now.color("raised"))
            painter.drawRect(box)
            name = self._names[index] if index < len(self._names) else ""
            painter.setPen(LOOK.now.color("text" if name else "muted"))
            shown = elided(painter.fontMetrics(), name or str(index + 1), int(wide) - 8, given=True)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _existing(text: str, what: str) -> Path:
    text = text.strip()
    if not text:
        raise UsageError(f"The {what} is missing", hint="Browse for it, or type its path")
    path = Path(text).expanduser()
    if not path.exists():
        raise UsageError(f"There is no such {what}: {path.name}")
    return path
