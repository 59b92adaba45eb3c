"""Inputs of a likelihood: pictures or points, brought to a model's range but never to another size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.errors import BadInput, FileMissing, UsageError
from engines.core.pictures.files import listed
from engines.core.pictures.reading import read_picture
from engines.core.reading import read_array
from engines.core.words import tr
from engines.generative.diffusion.models.model import Model
from engines.generative.diffusion.study_types import LikelihoodSpec


@dataclass(frozen=True)
class Given:
    """data: (N, ...) in the model's range. labels: (N,) or None. level: width of a grey level there, 0 for points."""

    names: tuple[str, ...]
    data: Tensor
    labels: Tensor | None
    level: float


def read(spec: LikelihoodSpec, model: Model) -> Given:
    """All that a specification names. Raises `FileMissing`, `BadInput` and `UsageError`."""
    names, parts, pictures = [], [], False
    for path in _files(spec):
        array, is_picture = _one(path, model)
        pictures |= is_picture
        parts.append(array)
        names += [path.name] if len(array) == 1 else [f"{path.name}[{k}]" for k in range(len(array))]
    if not parts:
        raise BadInput(tr("There is nothing to measure"), hint=tr("Name pictures, a folder of them, or an .npy file"))
    data = torch.cat(parts)
    end = spec.limit if spec.limit > 0 else len(data)
    level = (model.info.high - model.info.low) / 255 if pictures else 0.0
    if pictures:
        generator = torch.Generator().manual_seed(spec.seed)
        data = data + level * (torch.rand(data.shape, generator=generator, dtype=data.dtype) - 0.5)
    return Given(tuple(names[:end]), data[:end], _labels(spec, model, len(data[:end])), level)


def _files(spec: LikelihoodSpec) -> Iterator[Path]:
    for name in spec.images:
        path = Path(name).expanduser()
        if path.is_dir():
            found = listed(path)
            if not found.files:
                raise BadInput(tr("No pictures are in this folder"), path=path, hint=found.words)
            yield from sorted(found.files)
        elif path.is_file():
            yield path
        else:
            raise FileMissing(tr("There is no such file"), path=path)


def _one(path: Path, model: Model) -> tuple[Tensor, bool]:
    """((n, ...) float64, whether it is a picture)."""
    shape = tuple(model.info.shape)
    if path.suffix.lower() == ".npy":
        array = _array(path)
        array = array[None] if array.shape == shape else array
        if array.size == 0 or int(np.prod(array.shape[1:])) != int(np.prod(shape)) or not np.isfinite(array).all():
            raise BadInput(
                tr(
                    "This array of shape {shape} has no finite samples of shape {wanted}",
                    shape=array.shape,
                    wanted=shape,
                ),
                path=path,
            )
        return torch.from_numpy(array.astype(np.float64)).reshape(-1, *shape), False
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise BadInput(
            tr("{info} has no pictures for samples", info=model.info.title),
            path=path,
            hint=tr("Give points in an .npy file"),
        )
    pixels = _pixels(path, shape)
    low, high = model.info.low, model.info.high
    return (torch.from_numpy(pixels).double() / 255 * (high - low) + low).permute(2, 0, 1)[None], True


def _array(path: Path) -> NDArray[np.float64]:
    array = read_array(path, what=tr("array of numbers"))
    if array.dtype.kind not in "fiub":
        raise BadInput(tr("This is no array of numbers"), path=path, hint="Write it with numpy.save")
    return array.astype(np.float64)


def _pixels(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """(H, W, C) uint8 of the model's own size."""
    image = read_picture(path, colours="grey" if shape[0] == 1 else "colour")
    pixels = image[:, :, None] if shape[0] == 1 else np.ascontiguousarray(image[..., ::-1])
    if pixels.shape[:2] != shape[1:]:
        found, wanted = f"{pixels.shape[1]} x {pixels.shape[0]}", f"{shape[2]} x {shape[1]}"
        raise BadInput(
            tr("This picture has {found} pixels, and the model's have {wanted}", found=found, wanted=wanted),
            path=path,
            hint=tr("Resize it"),
        )
    return pixels


def _labels(spec: LikelihoodSpec, model: Model, count: int) -> Tensor | None:
    classes = spec.classes
    if not classes:
        return torch.full((count,), model.nothing) if model.info.classes else None
    if not model.info.classes:
        raise UsageError(tr("{info} has no classes", info=model.info.title))
    if len(classes) not in (1, count):
        raise UsageError(
            tr("{classes} classes for {samples} samples", classes=len(classes), samples=count),
            hint=tr("Give one for all, or one each"),
        )
    if not all(0 <= label <= model.nothing for label in classes):
        raise UsageError(tr("Classes of {info} are 0 to {nothing}", info=model.info.title, nothing=model.nothing - 1))
    return torch.tensor(list(classes) * (count if len(classes) == 1 else 1))
