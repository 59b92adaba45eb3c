"""Calibration against simulated people whose eyes are known, and its file against what was trained."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled
from engines.faces.detection.yunet import YuNet
from engines.faces.gaze import fit as gaze_fit
from engines.faces.gaze.head_pose import rotation, scale
from engines.faces.gaze.ray import FEATURES, PUPIL, GazeEstimator, eyeballs
from engines.faces.gaze.screen_model import SCALES, ScreenModel, degrees_apart, kept_fit
from engines.faces.study_types import GazeFitSpec, GazeSample
from tests.engines.faces.gaze.eyeballs import looking

SCREEN, MM, FAR = (1920.0, 1080.0), (527.0, 296.0), 600.0


def person(seed: int, noise: float, looks: int = 8, sway: float = 1.0) -> GazeFitSpec:
    """Somebody who looks at nine points: eyeballs of their own size and axes, a head that sways by degrees and cm.

    noise: of each iris, in millimetres.
    """
    chance = np.random.default_rng(seed)
    reach, axes, shift = chance.normal(PUPIL, 0.4, 2), np.radians(chance.normal((4, 1), 1.5)), chance.normal(0, 0.6, 4)
    samples = []
    for y in (0.1, 0.5, 0.9):
        for x in (0.1, 0.5, 0.9):
            for _ in range(looks):
                pose, place = chance.normal(0, sway, 3), chance.normal(0, 5 * sway, 2)
                to = np.array([(x - 0.5) * MM[0] - place[0], (y - 0.5) * MM[1] - place[1], -FAR])
                flat = to[:2] / np.linalg.norm(to) + axes
                irises = np.r_[reach[0] * flat, reach[1] * flat] + shift + chance.normal(0, noise, 4)
                features = (*irises, *pose, *(place / 700), 0.09)
                samples.append(GazeSample(tuple(map(float, features)), (x * SCREEN[0], y * SCREEN[1])))
    return GazeFitSpec(tuple(samples), SCREEN, MM, FAR)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaze_fit, "STEPS", 30)


def test_the_features_are_as_many_as_the_model_takes() -> None:
    assert len(FEATURES) == len(SCALES)


def test_a_persons_error_is_what_their_noise_allows() -> None:
    noise = 0.3
    found = gaze_fit.run(person(1, noise), PlainContext())
    alone = np.degrees(noise / PUPIL / np.sqrt(2)) * np.sqrt(np.pi / 2)
    assert 0.8 * alone < found.error < 1.7 * alone
    assert found.ridge is not None
    assert found.error <= found.ridge
    assert found.std == pytest.approx(found.error / np.sqrt(np.pi / 2), rel=0.35)
    assert len(found.points) == len(found.predicted) == len(found.by_point) == 9
    apart = degrees_apart(np.array(found.predicted), np.array(found.points), SCREEN, MM, FAR)
    assert apart.max() < 5


def test_traced_eyes_that_look_at_the_points_are_calibrated(
    data: Path, weights: Callable[..., None], tmp_path: Path
) -> None:
    """From pixels to the screen: eyeballs traced into a photograph look at nine points while the head sways."""
    weights("yunet", "face-landmarks", "iris-landmarks")
    image = np.asarray(cv2.imread(str(data / "faces" / "photos" / "biden.jpg")), np.uint8)
    image = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    points = YuNet(1).detect(image).points[0].astype(np.float64)
    estimator, chance, samples = GazeEstimator(), np.random.default_rng(0), []
    view = estimator.view(image, points)
    assert view is not None
    turn = rotation(view.mesh.points)
    size = scale(view.mesh.points, turn)
    balls = eyeballs(view.mesh, view.eyes, turn, size)
    for x, y in product((0.08, 0.5, 0.92), repeat=2):
        to = np.array([(x - 0.5) * MM[0], (y - 0.5) * MM[1], -FAR])
        seen = looking(image, view.eyes, balls, size, to / np.linalg.norm(to))
        for _ in range(3):
            sway = cv2.getRotationMatrix2D((300.0, 250.0), chance.normal(0, 1.5), chance.normal(1, 0.01))
            swayed = np.asarray(cv2.warpAffine(seen, sway, seen.shape[1::-1]), np.uint8)
            look = estimator.view(swayed, points @ sway[:, :2].T + sway[:, 2], track=1)
            assert look is not None
            samples.append(GazeSample(look.gaze.features, (x * SCREEN[0], y * SCREEN[1])))
    out = tmp_path / "me.json"
    found = gaze_fit.run(GazeFitSpec(tuple(samples), SCREEN, MM, FAR, str(out)), PlainContext())
    assert found.error < 6
    again = GazeEstimator(screen=ScreenModel.load(out)).look(image, points)
    assert again is not None
    assert again[1].screen is not None
    assert again[1].screen_std == pytest.approx(found.std, rel=0.6)
    assert again[1].std == pytest.approx(view.gaze.std), "the ray itself is as sure as before"
    across = np.corrcoef(np.array(found.points)[:, 0], np.array(found.predicted)[:, 0])[0, 1]
    down = np.corrcoef(np.array(found.points)[:, 1], np.array(found.predicted)[:, 1])[0, 1]
    assert min(across, down) > 0.8


def test_a_point_left_out_is_really_left_out() -> None:
    """Looks that say nothing of the target leave a guess at the middle of the others, which is far from it."""
    spec = person(2, 0.2, looks=5)
    chance = np.random.default_rng(0)
    deaf = tuple(replace(one, features=tuple(map(float, chance.normal(size=10)))) for one in spec.samples)
    found = gaze_fit.run(replace(spec, samples=deaf), PlainContext())
    targets = np.array(found.points)
    others = (targets.sum(axis=0) - targets) / 8
    assert found.error > 0.8 * degrees_apart(others, targets, SCREEN, MM, FAR).mean()
    assert "guess" in found.note


def test_the_file_gives_live_what_was_fitted(tmp_path: Path) -> None:
    spec = person(1, 0.05, looks=6)
    out = tmp_path / "me.json"
    found = gaze_fit.run(replace(spec, out=str(out)), PlainContext())
    model = ScreenModel.load(out)
    seen = [model.point(sample.features) for sample in spec.samples]
    truth = np.array([sample.target for sample in spec.samples])
    assert degrees_apart(np.array([one[0] for one in seen]), truth, SCREEN, MM, FAR).mean() < found.error
    assert np.mean([one[1] for one in seen]) == pytest.approx(found.std)
    assert kept_fit(out) == found
    told = json.loads(out.read_text())
    assert kept_fit(_with(out, told | {"fit": None})) is None
    assert kept_fit(_with(out, told | {"fit": told["fit"] | {"points": [[1, 2]]}})) is None
    assert kept_fit(_with(out, told | {"fit": {"error": "x"}})) is None


def _with(path: Path, value: dict[str, object]) -> Path:
    path.write_text(json.dumps(value))
    return path


def test_the_network_in_the_file_is_the_one_that_was_trained() -> None:
    torch = gaze_fit.torch
    looks, _ = gaze_fit._looks(person(3, 0.1, looks=4))
    base = gaze_fit.ridge(looks, person(3, 0.1, looks=4))
    net = gaze_fit._Residual(15, 8)
    torch.nn.init.normal_(net.last.weight)
    seen = np.column_stack([gaze_fit.terms(looks.features, base.middle), np.ones(len(looks.point))])
    mu, sigma = net(torch.tensor(seen * gaze_fit._weights(), dtype=torch.float32))
    model = replace(base, hidden=net.first_numbers(gaze_fit._weights()), last=net.last_numbers(0.02))
    places, std = model.points(looks.features)
    shift = (places - base.points(looks.features)[0]) / SCREEN[0] / 0.02
    assert shift == pytest.approx(mu.detach().numpy(), abs=1e-4)
    told = sigma.detach().numpy()
    assert std / SCREEN[0] == pytest.approx(np.sqrt((told**2).mean(axis=1)), rel=1e-3)


def test_ridge_is_the_closed_form_where_every_point_counts_alike() -> None:
    looks, _ = gaze_fit._looks(person(5, 0.1, looks=3))
    once, _ = gaze_fit._solve(looks, 1e-9)
    seen = np.column_stack([gaze_fit.terms(looks.features, looks.features.mean(axis=0)), np.ones(len(looks.point))])
    best, *_ = np.linalg.lstsq(seen, looks.targets, rcond=None)
    assert seen[:, :9] @ once[:9] + seen[:, 10:] @ once[10:] == pytest.approx(
        seen[:, :9] @ best[:9] + seen[:, 10:] @ best[10:], abs=2e-3
    )


def test_the_angle_between_two_places_is_that_of_their_rays() -> None:
    middle, right = np.array([[960.0, 540.0]]), np.array([[1920.0, 540.0]])
    assert degrees_apart(middle, right, SCREEN, MM, FAR) == pytest.approx(np.degrees(np.arctan(MM[0] / 2 / FAR)))
    assert degrees_apart(middle, middle, SCREEN, MM, FAR) == pytest.approx(0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"samples": ()}, "no looks"),
        ({"samples": (GazeSample((1.0, 2.0), (0.0, 0.0)),)}, "features"),
        ({"samples": person(0, 0.1).samples[:20]}, "points"),
        ({"screen_mm": (0.0, 296.0)}, "screen"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        gaze_fit.run(replace(person(0, 0.1), **change), PlainContext())  # type: ignore[arg-type]


def test_looks_that_are_not_numbers_are_left_out() -> None:
    spec = person(0, 0.1, looks=2)
    looks, points = gaze_fit._looks(
        replace(spec, samples=(*spec.samples, GazeSample((float("nan"),) * 10, (1.0, 1.0))))
    )
    assert len(looks.point) == 18
    assert len(points) == 9


def test_a_calibration_can_be_cancelled() -> None:
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        gaze_fit.run(person(0, 0.1, looks=2), ctx)


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other"}', "{"])
def test_another_file_is_no_calibration(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(BadInput):
        ScreenModel.load(path)
