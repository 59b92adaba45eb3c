"""The recognisers that can be opened: SFace, dlib's, or an ONNX file of the user's own with its card.

A card is a JSON file beside the network (model.onnx, model.json); each entry may be left out:
    name, title, licence    words
    mean, std               of (value - mean) / std: a number or three, in the order of `order`; 127.5 and 127.5
    order                   "RGB" or "BGR"; "RGB"
    sha256                  of the ONNX file: another file is refused
    lengths                 [low, high]: of its vectors for a hopeless and for a perfect face, where that is known
    of                      the recogniser whose vectors it takes, for a network that takes vectors and not pictures
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.errors import BadInput, FileMissing, UsageError
from engines.core.frames import Image
from engines.core.reading import read_json
from engines.core.store.preparing import file_hash
from engines.core.store.registry import REGISTRY
from engines.core.words import control, tr
from engines.faces.recognition.align import SIDE
from engines.faces.recognition.dlib_resnet import DlibResNet
from engines.faces.recognition.embed import TOGETHER, Embedder, Input, Network, SFace, checked
from engines.faces.recognition.networks import open_network
from engines.faces.types import ModelCard
from engines.faces.vectors import Vectors, unit

BUILT_IN = (("sface", "SFace"), ("dlib", tr("dlib ResNet")))
"""Recognisers by name, with their titles."""
DIMS = range(8, 8193)
HEADS = tr("Name the recogniser that looks at the pictures in its card")
WANTED = tr("A recogniser takes one picture of {side} x {side} x 3 and gives one vector", side=SIDE)


def open_recogniser(name: str | Path, *, threads: int = 1) -> Embedder:
    """The recogniser of this name or in this ONNX file.

    Raises `UsageError` for an unknown name, `FileMissing` for a file or package that is not there, and `BadInput` for a
    file that is no recogniser or not the one its card speaks of.
    """
    if str(name) == "sface":
        return SFace(threads)
    if str(name) == "dlib":
        return DlibResNet()
    path = Path(name)
    if path.suffix.lower() == ".onnx":
        return _own(path, threads)
    known = ", ".join(known for known, _ in BUILT_IN)
    raise UsageError(
        tr("There is no recogniser called '{name}'", name=name),
        hint=tr("Choose {known}, or a file that ends in .onnx", known=known),
    )


def recogniser_of(card: ModelCard, gallery: str | Path, given: str = "") -> str:
    """What opens the network that made a gallery's embeddings: `given`, its file, one of that name beside the gallery.

    Raises `FileMissing` that says which file is missing, `BadInput` when another network lies in its place.
    """
    if given:
        return given
    named = Path(card.file or f"{card.name}.onnx")
    there = [file for file in (named, Path(gallery).absolute().parent / named.name) if file.is_file()]
    for file in there:
        if file.is_absolute() and file_hash(file) == card.sha256:
            return str(file)
    if card.name in dict(BUILT_IN):
        return card.name
    of = {"card": card.title or card.name, "hash": card.sha256[:8]}
    hint = tr(
        "Name its ONNX file with {recogniser}, or embed the gallery anew with {again}",
        recogniser=control(tr("Recogniser"), "--model"),
        again=control(tr("Embed anew"), "faces reembed"),
    )
    if there:
        words = tr("The gallery was made with the recogniser {card} ({hash}), and another one lies in its place", **of)
        raise BadInput(words, path=there[0], hint=hint)
    if card.file:
        words = tr("The gallery was made with the recogniser {card} ({hash}), which is no longer where it was", **of)
        raise FileMissing(words, path=card.file, hint=hint)
    words = tr("The gallery was made with the recogniser {card} ({hash}), and does not say where that lies", **of)
    raise FileMissing(words, path=gallery, hint=hint)


class Head:
    """A network on top of another recogniser's vectors."""

    def __init__(self, card: ModelCard, session: Any, base: Embedder) -> None:
        self.card, self._session, self._base = card, session, base
        self._input = session.get_inputs()[0].name

    def embed(self, faces: Image) -> Vectors:
        """`Embedder.embed`."""
        vectors = self._base.embed(faces)
        given = [self._session.run(None, {self._input: vectors[row : row + 1]})[0] for row in range(len(vectors))]
        return unit(checked(np.asarray(given, np.float32).reshape(len(vectors), self.card.dim), self.card))


def read_card(path: str | Path) -> dict[str, Any]:
    """The card beside a network, {} without one. Raises `BadInput` when it is not a card."""
    beside = Path(path).with_suffix(".json")
    if not beside.is_file():
        return {}
    card = read_json(beside, what=tr("card beside the recogniser"))
    if not isinstance(card, dict):
        raise BadInput(tr("The card beside the recogniser is not a JSON object"), path=beside)
    return card


def _own(path: Path, threads: int) -> Embedder:
    if not path.is_file():
        raise FileMissing(tr("There is no such recogniser"), path=path)
    card = read_card(path)
    sha256 = file_hash(path)
    if str(card.get("sha256") or sha256).lower() != sha256:
        hint = tr("Get the right file, or take the hash off the card if this one is meant")
        raise BadInput(tr("The recogniser is not the file its card speaks of: its hash differs"), path=path, hint=hint)
    if sha256 == REGISTRY["sface"].sha256 and not card:
        return SFace(threads, path)
    session = open_network(path, threads=threads)
    shape = _input_shape(session, path)
    named = str(card.get("name") or path.stem)
    named = f"{named}.onnx" if named in dict(BUILT_IN) else named
    words = named, str(card.get("title") or named), sha256
    licence, file = str(card.get("licence") or ""), str(path.absolute())
    if len(shape) == 2:
        base = _base(card, path, shape, threads)
        dim = _given(session, (1, base.card.dim), path)
        return Head(ModelCard(*words, dim, base.card.size, licence, base.card.margin, file), session, base)
    want = _want(card, shape, path)
    plain = (1, 3, SIDE, SIDE) if want.channels_first else (1, SIDE, SIDE, 3)
    made = ModelCard(*words, _given(session, plain, path), SIDE, licence, file=file)
    return Network(made, session, want, _lengths(card, path))


def _input_shape(session: Any, path: Path) -> list[Any]:
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(inputs[0].shape) not in (2, 4):
        said = ", ".join(f"{one.name}: {one.type} {one.shape}" for one in inputs)
        raise BadInput(tr("This network is no face recogniser: it takes {said}", said=said), path=path, hint=WANTED)
    return list(inputs[0].shape)


def _want(card: dict[str, Any], shape: list[Any], path: Path) -> Input:
    """From the card and the input's shape, in which sizes that are left open are words."""
    count, *picture = shape
    fits = [
        all(not isinstance(have, int) or have == want for have, want in zip(picture, plan, strict=True))
        for plan in ((3, SIDE, SIDE), (SIDE, SIDE, 3))
    ]
    if not any(fits) or (isinstance(count, int) and count != 1):
        raise BadInput(tr("This recogniser takes pictures of the shape {shape}", shape=shape), path=path, hint=WANTED)
    mean, std = (_channels(card, key, path) for key in ("mean", "std"))
    if not all(std):
        raise BadInput(tr("The card says std 0"), path=path.with_suffix(".json"))
    order = str(card.get("order", "RGB")).upper()
    if order not in ("RGB", "BGR"):
        raise BadInput(
            tr("The card says order '{order}'", order=order),
            path=path.with_suffix(".json"),
            hint=tr("It is RGB or BGR"),
        )
    return Input(mean, std, order == "RGB", fits[0], 1 if isinstance(count, int) else TOGETHER)


def _lengths(card: dict[str, Any], path: Path) -> tuple[float, float] | None:
    value = card.get("lengths")
    if value is None:
        return None
    numbers = isinstance(value, list) and len(value) == 2 and all(isinstance(one, int | float) for one in value)
    if not numbers or not value[0] < value[1]:
        raise BadInput(tr("The card's lengths are not two growing numbers"), path=path.with_suffix(".json"))
    return float(value[0]), float(value[1])


def _channels(card: dict[str, Any], key: str, path: Path) -> tuple[float, ...]:
    value = card.get(key, 127.5)
    values = tuple(value) if isinstance(value, list) else (value,)
    good = len(values) in (1, 3) and all(isinstance(one, int | float) and math.isfinite(one) for one in values)
    if not good:
        raise BadInput(tr("The card's {key} is not a number or three", key=key), path=path.with_suffix(".json"))
    return tuple(float(one) for one in values)


def _base(card: dict[str, Any], path: Path, shape: list[Any], threads: int) -> Embedder:
    if not card.get("of"):
        hint = tr('Its card must say of which recogniser: {"of": "sface"}')
        raise BadInput(tr("This network takes vectors, not pictures"), path=path, hint=hint)
    of = str(card["of"])
    if of.lower().endswith(".onnx") and read_card(path.parent / of).get("of"):
        raise BadInput(tr("This network takes the vectors of one that takes vectors itself"), path=path, hint=HEADS)
    base = open_recogniser(_base_file(of, path) if of.lower().endswith(".onnx") else of, threads=threads)
    if str(card.get("of_sha256") or base.card.sha256).lower() != base.card.sha256:
        hint = tr("Put the recogniser that it was trained on back in its place")
        raise BadInput(
            tr("This head was not trained on the recogniser '{of}': its hash differs", of=of), path=path, hint=hint
        )
    if isinstance(shape[1], int) and shape[1] != base.card.dim:
        raise BadInput(
            tr("This network takes {shape} numbers and {of} gives {dim}", shape=shape[1], of=of, dim=base.card.dim),
            path=path,
        )
    return base


def _base_file(of: str, path: Path) -> Path:
    """Where the card says, or of the same name beside the head."""
    told = path.parent / of
    return told if told.is_file() else path.with_name(told.name)


def _given(session: Any, shape: tuple[int, ...], path: Path) -> int:
    """How many numbers it gives for one face, by trying."""
    blank = np.full(shape, 0.01, np.float32)
    try:
        output = np.asarray(session.run(None, {session.get_inputs()[0].name: blank})[0])
    except Exception as error:  # the runtime's own family
        raise BadInput(tr("This network cannot be run on a face"), path=path, hint=WANTED) from error
    if output.shape[0] != 1 or output.size not in DIMS or output.size != max(output.shape):
        raise BadInput(
            tr("This network gives the shape {shape} for one face", shape=list(output.shape)), path=path, hint=WANTED
        )
    return int(output.size)
