"""The live look: one engine in a worker, on the chosen source, for the page that is in front.

What should be looked at follows from the form, the model and the board; `follow` brings what is looked at in line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engines.cameras.types import FeedState
from engines.core.words import tr
from engines.inspection.looks import ActivationLook, AttentionLook, FieldLook, LookResult, LookSpec
from widgets.inspection.state import LIVE, LookView, Page
from widgets.kit.work_state import Trouble
from workbench.controllers.common.live_threads import Lookers, choices
from workbench.controllers.inspection.part import Desk
from workbench.threads.engine_thread import Failure

ENGINE = "engines.inspection.live:Look"
KINDS = {"field": FieldLook, "activations": ActivationLook, "attention": AttentionLook}


class Looking(QObject):
    """`changed` for whatever is new; `failed(Trouble)` when the look ended by itself; `mended` when it works again."""

    changed = Signal()
    failed = Signal(object)
    mended = Signal()

    def __init__(self, desk: Desk, shown: Callable[[], bool], parent: QObject) -> None:
        """shown: whether the board is in front."""
        super().__init__(parent)
        self._desk, self._shown = desk, shown
        self.lookers = Lookers(desk.services, ENGINE, tr("The Inspector"), self, host="worker")
        self.wanted = True
        self._fallback = ""
        self._given: LookSpec | None = None
        self._broke: tuple[str, LookSpec] | None = None
        self._why: Failure | None = None
        self._seen: dict[str, LookResult] = {}
        self.lookers.looked.connect(self._look)
        self.lookers.broke.connect(self._remember)
        self.lookers.stopped.connect(self._stopped)
        for signal in (desk.services.feeds.added, desk.services.feeds.removed, desk.services.feeds.changed):
            signal.connect(lambda _id: self.follow())

    # What it is

    @property
    def source(self) -> str:
        """The chosen one while it is there, else the first that played when one was looked for, else the first."""
        feeds = self._desk.services.feeds
        there = [choice.path for choice in choices(feeds)]
        if self._desk.form.source in there:
            return self._desk.form.source
        if self._fallback not in there:
            self._fallback = next((path for path in there if feeds.plays(path)), (there or [""])[0])
        return self._fallback

    @property
    def spec(self) -> LookSpec | None:
        """What the page in front asks for, with the model in it; None on pages that look at nothing."""
        form, subject = self._desk.form, self._desk.subject
        if form.page not in LIVE:
            return None
        spec: LookSpec = getattr(form, form.page)
        model = subject.model
        return replace(spec, path=model.path, shapes=model.shapes, code=model.code, preprocessing=subject.preprocessing)

    @property
    def problem(self) -> str:
        """Why nothing can be looked at, "" when it can."""
        subject, page = self._desk.subject, self._desk.form.page
        blind = page is Page.ATTENTION and subject.sheet is not None and not subject.sheet.attends
        return subject.look_problem or (tr("This model has no layers of attention") if blind else "")

    @property
    def on(self) -> bool:
        return bool(self.lookers.paths())

    @property
    def view(self) -> LookView:
        form, path, lookers = self._desk.form, self.source, self.lookers
        on = path in lookers.paths()
        return LookView(
            spec=self.spec or form.activations,
            source=path,
            sources=choices(self._desk.services.feeds),
            on=on,
            look=self._seen.get(form.page),
            note=(lookers.note(path) or lookers.problem(path)) if on else "",
            rate=lookers.rate(path),
            dropped=lookers.dropped(path),
            preprocessing=self._desk.subject.preprocessing,
            over=on and self._over,
        )

    @property
    def _over(self) -> bool:
        """The recording that is looked at has ended."""
        return bool(self.source) and self._desk.services.feeds.state(self.source) is FeedState.ENDED

    # What it does

    def toggle(self) -> None:
        """Look, or no longer until it is asked for again; a recording that has ended is played once more."""
        if self._over:
            self._desk.services.feeds.feed(self.source.partition("/")[0]).play()
            self.wanted = True
            self.follow()
            return
        self.wanted, self._broke = not self.on, None
        self.follow()
        self.changed.emit()

    def renew(self) -> None:
        """Another model: what was seen of the one before is gone."""
        self.lookers.stop_all()
        self.wanted, self._broke = True, None
        self._seen.clear()
        self.follow()

    def follow(self) -> None:
        """Look at what is to be looked at, with the settings of now, and at nothing else."""
        spec, source = self.spec, self.source
        going = spec is not None and self.wanted and self._shown() and not self.problem
        for path in self.lookers.paths():
            if not going or path != source:
                self.lookers.stop(path)
        if going and spec is not None and (source, spec) != self._broke:
            self._look_with(source, spec)
        self.changed.emit()

    def close(self) -> None:
        self.lookers.stop_all()

    def _look_with(self, source: str, spec: LookSpec) -> None:
        if self._broke is not None:
            self._broke = None
            self.mended.emit()
        if source not in self.lookers.paths():
            self.lookers.start(source, spec)
        elif spec != self._given:
            self.lookers.configure(source, spec)
        self._given = spec

    def _look(self, path: str) -> None:
        found, page = self.lookers.latest(path), self._desk.form.page
        if path == self.source and isinstance(found, KINDS.get(page, ())):
            self._seen[page] = found
        self.changed.emit()

    def _remember(self, _path: str, why: Failure) -> None:
        self._why = why

    def _stopped(self, path: str, words: str) -> None:
        """It ended by itself: not begun again before something is changed."""
        why, self._why = self._why, None
        if why is None:
            self._desk.services.notify(words, "warn")
        elif self._given is not None:
            self._broke = path, self._given
            self.failed.emit(Trouble(why.message, tr("It cannot be looked at"), why.hint, why.path or ""))
        self.changed.emit()
