"""Data sets: the ones that come along, and folders as users have them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from engines.core.errors import BadInput, FileMissing
from engines.core.store import fetching as store
from engines.generative.data import datasets
from engines.generative.training.batches import batch, moved, order, stream
from tests.engines.core.pictures.made_pictures import jpeg_with, scene, upright


def _write(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)


def test_digits_are_all_there_and_held_out_ones_are_not_trained_on():
    train, held = datasets.split("digits")
    assert train.shape == held.shape == (1, 8, 8)
    assert len(train.images) + len(held.images) == 1797
    assert (float(train.images.min()), float(train.images.max())) == (-1, 1)
    shared = torch.cdist(train.images.flatten(1), held.images.flatten(1)).min()
    assert shared > 0
    again = datasets.split("digits")[1]
    assert torch.equal(held.images, again.images)


def test_every_class_of_the_digits_has_its_fifth_held_out():
    train, held = datasets.split("digits")
    assert train.labels is not None
    assert held.labels is not None
    whole = train.labels.bincount() + held.labels.bincount()
    assert torch.equal(held.labels.bincount(), whole // 5)
    assert train.classes == tuple("0123456789")


def test_mnist_that_was_not_fetched_says_how():
    with pytest.raises(FileMissing, match="is not on this machine"):
        datasets.load("mnist")


def test_mnist_is_read_from_the_store(tmp_path, monkeypatch):
    rows = np.zeros((20, 785), np.int64)
    rows[:, -1] = np.arange(20) % 10
    rows[3, 28 * 2 + 5] = 255
    file = tmp_path / "mnist_5k.csv.gz"
    np.savetxt(file, rows, fmt="%d", delimiter=",")
    monkeypatch.setattr(store, "load_path", lambda name: file)
    data = datasets.load("mnist")
    assert data.shape == (1, 28, 28)
    assert data.labels is not None
    assert data.labels.tolist() == rows[:, -1].tolist()
    assert float(data.images[3, 0, 2, 5]) == 1
    assert float(data.images.sum()) == pytest.approx(2 - data.images.numel())


def test_a_folder_of_mixed_sizes_and_modes_becomes_rgb(tmp_path):
    rng = np.random.default_rng(0)
    _write(tmp_path / "wide.png", rng.integers(0, 255, (20, 60, 3), np.uint8))
    _write(tmp_path / "tall.jpg", rng.integers(0, 255, (90, 40, 3), np.uint8))
    _write(tmp_path / "grey.png", rng.integers(0, 255, (33, 33), np.uint8))
    _write(tmp_path / "deep.png", rng.integers(0, 65535, (16, 16), np.uint16))
    _write(tmp_path / "clear.png", np.zeros((16, 16, 4), np.uint8))
    data = datasets.load(str(tmp_path), 16)
    assert data.images.shape == (5, 3, 16, 16)
    assert (data.labels, data.classes, data.notes) == (None, (), ())
    assert data.images.abs().max() <= 1
    assert torch.equal(data.images[0], torch.ones(3, 16, 16))


def test_colours_are_in_the_order_red_green_blue(tmp_path):
    for name in ("a.png", "b.png"):
        _write(tmp_path / name, np.full((8, 8, 3), (0, 0, 255), np.uint8))
    data = datasets.load(str(tmp_path), 8)
    assert data.images[0, :, 0, 0].tolist() == [1, -1, -1]


def test_a_folder_of_grey_pictures_stays_grey_whatever_their_mode(tmp_path):
    _write(tmp_path / "a.png", np.full((8, 8), 100, np.uint8))
    _write(tmp_path / "b.png", np.full((8, 8, 3), 200, np.uint8))
    assert datasets.load(str(tmp_path), 8).shape == (1, 8, 8)


def test_pictures_are_cropped_around_their_middle(tmp_path):
    image = np.zeros((10, 30), np.uint8)
    image[:, 10:20] = 255
    _write(tmp_path / "a.png", image)
    _write(tmp_path / "b.png", image)
    assert torch.equal(datasets.load(str(tmp_path), 10).images, torch.ones(2, 1, 10, 10))


def test_folders_in_a_folder_are_classes(tmp_path):
    for name, value in (("cats", 10), ("dogs", 200)):
        for index in range(3):
            _write(tmp_path / name / f"{index}.png", np.full((8, 8), value, np.uint8))
    train, held = datasets.split(str(tmp_path), 8)
    assert train.classes == ("cats", "dogs")
    assert train.labels is not None
    assert train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert len(held.images) == 0


def test_files_that_are_no_pictures_are_left_out_and_named(tmp_path):
    for name in ("a.png", "b.png"):
        _write(tmp_path / name, np.zeros((8, 8), np.uint8))
    (tmp_path / "broken.png").write_bytes((tmp_path / "a.png").read_bytes()[:40])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not a picture")
    data = datasets.load(str(tmp_path), 8)
    assert len(data.images) == 2
    assert data.notes == (
        "2 files cannot be read as pictures and were left out: broken.png, empty.jpg",
        "1 file left out: 1 is not a picture (notes.txt)",
    )


def test_pictures_are_upright_and_of_their_own_bits_and_guesses_are_told(tmp_path):
    image = scene(48, 48)
    (tmp_path / "a.jpg").write_bytes(jpeg_with(image, 6))
    _write(tmp_path / "b.png", image.astype(np.uint16) * 16)
    _write(tmp_path / "c.tif", (image / 255).astype(np.float32))
    data = datasets.load(str(tmp_path), 48)
    found = ((data.images + 1) * 127.5).numpy().transpose(0, 2, 3, 1)[..., ::-1]
    assert np.abs(found[0] - upright(image, 6)).mean() < 3
    for one in found[1:]:
        np.testing.assert_allclose(one, image, atol=1)
    assert data.notes == ("b.png: no value of its 16 bits is above 4080: taken for 12 bits",)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "No picture to train on"),
        ({"a.png": 1}, "Only one picture to train on"),
        ({"broken.png": 0}, "No picture to train on here .1 cannot be read, broken.png among them"),
    ],
)
def test_too_few_pictures_are_said(tmp_path, files, says):
    for name, good in files.items():
        if good:
            _write(tmp_path / name, np.zeros((8, 8), np.uint8))
        else:
            (tmp_path / name).write_bytes(b"nothing")
    with pytest.raises(BadInput, match=says) as error:
        datasets.load(str(tmp_path), 8)
    assert error.value.path == str(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput, match="no such folder"):
        datasets.load(str(tmp_path / "nowhere"))


def test_every_picture_is_seen_once_before_any_is_seen_twice():
    seen = torch.cat([order(10, step, 4, seed=3) for step in range(5)])
    assert sorted(seen[:10].tolist()) == sorted(seen[10:].tolist()) == list(range(10))
    assert seen[:10].tolist() != seen[10:].tolist()


def test_a_batch_larger_than_the_data_is_filled():
    assert order(3, 0, 8, seed=0).bincount().tolist() in ([3, 3, 2], [3, 2, 3], [2, 3, 3])


def test_a_batch_depends_on_seed_and_step_alone():
    data = datasets.split("digits")[0]
    torch.manual_seed(0)
    one = batch(data, 7, 16, 3, drop_class=0.5, augment=1)
    torch.manual_seed(9)
    again = batch(data, 7, 16, 3, drop_class=0.5, augment=1)
    assert torch.equal(one.x0, again.x0)
    assert torch.equal(one.eps, again.eps)
    assert one.label is not None
    assert again.label is not None
    assert torch.equal(one.label, again.label)
    assert not torch.equal(one.eps, batch(data, 8, 16, 3).eps)
    assert not torch.equal(one.eps, batch(data, 7, 16, 4).eps)
    assert 0 < int((one.label == 10).sum()) < 16


def test_moving_moves_by_whole_pixels_and_continues_the_edge():
    image = torch.arange(25.0).reshape(1, 1, 5, 5)
    found = moved(image.expand(40, 1, 5, 5), 1, stream(1))
    padded = torch.nn.functional.pad(image, (1, 1, 1, 1), mode="replicate")[0, 0]
    possible = [padded[top : top + 5, left : left + 5] for top in range(3) for left in range(3)]
    which = [[torch.equal(one[0], other) for other in possible].index(True) for one in found]
    assert len(set(which)) >= 8
    assert torch.equal(moved(image, 0, stream(1)), image)
