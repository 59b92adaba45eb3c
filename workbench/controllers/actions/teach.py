"""The page Teach of the panel: edits of labels, keys for marking, recording of feeds, files of labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from engines.actions.labels import editing
from engines.actions.labels.files import write_labels
from engines.actions.labels.films import read_labels_for
from engines.actions.types import Labels, Segment
from engines.core.clock import monotonic
from engines.core.words import tr, tr_count
from widgets.actions.panel.teach import TeachPage
from workbench.controllers.actions.dialogs import Dialogs
from workbench.controllers.actions.file_work import FileWork
from workbench.controllers.actions.films import Films
from workbench.controllers.actions.form import Pages
from workbench.controllers.actions.labels import KEYS, ProjectLabels
from workbench.controllers.actions.playhead import Playhead
from workbench.controllers.common.source_watch import SourceWatch
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services

TICK_MS = 500


class ClipRecorder(QObject):
    """Records a live feed, which cannot be labelled itself. `changed` while it records; `opened(path)` when the film is
    there.
    """

    changed = Signal()
    opened = Signal(str)

    def __init__(self, viewer: ViewerController, services: Services, watch: SourceWatch, parent: QObject) -> None:
        """watch: its source is the feed that would be recorded."""
        super().__init__(parent)
        self._viewer, self._services, self._watch = viewer, services, watch
        self._path, self._since, self._wanted = "", 0.0, False
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._look)
        viewer.recorded.connect(self._recorded)

    @property
    def on(self) -> bool:
        return bool(self._path)

    @property
    def seconds(self) -> float:
        """How long it has been recording."""
        return monotonic() - self._since if self._path else 0.0

    def toggle(self) -> None:
        """Record the feed, or end that."""
        self._look()
        path = self._path or self._watch.source
        if path not in self._viewer.shown().values():
            self._services.notify(tr("Show the camera in a tile to record it"), "info")
            return
        self._path = "" if self._path else path
        self._since, self._wanted = monotonic(), True
        self._viewer.record(path)
        self._tick.start() if self._path else self._tick.stop()
        self.changed.emit()

    def close(self) -> None:
        self._tick.stop()

    def _look(self) -> None:
        """The recording may have been ended elsewhere: by the toolbar, or with its source."""
        if self._path and not self._viewer.records(self._path):
            self._path = ""
            self._tick.stop()
        self.changed.emit()

    def _recorded(self, path: Path) -> None:
        self._look()
        if self._wanted and not self._path:
            self._wanted = False
            self.opened.emit(str(path))


class Teaching:
    """Edits of the labels of the chosen film."""

    def __init__(
        self, labels: ProjectLabels, films: Films, playhead: Playhead, recorder: ClipRecorder, files: FileWork,
        dialogs: Dialogs, pages: Pages, services: Services,
    ) -> None:  # fmt: skip
        self.labels, self._films, self._playhead, self._recorder = labels, films, playhead, recorder
        self._files, self._dialogs, self._pages, self._services = files, dialogs, pages, services
        playhead.looped.connect(lambda: labels.end_with_film(films.video, pages.form.track))

    def page(self, line: QWidget) -> TeachPage:
        """line: has the keyboard again once a class is added, so that a digit marks and is not typed."""
        page, edit = TeachPage(), self.edit
        page.record.button.clicked.connect(self._recorder.toggle)
        page.open.markWanted.connect(self.mark)
        page.open.drop.clicked.connect(self.labels.drop_mark)
        page.classes.classAdded.connect(
            lambda name: edit(tr("Add {name}", name=name), lambda it: editing.add_class(it, name))
        )
        page.classes.classAdded.connect(lambda _name: line.setFocus())
        page.classes.classRenamed.connect(
            lambda old, new: edit(tr("Rename {old}", old=old), lambda it: editing.rename_class(it, old, new))
        )
        page.classes.classRemoved.connect(
            lambda name: edit(tr("Remove {name}", name=name), lambda it: editing.remove_class(it, name))
        )
        page.classes.list.markWanted.connect(self.mark)
        page.segments.segmentChosen.connect(self.choose)
        page.segments.list.removed.connect(self.remove)
        page.segments.bring.clicked.connect(self.open_labels)
        page.segments.save.clicked.connect(self.save_labels)
        page.clips.list.clipTaken.connect(self.labels.take)
        return page

    def edit(self, text: str, change: Callable[[Labels], Labels]) -> None:
        """One undoable step on the labels of the chosen film."""
        if self._films.video:
            self.labels.edit(self._films.video, text, change)
        else:
            self._services.notify(tr("Labels belong to a film: open one, or record the camera first"), "info")

    def add(self, segment: Segment) -> None:
        self.labels.add(self._films.video, segment)

    def remove(self, index: int) -> None:
        self.edit(tr("Remove a segment"), lambda it: editing.remove(it, index))

    def choose(self, index: int) -> None:
        """Select a segment and show its first frame."""
        self.labels.select(index)
        segments, times = self.labels.labels(self._films.video).segments, self._films.facts.times
        if 0 <= index < len(segments) and segments[index].start < len(times):
            self._playhead.seek(float(times[segments[index].start]))

    def mark(self, action: str) -> None:
        """Open or close a segment of this class at the frame that is shown."""
        video, frame = self._films.video, self._playhead.frame
        if video and frame >= 0:
            self.labels.mark(video, action, frame, self._pages.form.track)
        elif video:
            self._services.notify(tr("Show the film in a tile to mark what happens in it"), "info")

    def mark_nth(self, index: int) -> None:
        classes = self.labels.labels(self._films.video).classes
        if index < len(classes):
            self.mark(classes[index])

    def open_labels(self) -> None:
        if self._films.video and (file := self._dialogs.labels()):
            self.import_labels(file)

    def import_labels(self, file: str) -> None:
        """Read beside the window; they replace what there is, which undo brings back."""
        video = self._films.video

        def have(labels: Labels) -> None:
            self.labels.loaded(video, labels, file)
            words = tr(
                "{segments} of {classes}",
                segments=tr_count(len(labels.segments), "{n} segment", "{n:,} segments"),
                classes=tr_count(len(labels.classes), "{n} class", "{n:,} classes"),
            )
            self._services.notify(tr("Read {words} from {file}", words=words, file=Path(file).name), "good")

        read = partial(read_labels_for, video, file, self._films.facts)
        self._files.read(read, have, tr("The labels were not read"))

    def save_labels(self) -> None:
        video, times = self._films.video, self._films.facts.known_times
        labels = self.labels.labels(video)
        if labels.segments and (file := self._dialogs.new_labels(video)):
            write = partial(write_labels, labels=labels, film_times=times, video=video)
            self._files.save(file, write, tr("The labels were not saved"), partial(self.labels.saved, video))


class MarkingKeys:
    """1 to 9 for the classes, Esc to drop the open segment: shortcuts of the window that are on only while labels are
    made, so that digits elsewhere stay digits.
    """

    def __init__(self, window: QWidget, marked: Callable[[int], object], dropped: Callable[[], object]) -> None:
        self._keys = [_shortcut(window, key, partial(marked, index)) for index, key in enumerate(KEYS)]
        self._drop = _shortcut(window, Qt.Key.Key_Escape, dropped)

    def set_on(self, classes: int, marking: bool) -> None:
        """Keys of so many classes; Esc only while there is something to drop."""
        for index, key in enumerate(self._keys):
            key.setEnabled(index < classes)
        self._drop.setEnabled(marking)


def _shortcut(window: QWidget, key: str | Qt.Key, act: Callable[[], object]) -> QShortcut:
    made = QShortcut(QKeySequence(key), window)
    made.setAutoRepeat(False)
    made.setEnabled(False)
    made.activated.connect(act)
    return made
