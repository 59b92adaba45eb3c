"""Drawing samples: a seed is a picture, cancelling acts at once, memory that runs out ends nothing but its batch."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, OutOfResources, UsageError, WorkFailed
from engines.core.spec import from_json, to_json
from engines.generative.diffusion.sampling import job as sampling
from engines.generative.diffusion.sampling import watch as sampling_watch
from engines.generative.diffusion.sampling.job import Opener, draw_and_save, prepare, run
from engines.generative.diffusion.types import Guidance, Preview, SampleResult, SampleSpec, Schedule
from engines.generative.runs import history
from tests.engines.generative.diffusion.tiny import ARGUMENTS, write_tiny

ROOT = Path(__file__).resolve().parents[5]
DIGITS = SampleSpec("analytic:digits", steps=6, seeds=(0, 1, 2, 3))


@pytest.fixture
def tiny(tmp_path) -> SampleSpec:
    return SampleSpec(str(write_tiny(tmp_path / "net")), steps=4, seeds=(0, 1, 2, 3, 4, 90, 6, 7), classes=(1,))


def _drawn(spec: SampleSpec, ctx: PlainContext | None = None) -> torch.Tensor:
    opener = Opener(spec.device, spec.precision)
    return draw_and_save(prepare(opener, replace(spec, keep_steps=False)), ctx or PlainContext())[1]


def _bytes(result: SampleResult) -> list[bytes]:
    return [Path(file).read_bytes() for file in result.files]


def test_a_run_leaves_a_folder_that_tells_everything(tmp_path) -> None:
    spec = replace(DIGITS, classes=(3,), out=str(tmp_path / "run"))
    result = run(spec, PlainContext())
    assert len(result.files) == 4
    assert result.nfe == 6
    assert result.sigmas[0] == 80
    assert result.sigmas[-1] == 0
    stored = history.read_run(result.folder)
    assert (stored.spec, stored.result) == (spec, result)
    assert stored.info.exact
    names = {path.name for path in Path(result.folder).iterdir()}
    assert names == {*(f"000{n}.png" for n in range(4)), "grid.png", "thumbnail.png", "run.json", "steps.npz"}


def test_a_seed_gives_the_same_picture_alone_in_a_batch_and_in_exact_mode_to_the_bit(tiny) -> None:
    together = _drawn(tiny)
    alone = _drawn(replace(tiny, seeds=(90,)))
    assert torch.allclose(together[5:6], alone, atol=1e-5)
    assert not torch.allclose(together[4:5], alone, atol=1e-2)
    assert torch.equal(_drawn(replace(tiny, exact=True))[5:6], alone)
    by_three = _drawn(replace(tiny, batch=3))
    assert torch.allclose(by_three, together, atol=1e-5)


@pytest.mark.parametrize("sampler", ["ancestral", "dpm++2m-sde", "langevin"])
def test_fresh_noise_belongs_to_the_seed_too(tiny, sampler) -> None:
    spec = replace(tiny, sampler=sampler)
    assert torch.allclose(_drawn(spec)[5:6], _drawn(replace(spec, seeds=(90,))), atol=1e-4)


def test_two_jobs_at_once_in_threads_are_bit_equal_to_one_after_the_other(tiny) -> None:
    specs = [replace(tiny, sampler=name, guidance=Guidance(2.0), steps=8) for name in ("unipc", "dpm++2m-sde")]
    alone = [_drawn(spec) for spec in specs]
    found: list[torch.Tensor | None] = [None, None]

    def job(number: int) -> None:
        found[number] = _drawn(specs[number])

    threads = [threading.Thread(target=job, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for before, at_once in zip(alone, found, strict=True):
        assert at_once is not None
        assert torch.equal(before, at_once)


def test_two_jobs_at_once_in_processes_are_bit_equal_to_one_after_the_other(tiny, tmp_path) -> None:
    code = (
        "import sys, json\n"
        "from engines.core.context import PlainContext\nfrom engines.core.spec import from_json\n"
        "from engines.generative.diffusion.sampling.job import run\n"
        "from engines.generative.diffusion.types import SampleSpec\n"
        "print('ready', flush=True)\n"
        "run(from_json(SampleSpec, json.loads(sys.argv[1])), PlainContext())\n"
    )
    here, there = (replace(tiny, seeds=(n, n + 1), out=str(tmp_path / f"{n}")) for n in range(2))
    command = [sys.executable, "-c", code, json.dumps(to_json(there))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        at_once = run(here, PlainContext())
        assert other.wait(100) == 0
    for spec, files in (
        (here, _bytes(at_once)),
        (there, [(Path(there.out) / f"000{n}.png").read_bytes() for n in (0, 1)]),
    ):
        assert _bytes(run(replace(spec, out=spec.out + "-alone"), PlainContext())) == files


def test_a_dropped_picture_is_drawn_again_to_the_bit(tiny, tmp_path) -> None:
    first = run(replace(tiny, guidance=Guidance(3.0), sampler="ancestral", batch=5), PlainContext())
    spec, sample = history.read_settings_of(first.files[6])
    assert sample == 6
    again = run(spec, PlainContext())
    assert again.folder != first.folder
    assert _bytes(again) == _bytes(first)


def test_cancel_acts_within_one_evaluation_and_leaves_nothing() -> None:
    class Stopped(PlainContext):
        def progress(self, done: float, total: float, note: str = "") -> None:
            super().progress(done, total, note)
            if done / total >= 0.5:
                self.cancelled.set()

    ctx = Stopped()
    with pytest.raises(Cancelled):
        run(replace(DIGITS, steps=100), ctx)
    assert ctx.done / ctx.total == 0.5
    assert list(history.runs_dir().iterdir()) == []


def test_the_user_is_asked_before_every_evaluation_not_only_every_step() -> None:
    class Stopped(PlainContext):
        asked = 0

        def check(self) -> None:
            self.asked += 1

    ctx = Stopped()
    result = run(replace(DIGITS, sampler="langevin"), ctx)
    assert result.nfe > DIGITS.steps
    assert ctx.asked >= result.nfe + DIGITS.steps


def test_previews_that_cost_much_come_seldom(monkeypatch) -> None:
    """A clock moved by hand: a step takes 10 ms and a preview 20 ms, so one in forty steps can be paid for."""
    now = [0.0]
    monkeypatch.setattr(sampling_watch.time, "perf_counter", lambda: now[0])

    class Slow(PlainContext):
        shown = 0

        def emit(self, key: str, event: object) -> None:
            now[0] += 0.02
            self.shown += 1

        def progress(self, done: float, total: float, note: str = "") -> None:
            now[0] += 0.01

    ctx = Slow()
    result = run(replace(DIGITS, steps=200, keep_steps=False), ctx)
    assert 0 < result.preview_share < 0.05
    assert 3 <= ctx.shown <= 5


def test_previews_are_paid_for_and_show_the_estimate(monkeypatch, tiny) -> None:
    ctx = PlainContext()
    result = run(replace(tiny, steps=60, seeds=tuple(range(16)), classes=()), ctx)
    preview = ctx.events["preview"]
    assert isinstance(preview, Preview)
    assert preview.images is not None
    assert preview.images.shape == (16, 8, 8)
    assert 0 < result.preview_share < 0.05
    assert run(replace(tiny, preview_every=0), ctx).preview_share == 0


def test_points_have_previews_of_points_and_a_file_of_them() -> None:
    ctx = PlainContext()
    result = run(SampleSpec("analytic:moons", steps=200, sampler="heun", seeds=tuple(range(64))), ctx)
    preview = ctx.events["preview"]
    assert isinstance(preview, Preview)
    assert preview.points is not None
    assert preview.points.shape == (64, 2)
    points = np.load(result.files[0], allow_pickle=False)
    assert points.shape == (64, 2)
    assert result.straightness is not None
    assert 0 < result.straightness <= 1
    assert len(result.curvature) == 199


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory"),
        OutOfResources("There is not enough memory for this attention by naive"),
    ],
)
def test_memory_that_runs_out_halves_the_batch_and_changes_no_picture(tiny, monkeypatch, error) -> None:
    whole = _drawn(tiny)
    real = sampling.sample
    refused: list[int] = []

    def small(denoise, y, sigmas, **rest):
        if len(y) > 2:
            refused.append(len(y))
            raise error from MemoryError()
        return real(denoise, y, sigmas, **rest)

    monkeypatch.setattr(sampling, "sample", small)
    result, samples = draw_and_save(prepare(Opener(), tiny), PlainContext())
    assert refused == [8, 4]
    assert result.batch == 2
    assert "2 samples were taken at a time" in result.notes[-1]
    assert torch.allclose(samples, whole, atol=1e-5)
    with history.Steps(result.folder) as steps:
        assert np.allclose(steps.y(4), whole.numpy(), atol=1e-2)


def test_a_real_allocation_that_fails_is_told_as_memory(tiny, monkeypatch) -> None:
    def greedy(*_: object, **__: object) -> torch.Tensor:
        return torch.empty(2**50, dtype=torch.uint8)

    monkeypatch.setattr(sampling, "sample", greedy)
    with pytest.raises(OutOfResources, match="One sample of Tiny tiny does not fit"):
        _drawn(replace(tiny, seeds=(0,)))


def test_another_failure_is_not_mistaken_for_memory(tiny, monkeypatch) -> None:
    monkeypatch.setattr(sampling, "sample", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("shapes differ")))
    with pytest.raises(RuntimeError, match="shapes differ"):
        _drawn(tiny)


def test_samples_that_are_not_finite_are_a_failure(tiny) -> None:
    with pytest.raises(WorkFailed, match="not finite"):
        _drawn(replace(tiny, guidance=Guidance(1e38)))


def test_a_flow_begins_at_infinite_noise(tmp_path) -> None:
    path = write_tiny(tmp_path, "flow", prediction="u", process="flow", sigma_max=0.0, sigma_min=0.001)
    result = run(SampleSpec(str(path), steps=3, schedule=Schedule("flow"), sampler="euler"), PlainContext())
    assert math.isinf(result.sigmas[0])
    assert from_json(SampleResult, json.loads(json.dumps(to_json(result)))).sigmas[1:] == result.sigmas[1:]
    stored = history.read_run(result.folder)
    assert math.isinf(stored.result.sigmas[0])


def test_half_precision_is_close_and_is_the_networks_alone(tiny) -> None:
    single, half = _drawn(tiny), _drawn(replace(tiny, precision="bfloat16"))
    assert half.dtype == torch.float32
    assert 0 < float((single - half).abs().max()) < 0.2


def test_double_precision_is_closer_to_itself_than_single(tiny) -> None:
    double = _drawn(replace(tiny, precision="float64"))
    assert double.dtype == torch.float64
    assert torch.allclose(double.float(), _drawn(tiny), atol=1e-4)


def test_teleport_lands_where_it_is_told_and_says_so() -> None:
    result = run(replace(DIGITS, teleport=True, teleport_to=5.0), PlainContext())
    assert result.sigmas[0] == 5.0
    assert "from noise level 80 to 5" in result.notes[0]


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_drawn(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="Not a directory|cannot be written"):
        run(replace(DIGITS, out=str(tmp_path / "file" / "below")), PlainContext())


def test_a_full_disk_ends_the_run_with_advice(monkeypatch, tmp_path) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sampling.png, "write_png", full)
    with pytest.raises(OutOfResources, match="No space left"):
        run(replace(DIGITS, out=str(tmp_path / "run")), PlainContext())
    assert not (tmp_path / "run").exists()


def test_the_estimate_of_memory_grows_with_what_is_asked() -> None:
    result = run(DIGITS, PlainContext())
    more = run(replace(DIGITS, seeds=tuple(range(16))), PlainContext())
    assert 0 < result.bytes < more.bytes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"steps": 0}, "0 steps"),
        ({"steps": 10_000}, "10000 steps"),
        ({"seeds": ()}, "no seed"),
        ({"seeds": (-1,)}, "A seed is"),
        ({"sampler": "magic"}, "no sampler 'magic'"),
        ({"options": {"eta": 1.0}, "sampler": "euler"}, "no option 'eta'"),
        ({"options": {"eta": math.nan}, "sampler": "ancestral"}, "cannot be nan"),
        ({"schedule": Schedule("magic")}, "No schedule"),
        ({"schedule": Schedule(sigma_min=2.0, sigma_max=1.0)}, "not above"),
        ({"schedule": Schedule("custom")}, "two points"),
        ({"guidance": Guidance(math.nan)}, "weight is nan"),
        ({"guidance": Guidance(2.0, interval=(2.0, 1.0))}, "interval is empty"),
        ({"classes": (10, 11)}, "2 classes for 4 samples"),
        ({"classes": (11,)}, "11 is none"),
        ({"prompt": "a dog"}, "takes no prompt"),
        ({"size": (9, 9)}, "draws 8 x 8"),
        ({"batch": -1}, "negative"),
        ({"guidance": Guidance(2.0, "auto")}, "no weaker version"),
        ({"guidance": Guidance(2.0, "classifier")}, "no classifier"),
        ({"model": ""}, "No model"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(changes, words) -> None:
    with pytest.raises(UsageError, match=words):
        run(replace(DIGITS, **changes), PlainContext())
    assert list(history.runs_dir().iterdir()) == []


def test_a_weaker_model_must_draw_the_same_things(tiny, tmp_path) -> None:
    weak = str(write_tiny(tmp_path / "weak", seed=1))
    strong = _drawn(replace(tiny, guidance=Guidance(1.0, "auto", weak=weak)))
    assert torch.equal(strong, _drawn(tiny))
    away = _drawn(replace(tiny, guidance=Guidance(2.0, "auto", weak=weak)))
    assert not torch.allclose(away, strong, atol=1e-3)
    other = str(write_tiny(tmp_path / "other", classes=["a"], arguments={**ARGUMENTS, "classes": 1}))
    with pytest.raises(UsageError, match="draws other things"):
        _drawn(replace(tiny, guidance=Guidance(2.0, "auto", weak=other)))


def test_what_the_window_reads_needs_no_torch() -> None:
    names = ["diffusion.models.cards", "diffusion.models.catalog", "diffusion.models.memory", "diffusion.axis.levels"]
    names += ["diffusion.sampling.checks", "diffusion.studies.comparison_axes"]
    names += [f"runs.{name}" for name in ("exporting", "history", "png", "sheets", "steps_file")]
    code = f"import sys, importlib; [importlib.import_module('engines.generative.' + n) for n in {names}]; "
    done = subprocess.run(
        [sys.executable, "-c", code + "print('torch' in sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
