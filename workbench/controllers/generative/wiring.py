"""Which signal of panel, studio, jobs and commands does what in the diffusion controller: one table each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from widgets.generative.state import Page
from workbench.controllers.generative.files import EXPORTS

if TYPE_CHECKING:
    from workbench.controllers.generative.controller import DiffusionController

HELP = "diffusion"


def wire(desk: DiffusionController) -> None:
    """Join everything, once."""
    _parts(desk)
    _panel(desk)
    _studio(desk)
    _commands(desk)


def _parts(desk: DiffusionController) -> None:
    models = desk.models
    models.listed.connect(desk.models_listed)
    models.opened.connect(desk.model_opened)
    models.failed.connect(desk.show_form_trouble)
    desk.runs.failed.connect(lambda _id, trouble: desk.show_trouble(trouble))
    desk.shelf.failed.connect(desk.show_trouble)
    desk.studies.failed.connect(desk.show_trouble)
    desk.training.trained.connect(lambda _file: models.list())
    for part in (models, desk.shelf, desk.studies, desk.training):
        part.changed.connect(desk.show_soon)


def _panel(desk: DiffusionController) -> None:
    panel, ask = desk.panel, desk.dialogs
    panel.modeChosen.connect(desk.set_mode)
    panel.modelChosen.connect(desk.choose_model)
    panel.openModelFileWanted.connect(partial(open_model_file, desk))
    panel.openModelFolderWanted.connect(partial(open_model_folder, desk))
    panel.predictionChosen.connect(desk.choose_prediction)
    panel.specChanged.connect(desk.set_spec)
    panel.compareChanged.connect(lambda spec: desk.set_form(compare=spec))
    panel.trainChanged.connect(lambda spec: desk.set_form(train=spec))
    panel.startWanted.connect(desk.start)
    panel.cancelWanted.connect(desk.cancel)
    panel.cancelAllWanted.connect(desk.cancel_all)
    panel.curvesWanted.connect(desk.measure_curves)
    panel.imageWanted.connect(lambda: desk.begin_at(image=ask.picture("Begin at a picture")))
    panel.maskWanted.connect(lambda: desk.begin_at(mask=ask.picture("Mask: black is kept")))
    panel.dataFolderWanted.connect(lambda: desk.learn_from(ask.data_folder()))
    panel.copyCommandWanted.connect(desk.copy_command)
    panel.dropped.connect(desk.take)
    panel.retryWanted.connect(desk.retry)
    panel.troubleDismissed.connect(desk.dismiss)
    panel.logWanted.connect(desk.services.host.show_log)
    panel.helpWanted.connect(lambda: desk.services.host.show_help(HELP))


def _studio(desk: DiffusionController) -> None:
    studio = desk.studio
    studio.pageChosen.connect(lambda page: desk.set_form(page=Page(page)))
    studio.runChosen.connect(desk.shelf.show)
    studio.sampleChosen.connect(desk.shelf.gallery.select)
    studio.stepWanted.connect(desk.shelf.show_step)
    studio.againWanted.connect(lambda id: desk.sample(desk.runs.spec(id)))
    studio.useWanted.connect(lambda id: desk.use(desk.runs.spec(id), "Settings of that run"))
    studio.deleteWanted.connect(desk.shelf.delete)
    studio.revealWanted.connect(desk.shelf.reveal)
    studio.exportWanted.connect(desk.shelf.export)
    studio.cancelWanted.connect(desk.runs.cancel)
    studio.startWanted.connect(desk.sample)
    studio.retryWanted.connect(desk.retry)
    studio.dropped.connect(desk.take)
    studio.flowChanged.connect(lambda spec: desk.set_form(flow=spec))
    studio.flowWanted.connect(desk.run_flow)
    studio.flowCancelWanted.connect(desk.studies.cancel_flow)
    studio.cellUsed.connect(desk.use_cell)
    studio.compareWanted.connect(desk.compare)
    studio.curvesWanted.connect(desk.measure_curves)
    studio.compareCancelWanted.connect(desk.studies.cancel_compare)
    studio.trainWanted.connect(desk.train)
    studio.trainCancelWanted.connect(desk.training.cancel)
    studio.trainedUsed.connect(desk.use_trained)
    studio.spectrumWanted.connect(desk.ask_spectrum)
    studio.logWanted.connect(desk.services.host.show_log)
    studio.helpWanted.connect(lambda: desk.services.host.show_help(HELP))


def _commands(desk: DiffusionController) -> None:
    bind = desk.actions.bind
    for id, act in (
        ("sample", desk.sample),
        ("compare", partial(show_form, desk, "compare")),
        ("train", partial(show_form, desk, "train")),
        ("flow", desk.show_flow),
        ("curves", desk.measure_curves),
        ("cancel", desk.cancel),
        ("open-file", partial(open_model_file, desk)),
        ("open-folder", partial(open_model_folder, desk)),
        ("use-settings", partial(use_picture, desk)),
        ("copy-command", desk.copy_command),
        ("reveal", lambda: desk.shelf.reveal(desk.shelf.gallery.shown)),
        *((f"export-{kind}", partial(desk.shelf.export, kind)) for kind in EXPORTS),
    ):
        bind(f"diffusion.{id}", act)


def show_form(desk: DiffusionController, mode: str) -> None:
    """The form of a mode beside its page; nothing is begun."""
    desk.set_mode(mode)
    desk.services.host.show_dock("diffusion")
    desk.services.host.show_centre("diffusion")


def open_model_file(desk: DiffusionController) -> None:
    if path := desk.dialogs.model_file():
        desk.choose_model(path)


def open_model_folder(desk: DiffusionController) -> None:
    if path := desk.dialogs.model_folder():
        desk.choose_model(path)


def use_picture(desk: DiffusionController) -> None:
    if path := desk.dialogs.settings_picture():
        desk.take([path])
