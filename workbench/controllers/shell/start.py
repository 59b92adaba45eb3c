"""Joins the start page to projects, jobs, examples and the model store: what can be begun while there is no source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QDateTime, QLocale, QObject, QTimer
from PySide6.QtGui import QImage

from engines.core.spec import resolve
from engines.core.store.registry import REGISTRY
from engines.core.words import tr, tr_count
from widgets.shell.start.place import ViewerPlace
from widgets.shell.start.state import CutOff, CutOffJob, ExampleCard, RecentCard, StartState
from widgets.shell.start.told import headline, state
from widgets.sources.panel import SourcesPanel
from workbench.commands import Actions
from workbench.controllers.shell.project import ProjectController
from workbench.features import Example, Feature
from workbench.project.running import FinishingMark, RunningMark
from workbench.project.settings import Settings
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.jobs import JobRecord
from workbench.work.commands import shell
from workbench.work.job_store import JobState

if TYPE_CHECKING:
    from workbench.project.recent import RecentProject

FETCH = "engines.core.store.fetching:run"
MOST_RECENT = 6
BEGUN = time.time()
"""When this program began: jobs that were lost since then were cut off by the end of the last one."""
ALONE = "monitor"
"""The preset in which the start page has the whole window, until that is chosen again."""
DAYS = 6


class Docks(Protocol):
    """The docks around the page."""

    def set_aside(self, on: bool) -> None:
        """Hide every dock for now, or have them back as they were."""
        ...


class Features(Protocol):
    """The features that there are, and their controllers, made if need be."""

    records: tuple[Feature, ...]

    def record(self, id: str) -> Feature: ...

    def __getitem__(self, id: str) -> Any: ...

    def pieces(self, id: str) -> Iterator[None]: ...


class Turns(Protocol):
    """Has a feature in pieces between which the window goes on."""

    def have(self, feature: Feature, *then: Callable[[], object]) -> None:
        """Import what it is made of, then do the rest, one a turn; what was asked for before is not done any more."""
        ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Of the window."""

    place: ViewerPlace
    docks: Docks
    sources: SourcesPanel
    features: Features
    project: ProjectController
    turns: Turns


class StartController(QObject):
    """Shows the page while there is no source. Nothing is read before the window has been painted."""

    def __init__(self, parts: Parts, services: Services, actions: Actions) -> None:
        super().__init__(parts.place)
        self._parts, self._services, self._actions = parts, services, actions
        self._errands = Errands("start page")
        services.supervisor.adopt(self._errands)
        self._mark, self._finishing = RunningMark(), FinishingMark()
        self._state = StartState(cards=tuple(_card(one, ()) for one in self._examples()))
        self._missing: dict[str, tuple[str, ...]] = {}
        self._wanted, self._fetching, self._begun = "", -1, False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._connect()
        self.follow()

    def begin(self) -> None:
        """The project's sources were opened, and the window was painted."""
        self._begun = True
        self._errands.ask(self._mark.left, self._have_left, lambda _failure: None)
        self._errands.ask(self._finishing.others, self._have_finishing, lambda _failure: None)
        self._note_project()
        self.follow()

    def follow(self) -> None:
        """The page or the viewer, by whether there is a source; the docks of Monitor have nothing to show till then."""
        feeds, services = self._services.feeds.ids(), self._services
        on = not feeds if self._begun else not services.project.items("source")
        self._parts.place.show_start(on)
        self._parts.docks.set_aside(on and services.settings.value.preset == ALONE)
        if on:
            self._show()
            self._read()

    def show_aimed(self, on: bool) -> None:
        """Something is being dragged over the window, or no longer."""
        self._parts.place.show_aimed(on and self._parts.place.starts)

    def show_cut_off(self, cut_off: CutOff | None) -> None:
        """Say what the end of the last program cut off; nothing any more for None."""
        self._put(cut_off=cut_off)

    def leave(self) -> None:
        """Another project is opened: that this one came back is no news any more, jobs that can go on still are."""
        if self._state.cut_off is not None and not self._state.cut_off.jobs:
            self.show_cut_off(None)

    def close(self) -> None:
        """The program ends as it should."""
        self._soon.stop()
        self._parts.turns.stop()
        self._errands.request_stop()
        self._mark.close()

    # What the user does

    def begin_example(self, id: str) -> None:
        """Set an example going, once what it needs is there."""
        if missing := self._missing.get(id, ()):
            self._fetch(id, missing)
            return
        feature, features = self._parts.features.record(id), self._parts.features
        self._parts.turns.have(
            feature,
            partial(features.pieces, id),
            partial(self._actions.run, f"window.{feature.preset.id}"),
            lambda: resolve(self._example(id).begin)(features[id]),
        )

    def resume(self, id: int) -> None:
        """Go on with a job that was cut off."""
        self._services.jobs.resume(id)
        self._services.host.show_dock("jobs")
        self._services.notify(tr("It goes on; Jobs shows how far it is"), "good")
        self._forget_job(id)

    def _fetch(self, id: str, missing: tuple[str, ...]) -> None:
        """Have what an example needs; it begins when that is there."""
        if self._fetching < 0:
            self._wanted, title = id, tr("Fetch what the example needs: {title}", title=self._example(id).title)
            from engines.core.store.fetching import FetchSpec

            command = shell("models", "fetch", *missing)
            self._fetching = self._services.jobs.submit(FETCH, FetchSpec(missing), title, command)
            self._show_examples()

    def _ended(self, job: int) -> None:
        """The files came, or did not: Jobs says why."""
        if job != self._fetching:
            return
        id, self._wanted, self._fetching = self._wanted, "", -1
        if self._services.jobs.record(job).state is JobState.DONE:
            self._missing.pop(id, None)
            self.begin_example(id)
        self._show_examples()

    def _forget_job(self, id: int) -> None:
        cut_off = self._state.cut_off
        if cut_off is not None:
            left = tuple(job for job in cut_off.jobs if job.id != id)
            self.show_cut_off(replace(cut_off, jobs=left) if left else None)

    # What is found out

    def _read(self) -> None:
        if self._begun:
            settings = self._services.settings.value
            self._errands.ask(partial(_recent, settings), self._have_recent, lambda _failure: None, key="recent")
            needs = {one.id: one.example.needs for one in self._examples() if one.example is not None}
            self._errands.ask(partial(_missing, needs), self._have_missing, lambda _failure: None, key="missing")

    def _have_recent(self, found: list[tuple[RecentCard, QImage]]) -> None:
        here = str(self._services.project.path)
        kept = [(card, image) for card, image in found if card.path != here][:MOST_RECENT]
        self._put(recent=tuple(card for card, _image in kept))
        page = self._parts.place.page
        for card, image in kept:
            if page is not None and not image.isNull():
                page.show_picture(card.path, image)

    def _have_missing(self, found: dict[str, tuple[str, ...]]) -> None:
        self._missing = found
        self._show_examples()

    def _show_examples(self) -> None:
        cards = (_card(one, self._missing.get(one.id, ()), one.id == self._wanted) for one in self._examples())
        self._put(cards=tuple(cards))

    def _have_left(self, projects: tuple[str, ...]) -> None:
        lost = [job for job in self._services.jobs.records() if _is_cut_off(job)]
        if not projects and not lost:
            return
        jobs = tuple(
            CutOffJob(job.id, job.title, job.note, self._services.jobs.can_resume(job.id)) for job in reversed(lost)
        )
        cut_off = CutOff(next(filter(None, projects), ""), jobs)
        self.show_cut_off(cut_off)
        if not self._parts.place.starts:
            self._tell(cut_off)

    def _have_finishing(self, others: dict[int, int]) -> None:
        """The program was started again while an earlier one ends its jobs with its window hidden."""
        for process, jobs in others.items():
            text = tr_count(
                jobs,
                "Kinoscope is finishing {n} job in the background, with the project it has open",
                "Kinoscope is finishing {n:,} jobs in the background, with the project it has open",
            )
            self._services.notify(text, "info", tr("Show that window"), partial(self._bring_back, process))

    def _bring_back(self, process: int) -> None:
        if not self._finishing.want(process):
            self._services.notify(tr("Its jobs have ended, and it has closed"), "info")

    def _tell(self, cut_off: CutOff) -> None:
        text = tr("{what}. {more}", what=headline(cut_off), more=state(cut_off))
        action = tr("Show jobs") if cut_off.jobs else ""
        self._services.notify(text, "warn", action, partial(self._services.host.show_dock, "jobs"))

    # Showing

    def _put(self, **values: object) -> None:
        self._state = replace(self._state, **values)  # type: ignore[arg-type]
        self._show()

    def _show(self) -> None:
        if self._parts.place.page is not None:
            self._parts.place.page.show_state(self._state)

    def _examples(self) -> list[Feature]:
        return [one for one in self._parts.features.records if one.example is not None]

    def _example(self, id: str) -> Example:
        example = self._parts.features.record(id).example
        assert example is not None
        return example

    def _note_project(self) -> None:
        if self._begun:
            title = self._services.project.title
            self._errands.ask(partial(self._mark.put, title), lambda _none: None, lambda _failure: None, key="mark")

    def _connect(self) -> None:
        feeds, parts = self._services.feeds, self._parts
        self._soon.timeout.connect(self.follow)
        for signal in (feeds.added, feeds.removed):
            signal.connect(lambda _id: self._soon.start())
        parts.project.changed.connect(self._soon.start)
        parts.project.changed.connect(self._note_project)
        self._services.jobs.finished.connect(self._ended)
        parts.place.made.connect(self._connect_page)

    def _connect_page(self) -> None:
        page, actions = self._parts.place.page, self._actions
        assert page is not None
        page.set_menu(self._parts.sources.add_button.menu())
        page.sampleWanted.connect(partial(actions.run, "file.open-sample"))
        page.openWanted.connect(partial(actions.run, "file.open"))
        page.exampleChosen.connect(self.begin_example)
        page.projectChosen.connect(self._parts.project.open)
        page.cut_off.resumeWanted.connect(self.resume)
        page.cut_off.jobsWanted.connect(partial(self._services.host.show_dock, "jobs"))
        page.cut_off.read.connect(lambda: self.show_cut_off(None))


def _card(feature: Feature, missing: tuple[str, ...], busy: bool = False) -> ExampleCard:
    assert feature.example is not None
    note = ""
    if busy:
        note = tr("Fetching what it needs…")
    elif missing:
        size = sum(REGISTRY[name].bytes for name in missing) / 1e6
        note = tr("Fetches {size:.0f} MB first: {names}", size=max(size, 1), names=", ".join(missing))
    return ExampleCard(feature.id, feature.example.title, feature.example.text, note, busy)


def _is_cut_off(job: JobRecord) -> bool:
    return job.state is JobState.LOST and (job.finished or 0.0) >= BEGUN


def _missing(needs: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What of it is not on this machine; whether it is whole is looked at when it is loaded."""
    from engines.core.store.fetching import Shelf

    shelf = Shelf()
    gone = {name for names in needs.values() for name in names if shelf.where(shelf.file(name)) is None}
    return {id: tuple(name for name in names if name in gone) for id, names in needs.items()}


def _recent(settings: Settings) -> list[tuple[RecentCard, QImage]]:
    """Cards of the projects used lately, and their pictures."""
    from workbench.project.recent import recent

    return [(_recent_card(one), QImage.fromData(one.picture)) for one in recent(settings)]


def _recent_card(one: RecentProject) -> RecentCard:
    return RecentCard(one.path, one.title, when_words(one.changed), b"", one.there, one.note)


def when_words(seconds: float) -> str:
    """A moment in words: 'Today, 14:03', 'Yesterday, 09:30', 'Monday', '3 May 2026'; "" for 0."""
    if seconds <= 0:
        return ""
    when, locale = QDateTime.fromSecsSinceEpoch(int(seconds)), QLocale()
    days = when.daysTo(QDateTime.currentDateTime())
    clock = locale.toString(when.time(), "HH:mm")
    if days in (0, 1):
        return tr("Today, {time}", time=clock) if days == 0 else tr("Yesterday, {time}", time=clock)
    return locale.toString(when.date(), "dddd" if 0 < days <= DAYS else "d MMMM yyyy")
