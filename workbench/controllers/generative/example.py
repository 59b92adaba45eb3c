"""The example of the start page: ten digits, one a class, sampled by the first network that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.generative.diffusion.types import Guidance, SampleSpec

if TYPE_CHECKING:
    from workbench.controllers.generative.controller import DiffusionController

MODEL = "mnist-unet"
DIGITS = tuple(range(10))


def begin(desk: DiffusionController) -> None:
    """Sample one digit of each class."""
    desk.services.host.bring(desk.name)
    form = desk.form.sampling(SampleSpec(MODEL, seeds=DIGITS, classes=DIGITS, guidance=Guidance(2.0)))
    desk.set_form(mode=form.mode, spec=form.spec)
    desk.sample(form.spec)
