"""The models that are known in closed form, by name: 2-D shapes, scikit-learn's digits, a folder of one's own pictures.

Digits are 8 x 8, their grey levels 0..16 brought to [-1, 1] by x / 8 - 1. The mixture of ten full-covariance Gaussians
was fitted once by `fit_digits` and is kept with the program, so that its figures do not depend on a library's version.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.errors import BadInput, FileMissing, KinoscopeError
from engines.core.installing import install_hint
from engines.core.pictures.files import WORDS, listed
from engines.core.pictures.reading import read_picture
from engines.core.reading import making_sense, read_arrays
from engines.core.words import tr
from engines.generative.diffusion.distributions.mixtures import FiniteData, GaussianMixture, Known
from engines.generative.diffusion.distributions.shapes import SHAPES
from engines.generative.diffusion.models.catalog import ANALYTIC
from engines.generative.diffusion.types import ModelInfo

__all__ = ["FiniteData", "GaussianMixture", "Known", "digits_mixture", "digits_set", "open", "pictures_set"]

MIXTURE = Path(__file__).resolve().parents[4] / "resources" / "weights" / "digits-mixture.npz"
LARGEST_SIDE = 64
MOST_PICTURES = 5000


def open(name: str) -> tuple[Known, ModelInfo]:
    """The denoiser of a name in `catalog.ANALYTIC` or "analytic:images:FOLDER". Raises `BadInput` for another."""
    kind = name.removeprefix("analytic:")
    if kind.startswith("images:"):
        return _pictures(name, kind.removeprefix("images:"))
    if kind in SHAPES:
        known: Known = SHAPES[kind]()
    elif kind in ("digits", "digits-set"):
        known = digits_mixture() if kind == "digits" else digits_set()
    else:
        names = ", ".join(known_name for known_name, _ in ANALYTIC)
        raise BadInput(
            tr("There is no model '{name}'", name=name),
            hint=tr("There are {names} and analytic:images:FOLDER", names=names),
        )
    title = dict(ANALYTIC)[f"analytic:{kind}"]
    return known, _info(f"analytic:{kind}", title, known, _SUMMARY.get(kind, tr("A 2-D shape with its exact denoiser")))


_SUMMARY = {
    "digits": tr("Ten Gaussians fitted to scikit-learn's 8 x 8 digits; the denoiser is exact"),
    "digits-set": tr("scikit-learn's 1797 digits; a perfect sampler gives one of them back"),
}


def digits_mixture() -> GaussianMixture:
    """Ten full-covariance Gaussians in 64 dimensions, as images (1, 8, 8); classes are the digits 0 to 9."""
    if not MIXTURE.is_file():
        raise FileMissing(
            tr("The fitted mixture of digits is not there"), path=MIXTURE, hint=tr("Install Kinoscope again")
        )
    with making_sense(MIXTURE, tr("The fitted mixture of digits is broken"), hint=tr("Install Kinoscope again")):
        kept = read_arrays(MIXTURE)
        part = {key: torch.from_numpy(kept[key]) for key in ("weights", "means", "covariances", "class_weights")}
    return GaussianMixture(**part, shape=(1, 8, 8))


def digits_set() -> FiniteData:
    """scikit-learn's 1797 digits (1, 8, 8) in [-1, 1] with their classes."""
    images, labels = _digits()
    return FiniteData(images.reshape(-1, 1, 8, 8), labels=labels)


def fit_digits(file: Path = MIXTURE) -> None:
    """Fit the mixture again and write it: `python -m engines.generative.diffusion.distributions.analytic`.

    scikit-learn's `GaussianMixture(10, reg_covar=1e-3, random_state=0)` on x / 8 - 1. p(component | class) is the mean
    responsibility over the digits of the class.
    """
    from sklearn import mixture

    images, labels = _digits()
    fitted = mixture.GaussianMixture(10, covariance_type="full", reg_covar=1e-3, random_state=0).fit(images.numpy())
    parts = fitted.predict_proba(images.numpy())
    by_class = np.stack([parts[labels.numpy() == label].mean(0) for label in range(10)])
    np.savez_compressed(
        file, weights=fitted.weights_, means=fitted.means_, covariances=fitted.covariances_, class_weights=by_class
    )


def _digits() -> tuple[Tensor, Tensor]:
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise FileMissing(tr("The digits come with scikit-learn"), hint=install_hint("scikit-learn")) from error
    images, labels = load_digits(return_X_y=True)
    return torch.from_numpy(images) / 8 - 1, torch.from_numpy(labels).long()


def pictures_set(folder: str | Path) -> FiniteData:
    """The pictures of a folder as a finite set, (C, H, W) in [-1, 1]: see `read_pictures`."""
    pictures = torch.from_numpy(read_pictures(Path(folder)))
    return FiniteData(pictures.permute(0, 3, 1, 2).double() / 127.5 - 1)


def read_pictures(folder: Path) -> NDArray[np.uint8]:
    """(N, S, S, C) uint8 RGB, or grey when all are. Each is cut to its middle square and brought to one side S.

    S is the shortest side found, 64 at most. Files that are no pictures are passed over. Raises `BadInput`.
    """
    if not folder.is_dir():
        raise BadInput(tr("There is no such folder of pictures"), path=folder)
    files = sorted(listed(folder).files)
    if len(files) > MOST_PICTURES:
        raise BadInput(
            tr(
                "{count} pictures are more than a finite set takes ({most_pictures})",
                count=len(files),
                most_pictures=MOST_PICTURES,
            ),
            path=folder,
            hint=tr("Take a part of them, or train a network"),
        )
    squares = [square for path in files if (square := _square(path)) is not None]
    if not squares:
        raise BadInput(tr("No picture in this folder can be read"), path=folder, hint=listed(folder).words or WORDS)
    side = min(LARGEST_SIDE, min(len(square) for square in squares))
    fitted = np.stack([_brought_to(square, side) for square in squares])
    grey = bool((fitted == fitted[..., :1]).all())
    return fitted[..., :1] if grey else fitted


def _square(path: Path) -> NDArray[np.uint8] | None:
    try:
        image = read_picture(path)[..., ::-1]
    except KinoscopeError:
        return None
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return _brought_to(np.ascontiguousarray(image[top : top + side, left : left + side]), min(side, 4 * LARGEST_SIDE))


def _brought_to(square: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    if len(square) == side:
        return square
    return cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _pictures(name: str, folder: str) -> tuple[Known, ModelInfo]:
    known = pictures_set(folder)
    count = len(known.points)
    summary = (
        tr("{count} pictures of {folder}", count=count, folder=Path(folder).name)
        if count > 1
        else tr("One picture: every sample is this picture")
    )
    if words := listed(folder).words:
        summary += f". {words}"
    return known, _info(name, tr("Pictures of {folder} (exact)", folder=Path(folder).name), known, summary)


def _info(name: str, title: str, known: Known, summary: str) -> ModelInfo:
    return ModelInfo(
        name=name,
        title=title,
        kind="analytic",
        shape=known.shape,
        classes=tuple(str(label) for label in range(known.classes)),
        exact=True,
        moments=True,
        summary=summary,
    )


if __name__ == "__main__":
    fit_digits()
