"""Inputs of any model: the picture where pictures go in, and what else it takes filled with a sensible value."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.pictures import picture_input
from engines.inspection.shapes import shape_text, tell_shape
from engines.inspection.types import Given, Shape

NARROW = ("float16", "bfloat16")
MOST = 1 << 28
"""Numbers of an input."""


def given_inputs(
    model: Model, picture: torch.Tensor | None = None, shapes: Sequence[Shape] = (), *, seed: int = 0
) -> tuple[torch.Tensor, ...]:
    """Inputs in the graph's order, as `Network` takes them (floats narrower than float32 are widened).

    picture: float, for the first input that takes pictures, its axes as that input has them (N, C, H, W) or
    (N, H, W, C); None for seeded noise from 0 to 1 (to 255 in whole numbers). shapes: of inputs, in their order, () as
    the file has them. Axes that stay open are the picture's, and 1 for the first. Inputs that take no picture are
    filled with their `value`.

    Raises `BadInput` where a size is known to nobody, the picture is of another size than the input, or text goes in,
    `UsageError` for more numbers than are run here.
    """
    noise = torch.Generator().manual_seed(seed)
    sizes = input_shapes(model, shapes, None if picture is None else tuple(picture.shape))
    first = picture_input(model.sheet)
    inputs = []
    for given, size in zip(model.sheet.given, sizes, strict=True):
        dtype = _dtype(given, model)
        check_room(given, size)
        if given is first and picture is not None:
            inputs.append(picture.to(dtype))
        elif given.picture:
            inputs.append((torch.rand(size, generator=noise) * (1 if dtype.is_floating_point else 255)).to(dtype))
        else:
            inputs.append(torch.full(size, given.value, dtype=dtype))
    return tuple(inputs)


def check_room(given: Given, size: Shape) -> None:
    """Raises `UsageError` for more numbers than are run here."""
    if math.prod(size) > MOST:
        raise UsageError(
            tr(
                "Input '{given}' of {shape_text} is larger than what is run here",
                given=given.name,
                shape_text=shape_text(size),
            ),
            hint=tr("Tell a smaller one"),
        )


def input_shapes(model: Model, shapes: Sequence[Shape] = (), picture: Shape | None = None) -> tuple[Shape, ...]:
    """Whole shapes of a model's inputs; arguments and errors as above. picture: its shape."""
    given = model.sheet.given
    if len(shapes) > len(given):
        raise BadInput(
            tr("{shapes} shapes were told, and the model takes {inputs} inputs", shapes=len(shapes), inputs=len(given)),
            path=model.sheet.path,
        )
    first = picture_input(model.sheet)
    batch = picture[0] if picture else 1
    told = [*map(tuple, shapes), *[()] * (len(given) - len(shapes))]
    return tuple(
        _shape(one, size, picture if one is first else None, batch, model)
        for one, size in zip(given, told, strict=True)
    )


def _shape(given: Given, told: Shape, picture: Shape | None, batch: int, model: Model) -> Shape:
    known = told or given.shape or picture
    if known is None:
        raise _unknown(given, model)
    if picture is not None and not _fits(picture, known):
        wrong = tr(
            "Input '{given}' is {known} and the picture {picture}",
            given=given.name,
            known=shape_text(known),
            picture=shape_text(picture),
        )
        raise BadInput(wrong, path=model.sheet.path)
    if picture is not None:
        return picture
    whole = tuple(batch if at == 0 and size < 0 else size for at, size in enumerate(known))
    if -1 in whole:
        raise _unknown(given, model)
    return whole


def _dtype(given: Given, model: Model) -> torch.dtype:
    if given.dtype in (*NARROW, ""):
        return torch.float32
    found = getattr(torch, given.dtype, None)
    if not isinstance(found, torch.dtype):
        raise BadInput(
            tr("Input '{given}' takes {dtype}, not numbers", given=given.name, dtype=given.dtype), path=model.sheet.path
        )
    return found


def _fits(shape: Shape, known: Shape) -> bool:
    return len(shape) == len(known) and all(wanted in (-1, size) for size, wanted in zip(shape, known, strict=True))


def _unknown(given: Given, model: Model) -> BadInput:
    shape = f" ({shape_text(given.shape)})" if given.shape else ""
    hint = tell_shape(given.name)
    return BadInput(
        tr("The size of input '{given}'{shape} is not in the file", given=given.name, shape=shape),
        path=model.sheet.path,
        hint=hint,
    )
