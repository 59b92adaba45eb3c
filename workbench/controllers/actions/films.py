"""Facts of the film that the chosen source plays."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engines.actions.labels.films import FilmFacts, film_facts
from engines.cameras.types import FileSource
from workbench.controllers.actions.file_work import FileWork, ReadOnce
from workbench.controllers.common.source_watch import SourceWatch
from workbench.feeds.running import Feeds


class Films(ReadOnce):
    def __init__(self, feeds: Feeds, files: FileWork, watch: SourceWatch, parent: QObject) -> None:
        super().__init__(files, film_facts, "", parent)
        self._feeds, self._watch = feeds, watch
        feeds.removed.connect(self._forget)

    @property
    def video(self) -> str:
        """The file that the chosen source plays, "" for a live feed and for none."""
        return self._played(self._watch.source)

    @property
    def facts(self) -> FilmFacts:
        return self.of(self.video) or FilmFacts()

    def _played(self, path: str) -> str:
        source = self._feeds.feed(path).source if path in self._feeds.ids() else None
        return source.path if isinstance(source, FileSource) else ""

    def _forget(self, _id: str) -> None:
        """A file that is opened again may be another one by then."""
        played = {self._played(path) for path in self._feeds.ids()}
        self.known = {video: facts for video, facts in self.known.items() if video in played}
