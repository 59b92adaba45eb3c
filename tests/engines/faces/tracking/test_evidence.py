"""Names from evidence: no flicker at the threshold, nobody twice, the weaker falls back, work only where it adds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engines.core.frames import Stamp
from engines.faces.tracking.evidence import HOLD, MOST_WEIGHT, SEVERAL, Evidence, KeptFace, turn_of
from engines.faces.types import Box, Quality
from engines.faces.vectors import unit

DIM = 8
THRESHOLD = 0.5


def at_cosine(cosine: float, person: int = 0) -> np.ndarray:
    """A unit vector of this cosine with the axis of a person."""
    vector = np.zeros(DIM, np.float32)
    vector[person], vector[DIM - 1] = cosine, np.sqrt(1 - cosine**2)
    return vector


class People:
    """A gallery whose people are the axes."""

    def __init__(self, count: int = 3) -> None:
        self.count = count

    def __call__(self, vectors: np.ndarray, without: Sequence) -> list:
        found = []
        for vector, banned in zip(vectors, without, strict=True):
            order = [k for k in np.argsort(-vector[: self.count]) if f"p{k}" not in banned][:2]
            found.append(tuple((f"p{k}", f"Person {k}", float(vector[k])) for k in order))
        return found


def told(vectors: dict[int, np.ndarray], quality: float = 0.9, **more: object) -> Evidence:
    evidence = Evidence(DIM)
    for track, vector in vectors.items():
        evidence.add(track, vector, quality, 0.0, 0.0)
    evidence.decide(vectors, People(), THRESHOLD, **more)
    return evidence


def show(evidence: Evidence, vector: np.ndarray) -> None:
    """All that was ever seen of track 1 is this."""
    evidence._known[1].total, evidence._known[1].weight = vector.astype(np.float64), 1.0


def test_the_similarity_is_the_mean_of_the_looks_own():
    evidence, rng = Evidence(DIM), np.random.default_rng(1)
    looks, qualities = unit(np.abs(rng.normal(size=(5, DIM)))), rng.uniform(0.4, 1, 5)
    for look, quality in zip(looks, qualities, strict=True):
        evidence.add(1, look, quality, 0.0, 0.0)
    evidence.decide([1], People(DIM), 0.0)
    means = np.average(looks, axis=0, weights=qualities**2)
    assert evidence.of(1).similarity == pytest.approx(means.max(), abs=1e-6)


def test_the_mean_is_weighted_by_the_square_of_quality():
    evidence, rng = Evidence(DIM), np.random.default_rng(0)
    vectors, qualities = unit(rng.normal(size=(6, DIM))), rng.uniform(0.2, 1, 6)
    for vector, quality in zip(vectors, qualities, strict=True):
        evidence.add(1, vector, quality, 0.0, 0.0)
    assert np.allclose(evidence.of(1).vector, unit((vectors * qualities[:, None] ** 2).sum(0)[None])[0], atol=1e-6)


def test_evidence_beyond_its_weight_lets_the_old_fade():
    evidence = Evidence(DIM)
    for k in range(2000):
        evidence.add(1, at_cosine(1.0, 0 if k < 1000 else 1), 1.0, 0.0, k)
    known = evidence.of(1)
    assert known.weight <= MOST_WEIGHT + 1e-9
    assert known.vector[1] > 0.999


def test_a_similarity_that_sways_about_the_threshold_does_not_make_the_name_flicker():
    evidence, names = Evidence(DIM), []
    rng = np.random.default_rng(0)
    evidence.add(1, at_cosine(THRESHOLD + 0.01), 0.9, 0.0, 0.0)
    for _ in range(200):
        sway = at_cosine(THRESHOLD + rng.uniform(-0.9, 0.9) * HOLD)
        show(evidence, sway)
        evidence.decide([1], People(), THRESHOLD)
        names.append(evidence.of(1).name)
    first = names.index("Person 0")
    assert set(names[first:]) == {"Person 0"}
    show(evidence, at_cosine(THRESHOLD - HOLD - 0.01))
    evidence.decide([1], People(), THRESHOLD)
    assert evidence.of(1).name == ""


def test_another_person_takes_over_only_when_clearly_nearer():
    evidence = told({1: at_cosine(0.6, 0)})
    swap = np.zeros(DIM, np.float32)
    for second, name in ((0.6 + 0.8 * HOLD, "Person 0"), (0.6 + 1.5 * HOLD, "Person 1")):
        swap[0], swap[1] = 0.6, second
        swap[DIM - 1] = np.sqrt(1 - 0.36 - second**2)
        show(evidence, swap)
        evidence.decide([1], People(), THRESHOLD)
        assert evidence.of(1).name == name


def test_of_two_that_claim_a_name_the_stronger_has_it_and_the_weaker_falls_back():
    both = at_cosine(0.0)
    both[0], both[1], both[DIM - 1] = 0.62, 0.55, np.sqrt(1 - 0.62**2 - 0.55**2)
    evidence = told({1: both, 2: at_cosine(0.8, 0), 3: at_cosine(0.7, 0)})
    assert [evidence.of(track).name for track in (1, 2, 3)] == ["Person 1", "Person 0", ""]
    assert evidence.of(3).nearest == "Person 0"


def test_a_refused_person_is_not_given_again():
    refused = {1: frozenset({"p0"})}
    assert told({1: at_cosine(0.9, 0)}, refused=refused).of(1).name == ""


def test_a_poor_face_alone_names_nobody_and_several_do():
    evidence = Evidence(DIM)
    for k in range(SEVERAL):
        evidence.add(1, at_cosine(0.9), 0.2, 0.0, k)
        evidence.decide([1], People(), THRESHOLD)
        assert bool(evidence.of(1).name) == (k == SEVERAL - 1)


def test_only_what_adds_evidence_is_described_and_never_more_than_the_budget():
    evidence = Evidence(DIM)
    crowd = [(track, 0.5, 0.0, False) for track in range(1, 31)]
    assert len(evidence.wanted(crowd, 0.0, 2, THRESHOLD)) == 2
    for k in range(8):
        evidence.add(1, at_cosine(0.9), 0.8, 0.0, k)
    evidence.decide([1], People(), THRESHOLD)
    asked = lambda *now: bool(evidence.wanted([(1, *now)], 7.15, 2, THRESHOLD))  # noqa: E731
    assert not asked(0.8, 0.0, False)
    assert asked(0.95, 0.0, False)
    assert asked(0.8, 0.4, False)
    assert asked(0.8, 0.0, True)
    assert evidence.wanted([(1, 0.8, 0.0, True), (2, 0.1, 0.0, False)], 7.15, 1, THRESHOLD) == [2]


def test_somebody_else_is_noticed_and_a_blurred_moment_is_not_somebody_else():
    evidence = told({1: at_cosine(1.0, 0)})
    assert not evidence.stranger(1, at_cosine(0.1, 0), 0.1)
    assert not evidence.stranger(1, at_cosine(0.6, 0), 0.9)
    assert evidence.stranger(1, at_cosine(0.1, 0), 0.9)
    assert evidence.nearest_track(at_cosine(0.9, 0), [1]) == 1
    assert evidence.nearest_track(at_cosine(0.9, 1), [1]) == 0
    assert evidence.nearest_track(at_cosine(0.9, 0), [1], quality=0.1) == 0


@pytest.mark.parametrize("keep", [0, 3])
def test_the_best_faces_are_kept_apart_in_time(keep):
    evidence = Evidence(DIM, keep)
    evidence.add(1, at_cosine(1.0), 0.5, 0.0, 0.0)
    rng = np.random.default_rng(2)
    for k in range(100):
        quality = Quality(float(rng.uniform()), 0, 0, 0, 0, 0)
        crop, stamp = np.zeros((1, 1, 3), np.uint8), Stamp("a", k, 0, k / 25)
        evidence.keep_face(1, KeptFace(crop, at_cosine(1.0), quality, Box(0, 0, 1, 1), ((0.0, 0.0),) * 5, stamp))
    kept = evidence.of(1).kept
    times = sorted(face.stamp.media_time for face in kept)
    assert len(kept) == keep
    assert all(b - a >= 1 / 3 for a, b in zip(times[:-1], times[1:], strict=True))
    assert [face.quality.total for face in kept] == sorted((face.quality.total for face in kept), reverse=True)


def test_the_turn_is_where_the_nose_stands_between_the_eyes():
    eyes = np.array([[10.0, 10], [30, 10]])
    assert turn_of(np.vstack([eyes, [20, 25]])) == 0
    assert turn_of(np.vstack([eyes, [25, 25]])) == pytest.approx(0.25)
    spun = np.vstack([eyes, [25, 25]]) @ np.array([[0.0, 1], [-1, 0]])
    assert turn_of(spun) == pytest.approx(0.25)
