"""The page Watch of the panel: the engines that look at sources, what they decided, and the model in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from engines.actions.labels.event_files import write_events
from engines.actions.study_types import DetectSpec
from engines.actions.types import ModelCard, Watched, WatchSettings
from engines.cameras.types import FeedState
from engines.core.store.fetching import load_path
from engines.core.words import tr
from widgets.actions.overlays import overlays_of
from widgets.actions.panel.watch import WatchPage
from widgets.actions.state import Page
from widgets.timeline.state import ScoreTrack
from workbench.controllers.actions.command import as_watched, watch_line
from workbench.controllers.actions.dialogs import Dialogs
from workbench.controllers.actions.file_work import FileWork, ReadOnce
from workbench.controllers.actions.films import Films
from workbench.controllers.actions.form import Pages, models_dir
from workbench.controllers.actions.kept_scores import KeptScores
from workbench.controllers.actions.playhead import Playhead
from workbench.controllers.actions.score_history import ScoreHistory
from workbench.controllers.actions.studies import Studies
from workbench.controllers.common.live_threads import Lookers
from workbench.controllers.common.source_watch import SourceWatch
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.running import is_of
from workbench.services import Services

ENGINE = "engines.actions.streaming.live:ActionWatcher"
ID = "actions"
GOING = (FeedState.PLAYING, FeedState.PAUSED)
KEEP_MS = 700
LIVE_MS = 100
"""Panel and timeline follow the decisions at most this often; the picture follows every result."""


class Watch(SourceWatch):
    """settings: read whenever they are needed. classes: in the order that colours go by, of the chosen source."""

    def __init__(
        self,
        viewer: ViewerController,
        services: Services,
        settings: Callable[[], WatchSettings],
        classes: Callable[[], tuple[str, ...]],
        parent: QObject,
    ) -> None:
        self._settings, self._classes = settings, classes
        self._histories: dict[tuple[str, str, str], ScoreHistory] = {}
        """By path, model file and how its weights are kept."""
        self.lookers = Lookers(services, ENGINE, tr("Action detection"), parent)
        super().__init__(ID, viewer, services, self.lookers, LIVE_MS, parent)
        self.kept = KeptScores(services)
        self._keep_soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._keep_soon.timeout.connect(self.keep)
        services.feeds.removed.connect(self._forget_feed)

    @property
    def problem(self) -> str:
        """Why nothing comes from the chosen source, in words."""
        path = self.source
        return (self.lookers.note(path) or self.lookers.problem(path)) if self.running else ""

    def watched(self) -> Watched | None:
        """The newest result at the chosen source, by the chosen model."""
        return self._found(self.source)

    def track(self) -> ScoreTrack | None:
        """All that the chosen model decided along the chosen source, whenever it watched."""
        settings = self._settings()
        history = self._histories.get((self.source, settings.model, settings.weights))
        if history is None or not history.version:
            return None
        state = self._services.feeds.state(self.source)
        return history.track(settings, going=self.running and state in GOING)

    @property
    def moving(self) -> bool:
        """The chosen source gives new pictures."""
        return self._services.feeds.plays(self.source)

    def restore(self) -> None:
        """Another project is open."""
        self._keep_soon.stop()
        self._histories = self.kept.lanes()
        self.show_soon()

    def keep(self) -> None:
        """What was decided, into the project."""
        self._keep_soon.stop()
        self.kept.keep(self._histories)

    def configure(self) -> None:
        """Also what stands still follows the settings."""
        super().configure()
        for path in self.lookers.paths():
            self._draw(path)

    def reopen(self, model: str) -> None:
        """The file of this model is another one now: what it decided is gone, and whatever looks begins anew."""
        self._histories = {key: each for key, each in self._histories.items() if key[1] != model}
        if model != self._settings().model:
            return
        for path in self.lookers.paths():
            self.lookers.stop(path)
            self.lookers.start(path, self.settings_for(path))

    def settings_for(self, path: str) -> WatchSettings:
        return self._settings()

    def see(self, path: str) -> None:
        found = self.lookers.latest(path)
        if isinstance(found, Watched):
            self._draw(path)
            key = path, found.model, found.weights
            if self._histories.setdefault(key, ScoreHistory()).add(found) and not self._keep_soon.isActive():
                self._keep_soon.start()
        if path == self.source:
            self.show_soon()

    def _draw(self, path: str) -> None:
        """Draw over the picture that is shown, by the settings of now; of another model nothing."""
        last, found = self.lookers.latest(path), self._found(path)
        classes = self._classes() if path == self.source else ()
        if isinstance(last, Watched):
            made = overlays_of(found, self._settings(), classes) if found is not None else []
            self._viewer.show_overlays(ID, last.stamp, made)

    def _found(self, path: str) -> Watched | None:
        """The newest result, unless it is of a model that was chosen before."""
        found: Any = self.lookers.latest(path)
        asked = self._settings()
        same = isinstance(found, Watched) and (found.model, found.weights) == (asked.model, asked.weights)
        return found if same else None

    def _forget_feed(self, id: str) -> None:
        """Another source may come by the same id."""
        for key in [key for key in self._histories if is_of(key[0], id)]:
            del self._histories[key]


class Watching:
    """The page of the panel, and what it wants: models, settings, events, runs over whole films."""

    def __init__(
        self, watch: Watch, playhead: Playhead, films: Films, studies: Studies, files: FileWork, dialogs: Dialogs,
        pages: Pages, services: Services, parent: QObject,
    ) -> None:  # fmt: skip
        self._watch, self._playhead, self._films, self._studies = watch, playhead, films, studies
        self._files, self._dialogs, self._pages, self._services = files, dialogs, pages, services
        self.cards = ReadOnce(files, _card, tr("The model cannot be used"), parent)

    def page(self) -> WatchPage:
        page = WatchPage()
        page.nothing.clicked.connect(self.open_model)
        page.model.open.clicked.connect(self.open_model)
        page.model.field.chosen.connect(self.use_model)
        page.settingsChanged.connect(self.set_settings)
        page.events.eventChosen.connect(self._playhead.seek)
        page.events.save.clicked.connect(self.export_events)
        page.events.whole.clicked.connect(self.detect)
        return page

    def card(self) -> ModelCard | None:
        """The card of the model in use."""
        return self.cards.of(self._pages.form.settings.model)

    def toggle(self) -> None:
        """Watch the chosen source, or stop."""
        watch = self._watch
        if watch.source or watch.running:
            watch.look(watch.source, not watch.running)
        else:
            self._services.notify(tr("Open a camera or a film to watch"), "info")

    def open_model(self) -> None:
        if path := self._dialogs.model():
            self.use_model(path)

    def use_model(self, path: str) -> None:
        """Watch with this model from now on, "" for none."""
        before = self._pages.form.settings.model
        self._pages.step(tr("Choose the model"), "model", before, path, self._put_model)

    def _put_model(self, path: str) -> None:
        self.cards.forget(path)
        form = self._pages.form.with_model(path)
        self._pages.set_form(settings=form.settings, models=form.models)
        self._pages.dismiss()
        self._watch.configure()

    def watch_with(self, path: str) -> None:
        """The model that came of a training, on what is played."""
        self.use_model(path)
        self._pages.go_to(Page.WATCH)
        if self._watch.source:
            self._watch.look(self._watch.source, True)

    def renewed(self, path: str) -> None:
        """A training has written this file: it is a model to choose, and another one than what was known of it."""
        self.cards.forget(path)
        self._pages.set_form(models=self._pages.form.with_model(path).models)
        self._studies.forget_model(path)
        self._watch.reopen(path)

    def set_settings(self, settings: WatchSettings) -> None:
        """Other settings of the live engine, at once; the model is chosen elsewhere. There is one threshold for live
        events and for the marker of the trade-off.
        """
        before = self._pages.form.settings
        after = replace(settings, model=before.model)
        self._pages.step(tr("Change how actions are watched for"), "settings", before, after, self._put_settings)

    def _put_settings(self, settings: WatchSettings) -> None:
        form = self._pages.form
        evaluate = replace(form.evaluate, threshold=settings.threshold)
        self._pages.set_form(settings=replace(settings, model=form.settings.model), evaluate=evaluate)
        self._watch.configure()

    def set_threshold(self, value: float) -> None:
        """An event ends at no higher a probability than it begins at."""
        settings = self._pages.form.settings
        self.set_settings(replace(settings, threshold=value, release=min(settings.release, value)))

    def export_events(self) -> None:
        """Those that the panel lists."""
        own, video, times = self.tracks()[0], self._films.video, self._films.facts.known_times
        if own is None or not own.events:
            self._services.notify(tr("There are no events to export yet"), "info")
        elif file := self._dialogs.events(Path(video).stem):
            write = partial(write_events, events=own.events, film_times=times, video=video)
            self._files.save(file, write, tr("The events were not saved"))

    def detect(self) -> None:
        """Run the model in use over the whole film, as a job, with the settings of the live engine."""
        settings, video, card = self._pages.form.settings, self._films.video, self.card()
        if not settings.model or not video:
            self._services.notify(tr("Choose a model, and a film to run it over"), "info")
            return
        out = models_dir() / "scores" / f"{Path(video).stem} {Path(settings.model).stem}.csv"
        ahead = card is not None and card.shape.future_steps > 0
        self._studies.detect(as_watched(DetectSpec(settings.model, video, str(out), ahead=ahead), settings))

    def line(self) -> str:
        """The command line that does the same."""
        return watch_line(self._pages.form.settings, self._films.video)

    def open_sample(self) -> None:
        """Play the free clip of the model store and watch it."""
        self._pages.go_to(Page.WATCH)

        def play(path: Path) -> None:
            self._watch.look_at_next()
            self._services.host.add_source(str(path))

        self._files.read(partial(load_path, "walking"), play, tr("The sample clip cannot be played"))

    def tracks(self) -> tuple[ScoreTrack | None, tuple[ScoreTrack, ...]]:
        """The scores of the chosen model along the source, by its run over the whole film or else by watching; and
        what others gave along the whole film.
        """
        settings, films = self._pages.form.settings, self._studies.whole(self._films.video)
        others = tuple(each.track(settings) for each in films if not each.is_by(settings))
        whole = next((each.track(settings) for each in films if each.is_by(settings)), None)
        live = self._watch.track()
        if live is None or whole is None:
            return whole or live, others
        ahead = {"ahead_times": live.ahead_times, "ahead": live.ahead, "now": live.now}
        return replace(whole, **ahead, version=whole.version + live.version), others


def _card(path: str) -> ModelCard:
    from engines.actions.models.files import open_model

    return open_model(Path(path)).card
