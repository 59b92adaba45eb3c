"""Joins the faces panel and the face board to recognisers, the gallery, jobs, files and undo.

Both are shown one value, made anew from the form and the parts; nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from engines.core.frames import Image
from engines.core.places import cache_dir
from engines.faces.gallery.review_folders import sweep
from engines.faces.types import Accept, RecogniserSettings
from widgets.faces.board import FaceBoard
from widgets.faces.panel.dock import FacesPanel
from widgets.faces.state import FacesView, Page
from workbench.commands import Actions
from workbench.controllers.common.feature_controller import PagedController
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.common.weights_store import WeightsStore
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.enrol import Reviews, read_crop
from workbench.controllers.faces.form import OTHER, Form, keep_form, recognisers, restore_form
from workbench.controllers.faces.gallery import Galleries
from workbench.controllers.faces.gaze import GazeDesk, kept_fit
from workbench.controllers.faces.heads import Heads
from workbench.controllers.faces.studies import Studies
from workbench.controllers.faces.thresholds import Thresholds
from workbench.controllers.faces.thumbs import Thumbs
from workbench.controllers.faces.tracks import Tracks
from workbench.controllers.faces.watch import Watch
from workbench.controllers.faces.wiring import wire
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

NEEDED = ("yunet", "sface", "face-landmarks", "iris-landmarks")
"""Weights without which faces are not looked for."""


class FacesController(PagedController):
    """Its first page is the viewer, where faces are looked for."""

    def __init__(
        self, panel: FacesPanel, board: FaceBoard, viewer: ViewerController, services: Services, actions: Actions
    ) -> None:
        super().__init__("faces", board, (Page.LIVE,), Form(), services, actions, panel)
        self.form: Form
        self.panel, self.board = panel, board
        self.view = FacesView()
        self.errands = Errands("faces")
        services.supervisor.adopt(self.errands)
        self.dialogs = Dialogs(panel)
        jobs = services.jobs
        self.galleries = Galleries(services, self.errands, lambda: self.form.settings.model, self)
        self.thumbs = Thumbs(self.errands, self._read_thumb, self)
        self.watch = Watch(viewer, services, lambda: self.form.settings, self)
        self.tracks = Tracks(self.watch, self.galleries, self.thumbs, panel)
        self.gaze = GazeDesk(self.watch, jobs, panel)
        self.reviews = Reviews(jobs, self.galleries, lambda: self.form.settings.model, self)
        self.thresholds = Thresholds(self.galleries, self)
        self.studies = Studies(jobs, self)
        self.heads = Heads(jobs, self)
        self.store = WeightsStore(jobs, self.errands, NEEDED, "faces", self)
        wire(self)
        self.errands.ask(partial(sweep, cache_dir()), _ignore, _ignore)
        self.restore()
        self.store.look()

    def close(self) -> None:
        """Keep the form and stop; a review that was not stored goes."""
        self.rest()
        self.watch.close()
        self.gaze.close()
        self.reviews.close()
        self.errands.request_stop()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if not self.is_other_project():
            return
        form = restore_form(self.services)
        self.form = replace(form, settings=replace(form.settings, refused=(), gaze_fit=kept_fit()))
        self.trouble = None
        self.gaze.restore()
        gallery = self.form.settings.gallery
        if gallery and Path(gallery).is_file():
            self.galleries.open(gallery)
        elif gallery:
            self.form = self.form.with_gallery("")
            self.services.notify(f"The gallery {gallery} is no longer there", "warn")
        self.watch.configure()
        self.show_now()

    # --- what the user does

    def set_settings(self, settings: RecogniserSettings) -> None:
        """Other settings of the recogniser, at once; the gallery in use is chosen elsewhere."""
        before = self.form.settings
        if settings.model == OTHER:
            settings = replace(settings, model=self.dialogs.recogniser() or before.model)
        self.set_form(settings=replace(settings, gallery=before.gallery))
        self.watch.configure()
        if settings.model != before.model and before.gallery:
            self.galleries.open(before.gallery, follow=False)
        if settings.accept != before.accept:
            self.thresholds.check(settings.accept)

    def set_accept(self, accept: Accept) -> None:
        self.set_settings(replace(self.form.settings, accept=accept, threshold=None))

    def toggle(self) -> None:
        """Look for faces in the chosen source, or stop."""
        if not self.watch.source and not self.watch.live.running:
            self.services.notify("Open a camera or a video to look for faces in", "info")
            return
        self.watch.look(self.watch.source, not self.watch.live.running)

    def open_sample(self) -> None:
        """Play the free portrait and look for faces in it."""
        self.go_to(Page.LIVE)
        self.errands.ask(_portrait, self._play, self._no_sample)

    def gallery_opened(self, path: str) -> None:
        """Another gallery is in use, or none."""
        if path != self.form.settings.gallery:
            self.form = self.form.with_gallery(path)
            self._keep_soon.start()
        self.thumbs.forget()
        self.trouble = None
        self.watch.configure()
        self.thresholds.check(self.form.settings.accept)
        self.show_soon()

    def follow_gallery(self, recogniser: str) -> None:
        """Use the recogniser that made the gallery in use."""
        title = dict(recognisers(recogniser))[recogniser]
        self.services.notify(f"The gallery was made with {title}, which is the recogniser in use now", "info")
        self.set_form(settings=replace(self.form.settings, model=recogniser))
        self.watch.configure()

    def offer_embedding(self, why: str) -> None:
        """The gallery is another model's: nothing is compared, but its pictures can be described anew."""
        self.services.notify(why, "warn", "Embed anew", self.galleries.embed_anew)

    def gallery_edited(self) -> None:
        self.thresholds.check(self.form.settings.accept)

    def refuse(self, track: int, person: str) -> None:
        """This track is not this person: it is not called so again."""
        settings = self.form.settings
        self.form = replace(self.form, settings=replace(settings, refused=(*settings.refused, (track, person))))
        self.watch.configure()

    def gaze_fitted(self, file: str) -> None:
        """Another calibration of the gaze, or none."""
        self.set_settings(replace(self.form.settings, gaze_fit=file))

    def take(self, paths: Sequence[str]) -> None:
        """Files that were dropped: a gallery is opened, pictures and folders are looked through for enrolment."""
        if len(paths) == 1 and paths[0].endswith(".faces"):
            self.galleries.open(paths[0])
        elif paths:
            self.gather(paths)

    def gather(self, paths: Sequence[str], person: str = "") -> None:
        """Look through pictures for enrolment; a gallery to store them in comes first."""
        if not paths:
            return
        if not self.galleries.path:
            self.ask_gallery()
            return
        self.reviews.gather(paths, person)
        self.go_to(Page.ENROL)

    def ask_gallery(self) -> None:
        """Something is to be stored, and there is nowhere to."""
        self.services.notify("Make or open a gallery first", "info", "New gallery", self.new_gallery)

    def new_gallery(self) -> None:
        if path := self.dialogs.new_gallery():
            self.galleries.create(path)

    def open_gallery(self) -> None:
        if path := self.dialogs.open_gallery():
            self.galleries.open(path)

    def cancel(self) -> None:
        """Stop all work of the panel that is under way; live recognition goes on."""
        self.studies.cancel_all()
        self.reviews.cancel()
        self.heads.cancel()

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
            threshold=replace(self.thresholds.view, accept=form.settings.accept),
            verify=self.studies.verify_view,
            evaluate=replace(self.studies.evaluate_view, spec=form.evaluate, open_spec=form.open_set),
            audit=self.studies.audit_view,
            train=replace(self.heads.view, spec=form.train),
            gaze=self.gaze.view,
            trouble=self.trouble,
        )
        self.panel.show_state(self.view)
        self.board.show_state(self.view)
        self._enable()

    def _enable(self) -> None:
        view, enable = self.view, self.actions.enable
        has = view.people.info is not None and not view.people.info.locked
        for id, on in (
            ("start", bool(view.live.source)),
            ("enrol", has and self.tracks.chosen >= 0),
            ("protect", has),
            ("cancel", any(part.busy for part in (view.verify, view.evaluate, view.audit, view.enrol, view.train))),
        ):
            enable(f"faces.{id}", on)

    def _play(self, clip: Path) -> None:
        self.watch.look_at_next()
        self.services.host.add_source(str(clip))

    def _no_sample(self, failure: Failure) -> None:
        self.show_trouble(trouble_of(failure.as_json(), "The sample portrait cannot be played"))

    def _read_thumb(self, key: str) -> Image | None:
        """In the errands' thread: a stored face, a crop of a review, or a picture file."""
        return self.galleries.thumbnail(key) if not Path(key).suffix else read_crop(key)

    def keep(self) -> None:
        keep_form(self.form, self.services)


def _ignore(_: object) -> None:
    """What is swept at the start concerns nobody, nor what cannot be."""


def _portrait() -> Path:
    from engines.faces.sample import portrait_clip

    return portrait_clip(cache_dir())
