"""What a rig's guide asks for: which pair first, when a set adds, and what it says of each moment."""

from __future__ import annotations

from itertools import combinations

from engines.calibration.live.rig_guidance import RigGuide, distance_words
from engines.calibration.live.rig_types import NEEDED, RigCapture, RigEstimate
from engines.calibration.rig.types import RigPair
from engines.calibration.types import Capture, Sighting
from engines.core.boards import Board
from engines.core.frames import Size, Stamp

BOARD = Board.parse("charuco:7x5:40mm:30mm:DICT_4X4_50")
NAMES = ("a", "b", "c", "d")
NOBODY = (None,) * 4


def taken(*cameras: int, board: int = 0) -> RigCapture:
    view = Capture(((1.0, 1.0),) * 4, (), (0, 1, 2, 3), board)
    return RigCapture(tuple(view if number in cameras else None for number in range(4)))


def guide(*captures: RigCapture, known: bool = True) -> RigGuide:
    made = RigGuide(NAMES, (BOARD,), (known,) * 4)
    for capture in captures:
        made.add(capture)
    return made


def sights(**cameras: dict[str, object]) -> list[Sighting]:
    stamp = Stamp("rig", 0, 0.0, 0.0)
    told = {name: {"found": True, "sharpness": 1.0, "new": True} | values for name, values in cameras.items()}
    return [Sighting(stamp, Size(640, 360), **told.get(name, {"found": False})) for name in NAMES]  # type: ignore[arg-type]


def test_the_pair_that_joins_what_nothing_joins_comes_first_and_then_the_poorest():
    joined = [taken(0, 1)] * NEEDED + [taken(2, 3)] * NEEDED + [taken(1, 2)] * 3 + [taken(0, 3)]
    assert guide(*joined).goal(NOBODY).cameras == (1, 2), "of those that join, the one that has most already"
    words = guide(*joined).goal(NOBODY).words
    assert words == "b and c share 3 views, 8 are needed: hold the board where both see it"
    whole = [taken(0, 1, 2, 3)] * 6 + [taken(0, 1, 2)] * 2 + [taken(1, 2, 3)] * 2
    assert guide(*whole).goal(NOBODY).cameras == (0, 3), "all hang together: the fewest shared views"
    assert guide(*[taken(0, 1, 2, 3)] * NEEDED).goal(NOBODY).cameras == ()
    assert "share no view" in guide().goal(NOBODY).words


def test_views_of_two_boards_are_not_shared():
    capture = RigCapture((taken(0).sights[0], taken(1, board=1).sights[1], None, None))
    assert not capture.shared(0, 1)
    assert [pair.shared for pair in guide(capture).pairs()] == [0] * 6


def test_a_set_adds_where_a_pair_lacks_it_and_both_see_something_new():
    lacking = guide(*[taken(0, 1)] * NEEDED)
    assert lacking.adds(sights(a={}, c={}), (0, 2))
    assert not lacking.adds(sights(a={}, b={}), (0, 1)), "they have enough"
    assert not lacking.adds(sights(a={}, c={"new": False}), (0, 2))
    assert not lacking.adds(sights(a={}, c={}), (0,)), "c is not sharp"
    assert not lacking.adds(sights(a={}, c={"board": 1}), (0, 2))
    alone = sights(a={"worth": True})
    assert not lacking.adds(alone, (0,)), "its lens is known"
    assert guide(known=False).adds(alone, (0,))


def test_what_hinders_comes_before_what_lacks():
    made, both = guide(taken(0, 1)), sights(a={"guidance": "Hold still: moving, the picture is smeared"}, b={})
    assert made.advice(both, (0, 1), (0,), NOBODY) == "Hold still: moving, the picture is smeared"
    assert made.advice(both, (0, 1), (), NOBODY).endswith("hold the board where both see it")
    blurred = sights(a={"sharpness": 0.1}, b={"sharpness": 0.1})
    assert made.advice(blurred, (), (), NOBODY) == "The board is blurred in a and b: focus or add light"


def test_other_boards_and_mirrors_are_named():
    made = guide()
    nothing = sights()
    assert made.advice(nothing, (), (), NOBODY) == "Show the whole board to two cameras at once"
    other = sights(b={"found": False, "fitting": "charuco:5x7:40mm:30mm:DICT_4X4_50"})
    assert made.advice(other, (), (), NOBODY).startswith("b shows another board: charuco:5x7")
    mirrored = sights(b={"found": False, "mirrored": True})
    assert made.advice(mirrored, (), (), NOBODY) == "The board is seen in a mirror: flip the pictures"
    one = sights(a={}, b={"found": False, "mirrored": True})
    assert made.advice(one, (0,), (), NOBODY).startswith("In b the board is seen in a mirror")


def test_a_distance_is_told_with_its_deviation_and_the_worst_one_at_the_end():
    made = guide(*[taken(0, 1, 2, 3)] * NEEDED)
    pairs = tuple(RigPair(a, b, 0.3, 0.0, 0.0001 * (a + b)) for a, b in combinations(range(4), 2))
    made.know(RigEstimate((0, 1, 2, 3), (), pairs))
    assert [pair.std for pair in made.pairs()] == [pair.distance_std for pair in pairs]
    assert made.farewell() == "Enough views: calibrate (c to d 300.0 \u00b1 0.5\u00a0mm)"
    assert distance_words(1.2345678, 0.002) == "1235 \u00b1 2\u00a0mm"
