"""The one value that panel and studio show, made of what the parts of the diffusion controller hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from widgets.generative.panel.words import problem
from widgets.generative.state import DiffusionView, Mode
from workbench.commands import Actions
from workbench.controllers.generative.estimate import bytes_of, noise_levels, seconds_of
from workbench.controllers.generative.files import EXPORTS

if TYPE_CHECKING:
    from engines.generative.diffusion.types import ModelInfo, Schedule
    from workbench.controllers.generative.controller import DiffusionController


@dataclass
class Levels:
    """The noise levels of the form, computed when it changes and not at every preview."""

    key: tuple[Schedule, int, ModelInfo | None] | None = None
    found: tuple[float, ...] = ()

    def of(self, desk: DiffusionController) -> tuple[float, ...]:
        spec = desk.form.spec
        key = (spec.schedule, spec.steps, desk.info)
        if key != self.key:
            self.key, self.found = key, noise_levels(spec, desk.info)
        return self.found


def view_of(desk: DiffusionController, levels: Levels) -> DiffusionView:
    """Everything as it is now."""
    form, gallery = desk.form, desk.shelf.gallery
    flow, compared = desk.studies.refreshed()
    view = DiffusionView(
        mode=form.mode,
        page=form.page,
        models=desk.models.all,
        model=desk.info,
        looking=desk.models.looking,
        spec=form.spec,
        compare=form.comparing(desk.knows_truth),
        train=form.train,
        levels=levels.of(desk),
        estimate_bytes=bytes_of(form.spec, desk.info),
        estimate_seconds=seconds_of(form.spec, desk.runs.all_stored()),
        devices=desk.devices,
        runs=desk.runs.rows(),
        shown=gallery.shown,
        selected=gallery.selected,
        pictures=gallery.pictures,
        step=gallery.step,
        flow=replace(flow, spec=form.flow),
        compared=compared,
        training=desk.training.view,
        trouble=desk.trouble,
    )
    return replace(view, spectrum=desk.studies.spectra.get(view.run.spec.model if view.run else form.spec.model))


def is_busy(view: DiffusionView) -> bool:
    """Something is under way whose time left changes."""
    works = (view.flow.busy, view.compared.busy, view.compared.curves_busy, view.training.busy)
    return view.looking or view.running is not None or view.queued > 0 or any(work is not None for work in works)


def enable(actions: Actions, view: DiffusionView, stored: bool) -> None:
    """The commands that make sense now. stored: the run that is shown has its files."""
    ready = not problem(replace(view, mode=Mode.SAMPLE))
    for id, on in (("sample", ready), ("copy-command", ready), ("cancel", is_busy(view)), ("reveal", stored)):
        actions.enable(f"diffusion.{id}", on)
    for kind in EXPORTS:
        actions.enable(f"diffusion.export-{kind}", stored)
