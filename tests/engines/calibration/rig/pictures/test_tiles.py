"""Tiles: which are cameras, what they are called, where they lie, and which grid a picture shows."""

from __future__ import annotations

import numpy as np
import pytest

from engines.calibration.rig.pictures.seams import guess
from engines.calibration.rig.pictures.tiles import Tiling
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size


def test_tiles_are_cut_where_they_lie_and_share_the_pictures_memory():
    image = np.arange(12 * 20 * 40).reshape(12 * 20, 40).astype(np.uint8)
    tiling = Tiling.of("3x2", ("a", "-", "c"), margin=1)
    assert (tiling.names, tiling.places) == (("a", "c", "3", "4", "5"), (0, 2, 3, 4, 5))
    tiles = tiling.cut(image)
    np.testing.assert_array_equal(tiles[1], image[81:159, 1:19])
    assert all(np.shares_memory(tile, image) for tile in tiles)
    assert tiling.size(Size(40, 240)) == Size(18, 78)


def test_order_says_which_tile_each_name_is_for():
    tiling = Tiling.of("2x2", ("left", "right", "-"), order=(3, 0, 1))
    assert dict(zip(tiling.names, tiling.places, strict=True)) == {"left": 3, "right": 0}
    assert tiling.swapped(0, 1).places == (0, 3)


@pytest.mark.parametrize(
    ("tiles", "values", "words"),
    [
        ("2", {}, "no grid"),
        ("0x2", {}, "no grid"),
        ("2x2", {"names": "abcde"}, "5 names are given for 4"),
        ("2x2", {"names": ("a", "A")}, "Two cameras are called"),
        ("2x2", {"names": ("a/b",)}, "cannot be a camera's name"),
        ("1x2", {"names": ("-", "-")}, "All tiles are dropped"),
        ("2x2", {"order": (0, 4)}, "no tile 4"),
        ("2x2", {"order": (0, 0)}, "given twice"),
        ("2x2", {"margin": -1}, "margin"),
    ],
)
def test_what_makes_no_sense_is_refused(tiles: str, values: dict[str, object], words: str):
    with pytest.raises(UsageError, match=words):
        Tiling.of(tiles, **values)  # type: ignore[arg-type]


def test_a_picture_that_tiles_do_not_divide_is_refused_with_the_grids_that_fit():
    with pytest.raises(BadInput, match="1280x721 cannot be cut into 2 rows") as caught:
        Tiling.of("2x2").size(Size(1280, 721))
    assert "1x2" in caught.value.hint
    with pytest.raises(BadInput, match="leaves nothing"):
        Tiling.of("2x2", margin=20).size(Size(80, 80))


@pytest.mark.parametrize(("cameras", "grid"), [(1, (1, 1)), (2, (1, 2)), (4, (2, 2))])
def test_the_grid_is_guessed_from_the_seams(cameras: int, grid: tuple[int, int]):
    scene = Scene(SceneSource(cameras=cameras, size=Size(320, 180)))
    assert guess([scene.render(40)]) == grid
    assert guess([]) == (1, 1)


def test_stripes_across_the_whole_picture_are_no_seams():
    stripes = np.tile((np.arange(640) // 16 % 2 * 200).astype(np.uint8), (480, 1))
    assert guess([stripes]) == (1, 1)
