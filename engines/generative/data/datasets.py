"""Data sets of small networks: scikit-learn's digits, MNIST, or a folder of one's own pictures.

Everything is in memory as float32 in [-1, 1], (N, C, H, W): these are sets of thousands, not millions.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.errors import BadInput, FileMissing, KinoscopeError
from engines.core.installing import install_hint
from engines.core.pictures.files import in_words, listed
from engines.core.pictures.reading import open_picture
from engines.core.store import fetching as store
from engines.core.words import tr

FEWEST = 2
SPLIT_SEED = 0
DIGITS = tuple(str(digit) for digit in range(10))


@dataclass(frozen=True)
class Dataset:
    """images: (N, C, H, W) in [-1, 1]; labels: (N,) whole numbers, or None. notes: what a user should know of it.

    noise: (N, C, H, W), the noise that each image belongs to, for a rectified flow that is straightened; else None.
    """

    name: str
    images: Tensor
    labels: Tensor | None = None
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    noise: Tensor | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample, (C, H, W)."""
        return tuple(self.images.shape[1:])

    def part(self, indices: Tensor) -> Dataset:
        """Those of it that are numbered."""
        labels = None if self.labels is None else self.labels[indices]
        return Dataset(self.name, self.images[indices], labels, self.classes, self.notes)


def load(name: str, size: int = 32) -> Dataset:
    """All of "digits", "mnist" or a folder of images. size: side to which a folder's pictures are brought."""
    match name:
        case "digits":
            return _digits()
        case "mnist":
            return _mnist()
    return folder(Path(name), size)


def split(name: str, size: int = 32) -> tuple[Dataset, Dataset]:
    """(to train on, held out). "mnist": 4,000 and 1,000, "digits": 1,442 and 355, always the same ones, all classes
    alike in both; a folder: all of it, and nothing."""
    data = load(name, size)
    if data.labels is None:
        return data, data.part(torch.arange(0))
    generator = torch.Generator().manual_seed(SPLIT_SEED)
    each = [torch.nonzero(data.labels == label)[:, 0] for label in torch.unique(data.labels)]
    held = torch.cat([_fifth(members, generator) for members in each])
    kept = torch.ones(len(data.images), dtype=torch.bool)
    kept[held] = False
    return data.part(torch.nonzero(kept)[:, 0]), data.part(held.sort().values)


def _fifth(members: Tensor, generator: torch.Generator) -> Tensor:
    return members[torch.randperm(len(members), generator=generator)[: len(members) // 5]]


def _digits() -> Dataset:
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise FileMissing(tr("The digits come with scikit-learn"), hint=install_hint("scikit-learn")) from error
    found = load_digits()
    images = torch.from_numpy(found.images.astype(np.float32))[:, None] / 8 - 1
    return Dataset("digits", images, torch.from_numpy(found.target).long(), DIGITS)


def _mnist() -> Dataset:
    path = store.load_path("mnist-5k")
    with gzip.open(path, "rt", encoding="ascii") as lines:
        rows = np.loadtxt(lines, delimiter=",", dtype=np.float32)
    images = torch.from_numpy(rows[:, :-1].reshape(-1, 1, 28, 28) / 127.5 - 1)
    return Dataset("mnist", images, torch.from_numpy(rows[:, -1]).long(), DIGITS)


def folder(path: Path, size: int) -> Dataset:
    """Pictures of a folder, centre-cropped to squares and brought to `size`. A folder of folders: each is a class.

    Grey when all of them are, else RGB. Files that cannot be read are left out and named in the notes. Raises
    `BadInput` for a folder that does not exist or has fewer than two pictures.
    """
    if not path.is_dir():
        raise BadInput(
            tr("There is no such folder of pictures"), path=path, hint=tr("Known sets are 'digits' and 'mnist'")
        )
    files, labels, classes = _listed(path)
    left_out = _left_out([path, *(file.parent for file in files)])
    read = [(*_read(file, size), label, file) for file, label in zip(files, labels, strict=True)]
    broken = [file.name for image, _, _, file in read if image is None]
    good = [(image, label) for image, _, label, _ in read if image is not None]
    if len(good) < FEWEST:
        hint = tr("Put at least two pictures into it")
        raise BadInput(_too_few(len(good), broken), path=path, hint=f"{hint}. {left_out}" if left_out else hint)
    images = _stacked([image for image, _ in good])
    found = torch.tensor([label for _, label in good]) if classes else None
    guessed = [f"{file.name}: {note}" for _, note, _, file in read if note]
    notes = (*_notes(broken), *_few(guessed), left_out)
    return Dataset(path.name, images, found, classes, tuple(note for note in notes if note))


def _listed(path: Path) -> tuple[list[Path], list[int], tuple[str, ...]]:
    """(pictures, the class of each, names of the classes)."""
    inside = sorted(child for child in path.iterdir() if child.is_dir() and _pictures(child))
    if len(inside) < 2 or _pictures(path):
        files = _pictures(path)
        return files, [0] * len(files), ()
    files = [file for child in inside for file in _pictures(child)]
    labels = [label for label, child in enumerate(inside) for _ in _pictures(child)]
    return files, labels, tuple(child.name for child in inside)


def _pictures(path: Path) -> list[Path]:
    return sorted(listed(path).files)


def _left_out(folders: Iterable[Path]) -> str:
    return in_words([one for folder in dict.fromkeys(folders) for one in listed(folder).left_out])


def _too_few(good: int, broken: list[str]) -> str:
    words = tr("Only one picture to train on here") if good else tr("No picture to train on here")
    if not broken:
        return words
    told = {"words": words, "count": len(broken), "name": broken[0]}
    return tr("{words} ({count} cannot be read, {name} among them)", **told)


def _notes(broken: list[str]) -> tuple[str, ...]:
    if not broken:
        return ()
    named = ", ".join(broken[:5])
    if len(broken) == 1:
        return (tr("1 file cannot be read as a picture and was left out: {named}", named=named),)
    return (tr("{count} files cannot be read as pictures and were left out: {named}", count=len(broken), named=named),)


def _few(guessed: list[str]) -> tuple[str, ...]:
    rest = tr(" (and {count} more such pictures)", count=len(guessed) - 5) if len(guessed) > 5 else ""
    return ("; ".join(guessed[:5]) + rest,) if guessed else ()


def _read(file: Path, size: int) -> tuple[NDArray[np.uint8] | None, str]:
    """RGB (size, size, 3), None for what is no picture, and what was guessed of it."""
    try:
        picture = open_picture(file)
    except KinoscopeError:
        return None, ""
    return _square(np.asarray(picture.image[..., ::-1]), size), picture.note


def _square(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    cropped = np.ascontiguousarray(image[top : top + side, left : left + side])
    way = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cropped, (size, size), interpolation=way), np.uint8)


def _stacked(images: list[NDArray[np.uint8]]) -> Tensor:
    stacked = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)
    grey = bool((stacked == stacked[:, :1]).all())
    return (stacked[:, :1] if grey else stacked).float() / 127.5 - 1
