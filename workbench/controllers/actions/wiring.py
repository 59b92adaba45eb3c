"""Which signal of panel, board, timeline, parts and commands does what in the actions controller: one table each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engines.actions.labels import editing
from widgets.actions.panel.words import missing_names
from widgets.actions.state import Page
from workbench.controllers.actions import reports as files

if TYPE_CHECKING:
    from workbench.controllers.actions.controller import ActionsController


def wire(desk: ActionsController) -> None:
    """Join everything, once."""
    _parts(desk)
    _panel(desk)
    _teach(desk)
    _board(desk)
    _timeline(desk)
    _commands(desk)


def _parts(desk: ActionsController) -> None:
    for part in (desk.watch, desk.labels, desk.studies, desk.models, desk.films, desk.store):
        part.changed.connect(desk.show_soon)
    for part in (desk.studies, desk.models, desk.store):
        part.failed.connect(desk.show_trouble)
    desk.studies.trained.connect(desk.trained)
    desk.store.arrived.connect(desk.dismiss)
    desk.clock.moved.connect(desk.show_soon)
    feeds = desk.services.feeds
    feeds.added.connect(lambda _id: desk.watch.follow_sources())
    feeds.removed.connect(lambda _id: desk.watch.follow_sources())
    desk.recorder.changed.connect(desk.show_soon)
    desk.recorder.opened.connect(partial(files.play_recorded, desk))


def _panel(desk: ActionsController) -> None:
    panel = desk.panel
    panel.pageWanted.connect(desk.choose_page)
    panel.sourceChosen.connect(desk.watch.choose)
    panel.sampleWanted.connect(partial(files.open_sample, desk))
    panel.addSourceWanted.connect(lambda: desk.actions.run("source.add-file"))
    panel.modelWanted.connect(partial(files.open_model, desk))
    panel.modelChosen.connect(desk.use_model)
    panel.startWanted.connect(desk.toggle)
    panel.stopWanted.connect(desk.toggle)
    panel.settingsChanged.connect(desk.set_settings)
    panel.eventChosen.connect(desk.clock.seek)
    panel.exportEventsWanted.connect(partial(files.export_events, desk))
    panel.detectWanted.connect(partial(files.detect, desk))
    panel.trainChanged.connect(lambda spec: desk.set_form(train=spec))
    panel.folderWanted.connect(partial(files.choose_folder, desk))
    panel.outWanted.connect(partial(files.choose_out, desk))
    panel.trainWanted.connect(desk.train)
    panel.trainCancelWanted.connect(desk.studies.cancel_training)
    panel.evaluateChanged.connect(lambda spec: desk.set_form(evaluate=spec))
    panel.modelsWanted.connect(partial(files.add_models, desk))
    panel.scoresWanted.connect(partial(files.add_scores, desk))
    panel.labelsWanted.connect(partial(files.choose_file, desk, "labels"))
    panel.videoWanted.connect(partial(files.choose_file, desk, "video"))
    panel.rowRemoved.connect(partial(files.remove_row, desk))
    panel.evaluateWanted.connect(desk.evaluate)
    panel.evaluateCancelWanted.connect(desk.studies.cancel_evaluation)
    panel.copyCommandWanted.connect(partial(files.copy_command, desk))
    panel.dropped.connect(partial(files.take, desk))
    panel.fetchWanted.connect(partial(_fetch, desk))
    panel.troubleDismissed.connect(desk.dismiss)
    panel.logWanted.connect(desk.services.host.show_log)
    panel.helpWanted.connect(desk.show_help)


def _fetch(desk: ActionsController) -> None:
    """What the card names: for what went wrong, else for the page in front."""
    desk.store.fetch(desk.trouble.fetch if desk.trouble is not None else missing_names(desk.view))


def _teach(desk: ActionsController) -> None:
    panel, labels, edit = desk.panel, desk.labels, partial(files.edit, desk)
    panel.classAdded.connect(partial(files.add_class, desk))
    panel.classRenamed.connect(lambda old, new: edit(f"Rename {old}", lambda it: editing.rename_class(it, old, new)))
    panel.classRemoved.connect(lambda name: edit(f"Remove {name}", lambda it: editing.remove_class(it, name)))
    panel.markWanted.connect(desk.mark)
    panel.markDropped.connect(labels.drop_mark)
    panel.segmentChosen.connect(partial(_choose_segment, desk))
    panel.segmentRemoved.connect(lambda index: edit("Remove a segment", lambda it: editing.remove(it, index)))
    panel.importWanted.connect(partial(files.choose_labels, desk))
    panel.exportWanted.connect(partial(files.export_labels, desk))
    panel.clipTaken.connect(labels.take)
    panel.recordWanted.connect(desk.recorder.toggle)


def _choose_segment(desk: ActionsController, index: int) -> None:
    """Select it and show its first frame."""
    desk.labels.select(index)
    segments, times = desk.labels.labels(desk.video).segments, desk.facts.times
    if 0 <= index < len(segments) and segments[index].start < len(times):
        desk.clock.seek(float(times[segments[index].start]))


def _board(desk: ActionsController) -> None:
    board = desk.board
    board.pageChosen.connect(desk.choose_page)
    board.trainWanted.connect(desk.train)
    board.trainCancelWanted.connect(desk.studies.cancel_training)
    board.watchWanted.connect(desk.watch_with)
    board.evaluateItWanted.connect(desk.evaluate_it)
    board.modelsWanted.connect(partial(files.add_models, desk))
    board.evaluateWanted.connect(desk.evaluate)
    board.evaluateCancelWanted.connect(desk.studies.cancel_evaluation)
    board.modelSelected.connect(desk.studies.select)
    board.thresholdChanged.connect(desk.set_threshold)
    board.saveReportWanted.connect(partial(files.save_evaluation, desk))
    board.dropped.connect(partial(files.take, desk))
    board.fetchWanted.connect(partial(_fetch, desk))
    board.troubleDismissed.connect(desk.dismiss)
    board.logWanted.connect(desk.services.host.show_log)
    board.helpWanted.connect(desk.show_help)


def _timeline(desk: ActionsController) -> None:
    line, labels, edit = desk.timeline, desk.labels, partial(files.edit, desk)
    line.positionWanted.connect(desk.clock.seek)
    line.playWanted.connect(desk.clock.play)
    line.addSourceWanted.connect(lambda: desk.actions.run("source.add-file"))
    line.segmentAdded.connect(lambda segment: labels.add(desk.video, segment))
    line.segmentMoved.connect(
        lambda index, start, end: edit("Move a segment", lambda it: editing.move(it, index, start, end))
    )
    line.segmentChosen.connect(labels.select)
    line.segmentRemoved.connect(lambda index: edit("Remove a segment", lambda it: editing.remove(it, index)))
    line.relabelled.connect(lambda index, name: edit(f"Call it {name}", lambda it: editing.relabel(it, index, name)))
    line.splitWanted.connect(lambda index, frame: edit("Split a segment", lambda it: editing.split(it, index, frame)))
    line.trackChosen.connect(lambda track: desk.set_form(track=track))
    line.trackAdded.connect(lambda track: desk.set_form(track=track))
    line.classToggled.connect(lambda name: desk.set_form(hidden=desk.form.hidden ^ {name}))
    line.markWanted.connect(desk.mark)
    line.markDropped.connect(labels.drop_mark)
    line.thresholdChanged.connect(desk.set_threshold)
    line.exportEventsWanted.connect(partial(files.export_events, desk))
    line.pageWanted.connect(desk.choose_page)
    line.helpWanted.connect(desk.show_help)


def _commands(desk: ActionsController) -> None:
    for id, act in (
        ("start", desk.toggle),
        ("sample", partial(files.open_sample, desk)),
        ("open-model", partial(files.open_model, desk)),
        ("detect", partial(files.detect, desk)),
        ("import-labels", partial(files.choose_labels, desk)),
        ("export-labels", partial(files.export_labels, desk)),
        ("export-events", partial(files.export_events, desk)),
        ("teach", partial(desk.go_to, Page.TEACH)),
        ("train", partial(desk.go_to, Page.TRAIN)),
        ("evaluate", partial(desk.go_to, Page.EVALUATE)),
        ("cancel", desk.studies.cancel_all),
        ("copy-command", partial(files.copy_command, desk)),
    ):
        desk.actions.bind(f"actions.{id}", act)
