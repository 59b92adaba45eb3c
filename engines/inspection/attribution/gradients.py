"""Gradients from the target back to the picture, or a word on why there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from engines.core.errors import WorkFailed
from engines.core.words import tr
from engines.inspection.attribution.subject import Subject


def flowing(attribute: Callable[[torch.Tensor], Any], it: Subject) -> torch.Tensor:
    """Attributions by a gradient. Raises `WorkFailed` where none flows from the target to the picture."""
    try:
        found: torch.Tensor = attribute(picture_with_gradient(it))
    except RuntimeError as error:
        if "does not require grad" not in str(error) and "not have been used" not in str(error):
            raise
        raise no_gradient() from error
    return found.detach()


def picture_with_gradient(it: Subject) -> torch.Tensor:
    """The picture as it went in. Raises `WorkFailed` where whole numbers go in."""
    if not it.picture.is_floating_point():
        raise WorkFailed(
            tr("This model takes whole numbers, through which no gradient flows"), hint=tr("Occlusion needs none")
        )
    return it.picture.clone().requires_grad_()


def no_gradient() -> WorkFailed:
    return WorkFailed(tr("No gradient flows from the target to the picture"), hint=tr("Occlusion needs none"))
