"""What the user does with files in the actions panel: labels, events, reports, models and scores to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engines.actions.labels import editing
from engines.actions.study_types import DetectSpec, EvaluateSpec
from engines.actions.types import Labels
from engines.core.store.fetching import load_path
from widgets.actions.panel.events import events_of
from widgets.actions.state import Page
from widgets.kit.words import count
from workbench.controllers.actions import command as actions_command
from workbench.controllers.actions.files import load_labels, save_events, save_labels, save_report
from workbench.controllers.actions.films import read_facts
from workbench.controllers.actions.form import models_dir, new_model
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.engine_thread import Failure

if TYPE_CHECKING:
    from workbench.controllers.actions.controller import ActionsController

LABELS = (".csv", ".eaf", ".json", ".txt")


def take(desk: ActionsController, paths: Sequence[str]) -> None:
    """Files that were dropped: models are used, labels read, everything else is played."""
    for path in paths:
        suffix = Path(path).suffix.lower()
        if suffix == ".safetensors":
            (desk.evaluate_it if desk.form.page is Page.EVALUATE else desk.use_model)(path)
        elif suffix in LABELS and desk.video:
            import_labels(desk, path)
        else:
            desk.services.host.add_source(path)


def open_model(desk: ActionsController) -> None:
    if path := desk.dialogs.model():
        desk.use_model(path)


def open_sample(desk: ActionsController) -> None:
    """Play the free clip of the model store and watch it."""
    desk.go_to(Page.WATCH)

    def play(path: Path) -> None:
        desk.watch.look_at_next()
        desk.services.host.add_source(str(path))

    desk.errands.ask(lambda: load_path("walking"), play, partial(_fail, desk, "The sample clip cannot be played"))


def play_recorded(desk: ActionsController, path: str) -> None:
    """Open what was recorded, and go on with it instead of the camera."""
    feeds = desk.services.feeds
    before = feeds.ids()
    desk.services.host.add_source(path)
    for id in feeds.ids():
        if id not in before:
            desk.watch.choose(id)


# --- labels


def add_class(desk: ActionsController, name: str) -> None:
    edit(desk, f"Add {name}", lambda labels: editing.add_class(labels, name))


def edit(desk: ActionsController, text: str, change: object) -> None:
    """One undoable step on the labels of the chosen video."""
    if not desk.video:
        desk.services.notify("Labels belong to a film: open one, or record the camera first", "info")
        return
    desk.labels.edit(desk.video, text, change)  # type: ignore[arg-type]


def choose_labels(desk: ActionsController) -> None:
    if desk.video and (file := desk.dialogs.labels()):
        import_labels(desk, file)


def import_labels(desk: ActionsController, file: str) -> None:
    """Read beside the window; they replace what there is, which undo brings back. What is not known of the film yet is
    found out first: files in seconds need it.
    """
    video, known = desk.video, desk.facts

    def read() -> Labels:
        facts = known if known.frames else read_facts(video)
        labels = load_labels(file, video, facts.times, facts.rate)
        return replace(labels, frames=facts.frames, rate=facts.rate)

    def have(labels: Labels) -> None:
        desk.labels.loaded(video, labels, file)
        words = f"{count(len(labels.segments), 'segment')} of {count(len(labels.classes), 'class', 'classes')}"
        desk.services.notify(f"Read {words} from {Path(file).name}", "good")

    failed = partial(_fail, desk, "The labels were not read")
    desk.errands.ask(read, have, failed)


def export_labels(desk: ActionsController) -> None:
    video = desk.video
    labels, times = desk.labels.labels(video), desk.facts.times
    if labels.segments and (file := desk.dialogs.new_labels(video)):

        def done(path: Path) -> None:
            desk.labels.saved(video, str(path))
            _saved(desk, path)

        desk.errands.ask(
            lambda: save_labels(file, labels, times, video), done, partial(_fail, desk, "The labels were not saved")
        )


# --- events, whole films, reports


def export_events(desk: ActionsController) -> None:
    """Those that the panel lists."""
    events, times, video = events_of(desk.view), desk.facts.times, desk.video
    if not events:
        desk.services.notify("There are no events to export yet", "info")
    elif file := desk.dialogs.events(Path(video).stem):
        failed = partial(_fail, desk, "The events were not saved")
        desk.errands.ask(lambda: save_events(file, events, times, video), partial(_saved, desk), failed)


def detect(desk: ActionsController) -> None:
    """Run the model in use over the whole film, as a job, with the settings of the live engine."""
    settings, video, card = desk.form.settings, desk.video, desk.view.watch.card
    model = settings.model
    if not model or not video:
        desk.services.notify("Choose a model, and a film to run it over", "info")
        return
    out = models_dir() / "scores" / f"{Path(video).stem} {Path(model).stem}.csv"
    ahead = card is not None and card.shape.future_steps > 0
    desk.studies.detect(actions_command.as_watched(DetectSpec(model, video, str(out), ahead=ahead), settings))


def save_evaluation(desk: ActionsController) -> None:
    results = desk.view.evaluate.results
    if results and (file := desk.dialogs.report()):
        failed = partial(_fail, desk, "The report was not saved")
        desk.errands.ask(lambda: save_report(file, results), partial(_saved, desk), failed)


def copy_command(desk: ActionsController) -> None:
    page = desk.form.page
    if page is Page.TRAIN or page is Page.TEACH:
        spec = desk.form.train
        clips = () if spec.folder else desk.labels.chosen(models_dir() / "labels")
        desk.copy(actions_command.train_line(replace(spec, clips=clips, out=spec.out or "MODEL.safetensors")))
    elif page is Page.EVALUATE:
        desk.copy(actions_command.evaluate_line(desk.evaluate_spec()))
    else:
        desk.copy(actions_command.watch_line(desk.form.settings, desk.video))


# --- what is compared


def add_models(desk: ActionsController) -> None:
    for path in desk.dialogs.models():
        desk.evaluate_it(path)


def add_scores(desk: ActionsController) -> None:
    spec = desk.form.evaluate
    for path in desk.dialogs.scores():
        names = (*spec.names, Path(path).stem)
        spec = replace(spec, models=(*spec.models, ""), scores=(*spec.scores, path), names=names)
    desk.set_form(evaluate=spec)


def remove_row(desk: ActionsController, row: int) -> None:
    spec = desk.form.evaluate
    desk.set_form(evaluate=without_row(spec, row))


def without_row(spec: EvaluateSpec, row: int) -> EvaluateSpec:
    """The same without one model."""
    keep = [index for index in range(len(spec.scores)) if index != row]
    parts = {name: tuple(getattr(spec, name)[index] for index in keep) for name in ("scores", "models", "names")}
    return replace(spec, **parts)


def choose_file(desk: ActionsController, field: str) -> None:
    """The labels, or the video, that models are compared on."""
    if path := getattr(desk.dialogs, {"labels": "labels", "video": "film"}[field])():
        desk.set_form(evaluate=replace(desk.form.evaluate, **{field: path}))


def choose_folder(desk: ActionsController) -> None:
    if path := desk.dialogs.folder():
        desk.set_form(train=replace(desk.form.train, folder=path))


def choose_out(desk: ActionsController) -> None:
    spec = desk.form.train
    offered = spec.out or str(new_model(spec))
    if path := desk.dialogs.new_model(offered):
        desk.set_form(train=replace(spec, out=path))


def _saved(desk: ActionsController, path: Path) -> None:
    desk.services.notify(f"Saved {path.name} to {path.parent}", "good")


def _fail(desk: ActionsController, title: str, failure: Failure) -> None:
    desk.show_trouble(trouble_of(failure.as_json(), title))
