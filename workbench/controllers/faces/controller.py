"""Joins the faces panel and the face board to recognisers, the gallery, jobs, files and undo.

Both are shown one value, made anew from the form and the parts; nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from engines.core.frames import Image
from engines.core.networks.in_use import ModelInUse
from engines.core.places import cache_dir
from engines.core.spec import from_json, to_json
from engines.core.words import tr, tr_count
from engines.faces.in_use import models_of
from engines.faces.study_types import RedactSpec
from engines.faces.types import Accept, RecogniserSettings
from widgets.faces.board import FaceBoard
from widgets.faces.panel.dock import FacesPanel
from widgets.faces.state import FacesView, Page
from workbench.commands import Actions
from workbench.controllers.common import kept_form
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.common.weights_store import WeightsStore
from workbench.controllers.faces import NEEDED
from workbench.controllers.faces.audit import Audits
from workbench.controllers.faces.command import page_line, redact_line
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.enrol import Reviews, read_crop
from workbench.controllers.faces.evaluate import Evaluations
from workbench.controllers.faces.form import OTHER, STEPS, Form, recognisers
from workbench.controllers.faces.gallery import Galleries
from workbench.controllers.faces.gaze import GazeCalibration, kept_fit
from workbench.controllers.faces.people import People
from workbench.controllers.faces.threshold import Thresholds
from workbench.controllers.faces.thumbs import Thumbs
from workbench.controllers.faces.tracks import Tracks
from workbench.controllers.faces.train import Heads
from workbench.controllers.faces.verify import Verification
from workbench.controllers.faces.watch import Watch
from workbench.controllers.shell.step import changed, words_of
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

REDACT = "engines.faces.redaction.job:run"


class FacesController(PagedController):
    """Its first page is the viewer, where faces are looked for."""

    form: Form

    def __init__(
        self, panel: FacesPanel, board: FaceBoard, viewer: ViewerController, services: Services, actions: Actions
    ) -> None:
        super().__init__("faces", board, (Page.LIVE,), Form(), services, actions, panel)
        self.panel, self.board = panel, board
        self.view = FacesView()
        self.errands = Errands("faces")
        services.supervisor.adopt(self.errands)
        self._make_parts(viewer)
        self._join_parts()
        self._join_panel()
        self._join_board()
        self.restore()
        self.store.look()

    def close(self) -> None:
        """Keep the form and stop; a review that was not stored goes."""
        self.rest()
        self.watch.close()
        self.gaze.close_screen()
        self.reviews.drop()
        self.errands.request_stop()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if not self.is_other_project():
            return
        form = kept_form.restore(self.services, self.name, partial(from_json, Form), Form())
        self.form = replace(form, settings=replace(form.settings, refused=(), gaze_fit=kept_fit()))
        self.trouble = None
        self.gaze.restore()
        self.heads.restore()
        gallery = self.form.settings.gallery
        if gallery and Path(gallery).is_file():
            self.galleries.open(gallery)
        elif gallery:
            self.form = self.form.with_gallery("")
            self.services.notify(tr("The gallery {gallery} is no longer there", gallery=gallery), "warn")
        self.watch.configure()
        self.show_now()

    def keep_now(self) -> None:
        super().keep_now()
        self.heads.curves.keep()

    def keep(self) -> None:
        self.heads.curves.keep()
        kept_form.keep(self.services, self.name, to_json(self.form))

    # --- what the user does

    def set_settings(self, settings: RecogniserSettings) -> None:
        """Other settings of the recogniser, at once; the gallery in use is chosen elsewhere."""
        before = self.form.settings
        if settings.model == OTHER:
            settings = replace(settings, model=self.dialogs.recogniser() or before.model)
        text = words_of(changed(before, settings), STEPS, tr("Change how faces are looked for"))
        self.step(text, "settings", before, settings, self._put_settings)

    def _put_settings(self, settings: RecogniserSettings) -> None:
        """What was learnt meanwhile of tracks and gaze stays."""
        before = self.form.settings
        kept = {name: getattr(before, name) for name in ("gallery", "refused", "gaze_fit")}
        self.set_form(settings=replace(settings, **kept))
        self.watch.configure()
        if settings.model != before.model and before.gallery:
            self.galleries.open(before.gallery, follow=False)
        if settings.accept != before.accept:
            self.thresholds.check()

    def toggle(self) -> None:
        """Look for faces in the chosen source, or stop."""
        if not self.watch.source and not self.watch.live.running:
            self.services.notify(tr("Open a camera or a film to look for faces in"), "info")
            return
        self.watch.look(self.watch.source, not self.watch.live.running)

    def open_sample(self) -> None:
        """Play the free portrait and look for faces in it."""
        self.go_to(Page.LIVE)
        self.errands.ask(_portrait, self._play, self._no_sample)

    def take(self, paths: Sequence[str]) -> None:
        """Files that were dropped: a gallery is opened, pictures and folders are looked through for enrolment."""
        if len(paths) == 1 and paths[0].endswith(".faces"):
            self.galleries.open(paths[0])
        else:
            self.reviews.gather(paths)

    def redact(self) -> None:
        """Write a covered copy of a film or picture, as a job."""
        source = self.dialogs.film()
        if out := self.dialogs.covered(source) if source else "":
            settings = self.form.settings
            blur = "unknown" if settings.blur == "unknown" and settings.gallery else "everyone"
            spec = RedactSpec(source, out, blur, settings.gallery if blur == "unknown" else "", settings.accept)
            self.services.jobs.submit(
                REDACT, spec, tr("Cover faces in {source}", source=Path(source).name), redact_line(spec)
            )

    def fetch(self) -> None:
        """The weights whose absence is the trouble, or all that are missing."""
        self.store.fetch(self.trouble.fetch if self.trouble else ())

    def cancel(self) -> None:
        """Stop all work of the panel that is under way; live recognition goes on."""
        for part in (self.verification, self.evaluations, self.audits, self.reviews, self.heads):
            part.cancel()

    def copy_command(self) -> None:
        """The command line that does what the page in front does."""
        self.copy(page_line(self.view))

    # --- showing

    def show_now(self) -> None:
        """Show panel and board what there is."""
        form = self.form
        self.tracks.read()
        self.view = FacesView(
            page=form.page,
            settings=form.settings,
            models=recognisers(form.settings.model),
            missing=self.store.missing,
            thumbs=self.thumbs.images(),
            live=self.watch.live,
            people=replace(self.galleries.view, recent=form.recent),
            enrol=self.reviews.view,
            threshold=self.thresholds.view,
            verify=self.verification.view,
            evaluate=self.evaluations.view,
            audit=self.audits.view,
            train=self.heads.view,
            gaze=self.gaze.view,
            trouble=self.trouble,
        )
        self.panel.show_state(self.view)
        self.board.show_state(self.view)
        self.actions.refresh(self.name, self)

    @property
    def unlocked(self) -> bool:
        """A gallery is open, and no passphrase is missing."""
        return self.view.people.info is not None and not self.view.people.info.locked

    @property
    def is_busy(self) -> bool:
        """Work of the panel is under way."""
        view = self.view
        return any(part.busy for part in (view.verify, view.evaluate, view.audit, view.enrol, view.train))

    @property
    def in_use(self) -> tuple[ModelInUse, ...]:
        """What the recogniser at the chosen source runs, nothing while it rests."""
        return models_of(self.form.settings, self.watch.source) if self.watch.running else ()

    # --- how it is made

    def _make_parts(self, viewer: ViewerController) -> None:
        services, jobs, form, go = self.services, self.services.jobs, lambda: self.form, self.go_to
        model = lambda: self.form.settings.model  # noqa: E731
        self.dialogs = dialogs = Dialogs(self.panel, services.notify)
        self.galleries = galleries = Galleries(services, self.errands, model, self)
        self.thumbs = thumbs = Thumbs(self.errands, self._read_thumb, self)
        self.people = People(services, galleries, thumbs, dialogs, go)
        self.watch = Watch(viewer, services, lambda: self.form.settings, self)
        self.tracks = Tracks(self.watch, galleries, self.people, thumbs, self.panel)
        self.gaze = GazeCalibration(self.watch, jobs, self.panel, self._gaze_step)
        self.reviews = Reviews(jobs, galleries, self.people, dialogs, model, go, self)
        self.thresholds = Thresholds(galleries, lambda: self.form.settings.accept, self)
        self.verification = Verification(jobs, self.errands, thumbs, dialogs, self)
        self.evaluations = Evaluations(jobs, dialogs, form, partial(self.change, tr("Change the evaluation")), self)
        self.audits = Audits(services, galleries, dialogs, go, self)
        self.heads = Heads(services, dialogs, form, partial(self.change, tr("Change the training")), self)
        self.store = WeightsStore(jobs, self.errands, NEEDED, self.name, self)

    def _join_parts(self) -> None:
        parts = (
            self.reviews, self.verification, self.evaluations, self.audits, self.heads, self.gaze, self.tracks,
            self.thresholds, self.store, self.galleries,
        )  # fmt: skip
        for part in (*parts, self.thumbs, self.watch):
            part.changed.connect(self.show_soon)
        for part in parts:
            part.failed.connect(self.show_trouble)
        self.store.arrived.connect(self.dismiss)
        self.galleries.opened.connect(self._gallery_opened)
        self.galleries.shownWanted.connect(partial(self.go_to, Page.PEOPLE))
        self.galleries.foreign.connect(self._offer_embedding)
        self.galleries.recogniserWanted.connect(self._follow_gallery)
        self.galleries.edited.connect(self.thresholds.check)
        self.watch.recognised.connect(self.gaze.read)
        self.tracks.refused.connect(self._refuse)
        self.gaze.fitted.connect(self._use_gaze)
        for signal in (self.services.feeds.added, self.services.feeds.removed):
            signal.connect(lambda _id: self.watch.follow_sources())

    def _join_panel(self) -> None:
        panel = self.panel
        for button, act in (
            (panel.start, self.toggle),
            (panel.nothing, self.open_sample),
            (panel.enrol, partial(self.choose_page, Page.ENROL)),
            (panel.gallery.people, partial(self.choose_page, Page.PEOPLE)),
            (panel.sure.curve, partial(self.choose_page, Page.THRESHOLD)),
            (panel.privacy.redact, self.redact),
            (panel.copy, self.copy_command),
        ):
            button.clicked.connect(lambda _on=False, act=act: act())
        panel.settingsChanged.connect(self.set_settings)
        panel.dropped.connect(self.take)
        panel.source.sourceChosen.connect(self.watch.choose)
        panel.tracks.list.chosen.connect(self.tracks.choose)
        panel.tracks.enrolWanted.connect(self.tracks.enrol)
        panel.tracks.refuseWanted.connect(self.tracks.refuse)
        self.tracks.unseen.connect(self._unseen)
        self.people.join(panel.gallery, panel.privacy)

    def _join_board(self) -> None:
        board, go = self.board, self.choose_page
        board.pages |= {
            Page.PEOPLE: lambda: self.people.page(self.take, go),
            Page.ENROL: lambda: self.reviews.page(self.take, go, self.thumbs),
            Page.THRESHOLD: lambda: self.thresholds.page(self.people, self.thumbs, self._set_accept, go),
            Page.VERIFY: self.verification.page,
            Page.EVALUATE: self.evaluations.page,
            Page.AUDIT: lambda: self.audits.page(self.thumbs),
            Page.TRAIN: lambda: self.heads.page(self._use_head),
            Page.GAZE: lambda: self.gaze.page(self.fetch, go),
        }
        board.pageChosen.connect(go)
        for part in (self.panel, board):
            part.trouble.fetchWanted.connect(self.fetch)
            part.trouble.logWanted.connect(self.services.host.show_log)
            part.trouble.dismissed.connect(self.dismiss)
            part.help.clicked.connect(self.show_help)

    # --- what the parts tell

    def _gallery_opened(self, path: str) -> None:
        """Another gallery is in use, or none."""
        if path != self.form.settings.gallery:
            self.form = self.form.with_gallery(path)
            self.keep_soon()
        self.thumbs.forget()
        self.trouble = None
        self.watch.configure()
        self.thresholds.check()
        self.show_soon()

    def _follow_gallery(self, recogniser: str) -> None:
        """Use the recogniser that made the gallery in use."""
        title = dict(recognisers(recogniser))[recogniser]
        self.services.notify(
            tr("The gallery was made with {title}, which is the recogniser in use now", title=title), "info"
        )
        self.set_form(settings=replace(self.form.settings, model=recogniser))
        self.watch.configure()

    def _offer_embedding(self, why: str) -> None:
        """The gallery is another model's: nothing is compared, but its pictures can be described anew."""
        self.services.notify(why, "warn", tr("Embed anew…"), self._ask_to_embed)

    def _ask_to_embed(self) -> None:
        info = self.galleries.view.info
        if info is None:
            return
        model = self.form.settings.model
        question = tr_count(
            info.faces,
            "{n} face is described anew with {model}, from its stored picture. This cannot be undone.",
            "{n:,} faces are described anew with {model}, from their stored pictures. This cannot be undone.",
            model=dict(recognisers(model)).get(model, model),
        )
        if self.dialogs.really(tr("Embed anew"), question, tr("Embed anew")):
            self.galleries.embed_anew()

    def _gaze_step(self, text: str, before: Any, after: Any, put: Callable[[Any], object]) -> None:
        """Two of them are never one change."""
        self.step(text, str(self.services.undo.count()), before, after, put)

    def _use_gaze(self, file: str) -> None:
        self.set_form(settings=replace(self.form.settings, gaze_fit=file))
        self.watch.configure()

    def _refuse(self, track: int, person: str) -> None:
        """This track is not this person: it is not called so again."""
        settings = self.form.settings
        self.form = replace(self.form, settings=replace(settings, refused=(*settings.refused, (track, person))))
        self.watch.configure()

    def _unseen(self, name: str) -> None:
        """The track is gone, or too new: the name waits in the field for the face that is chosen next."""
        self.panel.tracks.take_back(name)
        said = tr("{name} is not enrolled yet: no sharp picture of this face is kept. Press Enrol again", name=name)
        self.services.notify(said, "warn")

    def _set_accept(self, accept: Accept) -> None:
        self.set_settings(replace(self.form.settings, accept=accept, threshold=None))

    def _use_head(self, file: str) -> None:
        """Recognise with a head of one's own. The gallery in use was made with another model, so it is closed."""
        self.galleries.close()
        self.set_settings(replace(self.form.settings, model=file))
        self.services.notify(tr("Recognising with your head; make a new gallery for it"), "good")

    def _play(self, clip: Path) -> None:
        self.watch.look_at_next()
        self.services.host.add_source(str(clip))

    def _no_sample(self, failure: Failure) -> None:
        self.show_trouble(trouble_of(failure.as_json(), tr("The sample portrait cannot be played")))

    def _read_thumb(self, key: str) -> Image | None:
        """In the errands' thread: a stored face, a crop of a review, or a picture file."""
        return self.galleries.thumbnail(key) if not Path(key).suffix else read_crop(key)


def _portrait() -> Path:
    from engines.faces.sample import portrait_clip

    return portrait_clip(cache_dir())


def make(room: Room) -> FacesController:
    """The feature in a window."""
    board = FaceBoard()
    panel = room.dock("faces", FacesPanel())
    return FacesController(panel, room.board("faces", board, board.head), room.viewer, room.services, room.commands)
