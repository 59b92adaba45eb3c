"""Models side by side: each lens is recognised from photographs or from made results, and no richer than it must be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import main
from engines.calibration.models import recommendation, run
from engines.calibration.types import ModelRow, ModelsSpec, MonoResult, MonoSpec, ViewResult
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, Intrinsics, ModelName
from tests.engines.calibration import known_scene as known

WIDE = known.Scene(
    camera=Intrinsics(130.0, 130.5, 201.0, 148.0),
    lens=(0.02, -0.003, 0.001, -0.0001),
    size=Size(400, 300),
    model="fisheye4",
)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photographs through a lens that sees beyond 90 degrees from its axis in the picture's corners."""
    folder = tmp_path_factory.mktemp("wide")
    for number, (rvec, tvec) in enumerate(known.wide_poses(WIDE, 6)):
        picture = known.picture(WIDE, rvec, tvec, seed=number)
        (folder / f"{number}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return folder


def test_a_fisheye_is_told_from_brown_on_its_photographs(wide: Path, capsys: pytest.CaptureFixture[str]):
    models = ["--models", "brown5,fisheye4"]
    code = main.main(["calibrate", "models", str(wide), "--board", "chessboard:9x6:25mm", *models, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["recommended"] == "fisheye4"
    assert "Brown" in told["words"]
    brown, fisheye = told["models"]
    assert fisheye["loo_rms_px"] < 0.2 < brown["loo_rms_px"]
    assert abs(fisheye["intrinsics"]["fx"] - 130.0) < 5 * fisheye["std"]["fx"] + 0.1


def test_rows_come_one_by_one_and_a_model_that_cannot_hold_says_so(wide: Path):
    class Listener(PlainContext):
        def __init__(self) -> None:
            super().__init__()
            self.rows: list[int] = []

        def emit(self, key: str, event: object) -> None:
            if key == "rows":
                assert isinstance(event, tuple)
                self.rows.append(len(event))

        def progress(self, done: float, total: float, note: str = "") -> None:
            assert self.done / max(self.total, 1) - 1e-9 <= done / total <= 1
            super().progress(done, total, note)

    ctx = Listener()
    mono = MonoSpec((str(wide),), known.CHESSBOARD, fix=("tangential",))
    result = run(ModelsSpec(mono, ("fisheye4", "brown5")), ctx)
    assert ctx.rows == [1, 2]
    assert [row.model for row in result.rows] == ["fisheye4", "brown5"]
    assert "'tangential' cannot be held" in result.rows[0].problem
    assert result.rows[1].result is not None


def made(model: ModelName, errors: list[float]) -> ModelRow:
    """A row whose views have these held-out errors, in pixels."""
    views = tuple(
        ViewResult(f"{number}", "", True, True, ids=tuple(range(54)), loo_rms_px=error)
        for number, error in enumerate(errors)
    )
    count = len(DISTORTION_NAMES[model])
    rms = float(np.sqrt(np.mean(np.square(errors))))
    inner, std = Intrinsics(500, 500, 320, 240), dict.fromkeys(("fx", "fy", "cx", "cy"), 0.1)
    result = MonoResult(
        model, Size(640, 480), inner, std, (0.1,) * count, (0.2,) * count, rms, rms, views, "good", (), 0.0,
        known.CHESSBOARD,
    )  # fmt: skip
    return ModelRow(model, result)


def test_the_simplest_model_within_noise_is_recommended():
    plain = [0.20, 0.22, 0.18, 0.21, 0.19, 0.20]
    shaken = [error + step for error, step in zip(plain, (-0.03, 0.02, 0.01, -0.02, 0.0, -0.01), strict=True)]
    chosen, words = recommendation([made("tilted14", shaken), made("rational8", shaken), made("brown5", plain)])
    assert chosen == "brown5"
    assert words.startswith("Brown explains the corners as well as richer models do (0.200 px")
    assert "14 of the 14 terms of the tilted model cannot be told from zero" in words


def test_a_richer_model_is_recommended_where_it_is_surely_better():
    plain = [0.40, 0.42, 0.38, 0.41, 0.39, 0.40]
    better = [error / 2 for error in plain]
    chosen, words = recommendation([made("brown5", plain), made("rational8", better), made("fisheye4", plain)])
    assert chosen == "rational8"
    assert "Brown (0.400 px) and the fisheye model (0.400 px) do not" in words


def test_without_held_out_errors_nothing_is_recommended():
    row = made("brown5", [0.2, 0.2, 0.2])
    assert row.result is not None
    assert recommendation([replace(row, result=replace(row.result, loo_rms_px=None))])[0] == ""
    assert recommendation([ModelRow("brown5", problem="no")]) == ("", "No model could be fitted")


@pytest.mark.parametrize(
    ("models", "fix", "words"),
    [
        (("brown6",), (), "not a lens model"),
        (("brown5", "brown5"), (), "compared once"),
        (("brown5", "fisheye4"), ("k9",), "'k9' cannot be held"),
    ],
)
def test_settings_that_make_no_sense_are_refused(models: tuple[str, ...], fix: tuple[str, ...], words: str):
    spec = ModelsSpec(MonoSpec(("nowhere.png",), known.CHESSBOARD, fix=fix), models)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=words):
        run(spec, PlainContext())
