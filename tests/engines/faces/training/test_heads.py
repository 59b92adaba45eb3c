"""Training a head: what it learns, what is kept of it, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError, WorkFailed
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.study_types import HeadProgress, HeadSpec
from engines.faces.training import job as heads
from engines.faces.training import networks as heads_networks
from engines.faces.training.batches import Feed
from engines.faces.training.data import HeadData, check_finite, split
from engines.faces.training.job import Training
from engines.faces.training.margin import unit
from engines.faces.types import ModelCard
from tests.people import NAMES

CARD = ModelCard("sface", "SFace", "0" * 64, 128)
SPEC = HeadSpec("people", "out", steps=200, dim=16, scale=16.0)


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a training keeps on its way lies beside its result."""
    monkeypatch.chdir(tmp_path)


def scattered(people: int = 20, each: int = 8, noise: float = 0.7) -> HeadData:
    """Vectors about known directions, which a projection can tell apart."""
    chance = np.random.default_rng(0)
    centres = chance.standard_normal((people, 128))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    labels = np.repeat(np.arange(people), each)
    vectors = centres[labels] + noise * chance.standard_normal((len(labels), 128)) / np.sqrt(128)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    train, held = split(labels, 0.25, 0)
    names = tuple(f"person {index}" for index in range(people))
    return HeadData(vectors.astype(np.float32), labels, names, train, held, CARD)


def trained(spec: HeadSpec, data: HeadData | None = None) -> tuple[Training, PlainContext]:
    ctx = PlainContext()
    training = Training(spec, data or scattered(), ctx)
    training.to_the_end()
    return training, ctx


def folder(people: Path, where: Path, count: int, each: int) -> Path:
    """Links to the first pictures of the first people."""
    where.mkdir()
    for name in NAMES[:count]:
        for picture in sorted(people.glob(f"{name}_*"))[:each]:
            (where / picture.name).symlink_to(picture)
    return where


@pytest.mark.parametrize("loss", ["softmax", "sphereface", "cosface", "arcface", "adaface"])
def test_every_loss_learns(loss: str) -> None:
    training, ctx = trained(replace(SPEC, loss=loss))
    said = ctx.events["head"]
    assert isinstance(said, HeadProgress)
    assert said.step == said.steps == 200
    assert said.accuracy[-1][1] > 0.9 > said.accuracy[0][1]
    assert said.loss[-1][1] < said.loss[0][1]
    assert np.mean(said.own) < np.mean(said.other) - 10
    assert len(said.points) == len(said.labels) == len(said.own) == len(training.data.held)
    assert said.classes == training.data.people


def test_a_margin_draws_faces_together() -> None:
    own = {loss: np.mean(trained(replace(SPEC, loss=loss))[0].look()[1].own) for loss in ("softmax", "arcface")}
    assert own["arcface"] < own["softmax"] - 3


def test_people_outside_the_folder_are_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(5)
    centres = chance.standard_normal((30, 128)) / np.sqrt(128)
    labels = np.repeat(np.arange(30), 6)
    strangers = torch.from_numpy(centres[labels] + chance.standard_normal((180, 128)) / np.sqrt(128)).float()
    same = labels[:, None] == labels[None]

    def apart(vectors: torch.Tensor) -> float:
        """Distance of the means of both kinds of pairs, in standard deviations of those of different people."""
        cosine = (unit(vectors) @ unit(vectors).T).detach().numpy()
        other, own = cosine[~same], cosine[same & ~np.eye(180, dtype=bool)]
        return float((own.mean() - other.mean()) / other.std())

    def trained_apart() -> float:
        return apart(trained(replace(SPEC, dim=128, steps=400))[0].network(strangers))

    before, pulled = apart(strangers), trained_apart()
    monkeypatch.setattr(heads_networks, "PULL", 0.0)
    assert before - pulled < 0.4 * (before - trained_apart())


def test_a_tenth_of_the_centres_is_enough_to_learn() -> None:
    training, _ = trained(replace(SPEC, sample=0.1, steps=300, batch=8))
    assert training.look()[1].accuracy > 0.9


def test_the_same_seed_gives_the_same_head_and_leaves_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    spec = replace(SPEC, steps=40)
    first, again = (trained(spec)[0].look()[0] for _ in range(2))
    other = trained(replace(spec, seed=1))[0].look()[0]
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.random.get_rng_state())


def test_held_out_pictures_are_of_people_who_stay() -> None:
    labels = np.array([0, 0, 1, 2, 2, 2, 2, 2, 3, 3, 3])
    train, held = split(labels, 0.4, 0)
    assert sorted([*train, *held]) == list(range(len(labels)))
    assert set(labels[train]) == {0, 1, 2, 3}
    assert np.bincount(labels[held]).tolist() == [1, 0, 2, 1]


def test_crops_are_fed_as_rgb_and_a_round_shows_each_once() -> None:
    crops = np.zeros((6, 112, 112, 3), np.uint8)
    crops[..., 0] = 255
    crops[:, 0, 0, 1] = np.arange(6)
    feed = Feed(crops, np.arange(6), np.arange(6), 3, 0)
    (plain,) = feed.parts(np.arange(6))
    assert plain.shape == (6, 3, 112, 112)
    assert plain[:, 2].eq(1).all()
    assert plain[:, 0].eq(-1).all()
    seen = torch.cat([feed.batch()[1] for _ in range(2)])
    assert sorted(seen.tolist()) == list(range(6))


def test_the_small_network_is_kept_as_it_was_trained(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    faces = chance.integers(0, 255, (12, 112, 112, 3)).astype(np.uint8)
    labels = np.repeat(np.arange(3), 4)
    train, held = split(labels, 0.25, 0)
    data = HeadData(faces, labels, ("Ada", "Bea", "Cleo"), train, held, CARD)
    training, _ = trained(replace(SPEC, out=str(tmp_path), backbone="small", steps=3, batch=4), data)
    result = training.keep(1.0)
    recogniser = open_recogniser(result.file)
    np.testing.assert_allclose(recogniser.embed(faces[held]), training.look()[0].numpy(), atol=2e-5)
    assert recogniser.card.dim == 16
    written = Path(result.file).with_suffix(".json").read_text(encoding="utf-8")
    card = json.loads(written)
    assert card["sha256"] == sha256(Path(result.file).read_bytes()).hexdigest() == recogniser.card.sha256
    assert "Ada" not in written
    assert card["trained_on"] == {"people": 3, "images": 12, "held_out": 3}
    count = sum(weights.numel() for weights in training.network.parameters())
    assert 100_000 < count < 500_000


def test_over_a_folder(people: Path, tmp_path: Path) -> None:
    learned = folder(people, tmp_path / "people", count=4, each=3)
    spec = HeadSpec(str(learned), str(tmp_path / "out"), steps=100)
    result = heads.run(spec, PlainContext())
    assert (result.classes, result.images) == (4, 12)
    assert result.accuracy == 1.0
    assert result.separation[0] < result.separation[1] - 10
    recogniser = open_recogniser(result.file)
    assert (recogniser.card.dim, recogniser.card.name) == (128, "arcface-frozen")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["arcface-frozen.json", "arcface-frozen.onnx"]
    told = heads.read(spec, PlainContext(), 1)
    small = heads.read(replace(spec, backbone="small"), PlainContext(), 1)
    assert np.array_equal(told.labels, small.labels)
    ours = recogniser.embed(np.asarray(small.inputs, np.uint8))
    weight = Training(spec, told, PlainContext())
    weight.to_the_end()
    with torch.no_grad():
        theirs = torch.nn.functional.normalize(weight.network(torch.from_numpy(told.inputs)), dim=1).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


class Impatient(PlainContext):
    """Asks for an end once training has begun."""

    def emit(self, key: str, event: object) -> None:
        self.cancelled.set()


def test_cancelled_leaves_nothing(people: Path, tmp_path: Path) -> None:
    learned = folder(people, tmp_path / "people", count=2, each=3)
    with pytest.raises(Cancelled):
        heads.run(HeadSpec(str(learned), str(tmp_path / "out")), Impatient())
    assert not (tmp_path / "out").exists()


def test_folders_it_cannot_learn_from(people: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    (tmp_path / "empty").mkdir()
    (tmp_path / "blank").mkdir()
    cv2.imwrite(str(tmp_path / "blank" / "Ada_0001.png"), np.full((80, 80, 3), 128, np.uint8))
    one = folder(people, tmp_path / "one", count=1, each=3)
    single = folder(people, tmp_path / "single", count=3, each=1)
    for where, words in (
        (tmp_path / "empty", "no picture"),
        (tmp_path / "blank", "has a face"),
        (one, "one person only"),
        (single, "two pictures"),
    ):
        with pytest.raises(BadInput, match=words):
            heads.run(HeadSpec(str(where), out), PlainContext())


def test_numbers_that_are_none() -> None:
    data = scattered()
    data.inputs[3, 5] = np.nan
    with pytest.raises(BadInput, match="no number") as caught:
        check_finite(data.inputs, tuple(f"{row}.jpg" for row in range(len(data.labels))))
    assert caught.value.path == "3.jpg"
    training = Training(replace(SPEC, steps=400), scattered(), PlainContext())
    with torch.no_grad():
        training.network.linear.weight[0, 0] = float("nan")  # type: ignore[union-attr]
    with pytest.raises(WorkFailed, match="no number"):
        training.advance()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"loss": "triplet"}, "loss"),
        ({"margins": (99.0, 0, 0)}, "out of range"),
        ({"backbone": "large"}, "backbone"),
        ({"sample": 0.0}, "share of centres"),
        ({"steps": 0}, "steps"),
        ({"rate": float("nan")}, "rate"),
        ({"held_out": 1.0}, "held out"),
        ({"dim": 4}, "length"),
        ({"out": ""}, "recogniser goes"),
    ],
)
def test_settings_without_sense(change: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        heads.check(replace(SPEC, **change))  # type: ignore[arg-type]
