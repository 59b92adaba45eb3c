"""How pictures go into a model, by its sheet alone: what engines feed it, and what the window says of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engines.core.errors import BadInput
from engines.core.networks.preprocessing import Preprocessing
from engines.core.words import tr
from engines.inspection.types import Given, ModelSheet, Shape

USUAL = (224, 224)
"""Size for an input that takes any."""


def picture_input(sheet: ModelSheet) -> Given | None:
    """The first input that takes pictures."""
    return next((given for given in sheet.given if given.picture), None)


def preprocessing_of(
    sheet: ModelSheet, shapes: Sequence[Shape] = (), asked: Preprocessing | None = None
) -> Preprocessing:
    """By what was asked, else by what is known of the model, else by its input: stretched, RGB (grey where it has one
    channel), 0 to 1, or pixels as they are where it takes whole numbers. Size and axes are the input's; shapes: of
    inputs, in their order, () as the file has them.

    Raises `BadInput` for a model that takes no pictures.
    """
    first = picture_input(sheet)
    if first is None:
        raise BadInput(tr("This model takes no pictures"), path=sheet.path)
    place = sheet.given.index(first)
    shape = (tuple(shapes[place]) if place < len(shapes) else ()) or first.shape or (-1, 3, -1, -1)
    last = shape[1] not in (1, 3) and shape[3] in (1, 3)
    known = asked or sheet.preprocessing
    high, wide = shape[1:3] if last else shape[2:4]
    usual = known.size if known else USUAL
    size = (high if high > 0 else usual[0], wide if wide > 0 else usual[1])
    if known is not None:
        return replace(known, size=size, axes="NHWC" if last else "NCHW")
    grey, whole = shape[3 if last else 1] == 1, bool(first.dtype) and "float" not in first.dtype
    std = (1.0,) if whole else (255.0,)
    return Preprocessing(size, "grey" if grey else "RGB", std=std, axes="NHWC" if last else "NCHW")
