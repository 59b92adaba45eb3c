"""Which signal of panel, board, parts and commands does what in the faces controller: one table each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from widgets.faces.state import Page
from workbench.controllers.faces import people as faces_people
from workbench.controllers.faces import reports as faces_reports

if TYPE_CHECKING:
    from workbench.controllers.faces.controller import FacesController


def wire(desk: FacesController) -> None:
    """Join everything, once."""
    _parts(desk)
    _panel(desk)
    _board(desk)
    _commands(desk)


def _parts(desk: FacesController) -> None:
    desk.galleries.opened.connect(desk.gallery_opened)
    desk.galleries.foreign.connect(desk.offer_embedding)
    desk.galleries.recogniserWanted.connect(desk.follow_gallery)
    desk.galleries.edited.connect(desk.gallery_edited)
    desk.galleries.failed.connect(lambda _trouble: desk.thresholds.stop_waiting())
    for part in (desk.galleries, desk.reviews, desk.studies, desk.heads, desk.gaze, desk.store):
        part.failed.connect(desk.show_trouble)
    for part in (
        desk.galleries, desk.reviews, desk.studies, desk.heads, desk.store, desk.thresholds, desk.thumbs, desk.watch,
        desk.tracks, desk.gaze,
    ):  # fmt: skip
        part.changed.connect(desk.show_soon)
    desk.watch.recognised.connect(desk.gaze.read)
    desk.tracks.refused.connect(desk.refuse)
    desk.tracks.galleryWanted.connect(desk.ask_gallery)
    desk.gaze.fitted.connect(desk.gaze_fitted)
    desk.reviews.stored.connect(partial(desk.choose_page, Page.PEOPLE))
    desk.store.arrived.connect(desk.dismiss)
    feeds = desk.services.feeds
    feeds.added.connect(lambda _id: desk.watch.follow_sources())
    feeds.removed.connect(lambda _id: desk.watch.follow_sources())


def _panel(desk: FacesController) -> None:
    panel = desk.panel
    panel.pageWanted.connect(desk.choose_page)
    panel.sourceChosen.connect(desk.watch.choose)
    panel.startWanted.connect(desk.toggle)
    panel.stopWanted.connect(desk.toggle)
    panel.settingsChanged.connect(desk.set_settings)
    panel.galleryNewWanted.connect(desk.new_gallery)
    panel.galleryOpenWanted.connect(desk.open_gallery)
    panel.galleryChosen.connect(lambda path: desk.galleries.open(path) if path else desk.galleries.close())
    panel.unlockWanted.connect(partial(faces_people.unlock, desk))
    panel.protectWanted.connect(partial(faces_people.protect, desk))
    panel.unprotectWanted.connect(partial(faces_people.unprotect, desk))
    panel.keepDaysChanged.connect(partial(faces_people.keep_days, desk))
    panel.expiryDryRunWanted.connect(partial(faces_people.dry_run, desk))
    panel.expireWanted.connect(partial(faces_people.expire, desk))
    panel.enrolTrackWanted.connect(desk.tracks.enrol)
    panel.notThisWanted.connect(desk.tracks.refuse)
    panel.trackChosen.connect(desk.tracks.choose)
    panel.copyCommandWanted.connect(partial(faces_reports.copy_command, desk))
    panel.redactWanted.connect(partial(faces_reports.redact, desk))
    panel.sampleWanted.connect(desk.open_sample)
    panel.fetchWanted.connect(lambda: desk.store.fetch(desk.trouble.fetch if desk.trouble else ()))
    panel.dropped.connect(desk.take)
    panel.troubleDismissed.connect(desk.dismiss)
    panel.logWanted.connect(desk.services.host.show_log)
    panel.helpWanted.connect(desk.show_help)


def _board(desk: FacesController) -> None:
    board = desk.board
    board.pageChosen.connect(desk.choose_page)
    board.pageWanted.connect(desk.choose_page)
    board.thumbsWanted.connect(desk.thumbs.want)
    board.dropped.connect(desk.take)
    board.fetchWanted.connect(lambda: desk.store.fetch(desk.trouble.fetch if desk.trouble else ()))
    board.troubleDismissed.connect(desk.dismiss)
    board.logWanted.connect(desk.services.host.show_log)
    board.helpWanted.connect(desk.show_help)
    _people(desk)
    _enrol(desk)
    _studies(desk)


def _people(desk: FacesController) -> None:
    board, people = desk.board, desk.galleries
    board.galleryNewWanted.connect(desk.new_gallery)
    board.galleryOpenWanted.connect(desk.open_gallery)
    board.galleryChosen.connect(people.open)
    board.peopleCancelWanted.connect(desk.cancel)
    board.unlockWanted.connect(partial(faces_people.unlock, desk))
    board.searchChanged.connect(people.search)
    board.personChosen.connect(people.select)
    board.renamed.connect(lambda person, name: people.edit(lambda gallery: gallery.rename(person, name)))
    board.merged.connect(lambda ids: people.edit(lambda gallery: gallery.merge(ids)))
    board.split.connect(lambda ids: people.edit(lambda gallery: gallery.split(ids)))
    board.moved.connect(lambda ids, person: people.edit(lambda gallery: gallery.move(ids, person)))
    board.refused.connect(lambda ids, person: people.edit(lambda gallery: gallery.refuse(ids, person)))
    board.confirmed.connect(lambda ids, person: people.edit(lambda gallery: gallery.confirm(ids, person)))
    board.clusterNamed.connect(lambda ids, name: people.edit(lambda gallery: gallery.name_cluster(ids, name)))
    board.portraitChosen.connect(partial(faces_people.choose_portrait, desk))
    board.facesRemoved.connect(lambda ids: people.edit(lambda gallery: gallery.remove(ids)))
    board.forgetWanted.connect(partial(faces_people.forget_person, desk))
    board.exportWanted.connect(partial(faces_people.export_person, desk))
    board.findWanted.connect(partial(faces_people.find_face, desk))
    board.findFileWanted.connect(partial(faces_people.find_file, desk))
    board.historyUndone.connect(people.undo_entry)
    board.expireWanted.connect(partial(faces_people.expire, desk))
    board.enrolWanted.connect(partial(desk.choose_page, Page.ENROL))


def _enrol(desk: FacesController) -> None:
    board, reviews = desk.board, desk.reviews
    board.filesWanted.connect(lambda: desk.gather(desk.dialogs.pictures()))
    board.folderWanted.connect(partial(_gather_folder, desk))
    board.candidateTaken.connect(reviews.take)
    board.candidateNamed.connect(reviews.name)
    board.storeWanted.connect(reviews.store)
    board.dropReviewWanted.connect(reviews.drop)
    board.gatherCancelWanted.connect(reviews.cancel)


def _studies(desk: FacesController) -> None:
    board, studies, ask = desk.board, desk.studies, desk.dialogs
    board.acceptChanged.connect(desk.set_accept)
    board.checkWanted.connect(lambda: desk.thresholds.check(desk.form.settings.accept))
    board.caseOpened.connect(partial(faces_people.show_case, desk))
    board.pictureWanted.connect(partial(faces_reports.choose_picture, desk))
    board.pictureDropped.connect(partial(faces_reports.show_picture, desk))
    studies.verified.connect(partial(faces_reports.show_faces, desk))
    board.verifyCancelWanted.connect(studies.cancel_verify)
    board.imagesWanted.connect(partial(faces_reports.choose_images, desk))
    board.pairsWanted.connect(partial(faces_reports.choose_pairs, desk))
    board.evaluateChanged.connect(lambda spec: desk.set_form(evaluate=spec))
    board.openSetChanged.connect(lambda spec: desk.set_form(open_set=spec))
    board.evaluateWanted.connect(lambda: studies.evaluate(desk.form.evaluate, desk.form.open_set))
    board.evaluateCancelWanted.connect(studies.cancel_evaluate)
    board.saveReportWanted.connect(partial(faces_reports.save_report, desk))
    board.auditGalleryWanted.connect(partial(faces_reports.audit_gallery, desk))
    board.auditFolderWanted.connect(lambda: faces_reports.audit(desk, ask.folder("Folder to look through")))
    board.suspicionChosen.connect(studies.select_suspicion)
    board.suspicionDismissed.connect(studies.dismiss_suspicion)
    board.suspicionMoved.connect(partial(faces_reports.move_suspicion, desk))
    board.suspicionRemoved.connect(partial(faces_reports.remove_suspicion, desk))
    board.auditCancelWanted.connect(studies.cancel_audit)
    board.saveAuditWanted.connect(partial(faces_reports.save_audit, desk))
    board.headFolderWanted.connect(partial(faces_reports.choose_head_folder, desk))
    board.headChanged.connect(lambda spec: desk.set_form(train=spec))
    board.headWanted.connect(partial(faces_reports.train, desk))
    board.headCancelWanted.connect(desk.heads.cancel)
    board.headUsed.connect(partial(faces_reports.use_head, desk))
    board.calibrateWanted.connect(desk.gaze.calibrate)
    board.gazeCancelWanted.connect(desk.gaze.cancel)
    board.gazeClearWanted.connect(desk.gaze.clear)


def _gather_folder(desk: FacesController) -> None:
    if folder := desk.dialogs.folder("Enrol a folder: one folder a person, or NAME_0001.jpg"):
        desk.gather([folder])


def _commands(desk: FacesController) -> None:
    for id, act in (
        ("start", desk.toggle),
        ("enrol", desk.tracks.ask_name),
        ("enrol-files", lambda: desk.gather(desk.dialogs.pictures())),
        ("enrol-folder", partial(_gather_folder, desk)),
        ("sample", desk.open_sample),
        ("new-gallery", desk.new_gallery),
        ("open-gallery", desk.open_gallery),
        ("protect", partial(faces_people.protect, desk)),
        *((name, partial(desk.go_to, name)) for name in PAGES),
        ("redact", partial(faces_reports.redact, desk)),
        ("cancel", desk.cancel),
        ("copy-command", partial(faces_reports.copy_command, desk)),
    ):
        desk.actions.bind(f"faces.{id}", act)


PAGES = ("people", "threshold", "verify", "evaluate", "audit", "train", "gaze")
"""Pages that a command of their own leads to."""
