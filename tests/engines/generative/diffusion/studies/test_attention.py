"""The attention of a shipped network while it samples: the very sample of a run, and maps that are its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.attention.listening import Call, listening
from engines.attention.types import SeeSpec
from engines.attention.watching.recording import Recording
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled
from engines.generative.diffusion.models.opening import open_model
from engines.generative.diffusion.sampling import job as sampling
from engines.generative.diffusion.studies import attention
from engines.generative.runs.png import read_image
from tests.engines.generative.diffusion.tiny import write_tiny

UNET = SeeSpec("digits-unet", 7, 3, 5)


@pytest.mark.parametrize(
    ("spec", "names", "grid"),
    [
        (SeeSpec("mnist-dit", 3, 2, 1), [f"Layer {number}" for number in range(1, 6)], (7, 7)),
        (UNET, ["Down", "Middle", "Up 1", "Up 2"], (4, 4)),
    ],
)
def test_the_sample_is_that_of_a_run_and_every_layer_is_there(
    spec: SeeSpec, names: list[str], grid: tuple[int, int], tmp_path: Path
) -> None:
    result = attention.run(
        SeeSpec(spec.model, spec.label, spec.steps, spec.seed, out=f"{tmp_path}/a.npz"), PlainContext()
    )
    found = Recording.open(result.file)
    assert [site.name for site in found.sites] == names
    assert {site.grid for site in found.sites} == {grid}
    assert (found.sites, found.steps, found.sigmas) == (result.sites, result.steps, result.sigmas)
    assert len(result.kernels) == 1
    ran = sampling.run(attention.sample_of(spec), PlainContext())
    assert np.array_equal(found.picture(spec.steps), read_image(Path(ran.folder, ran.files[0])))


def test_what_is_kept_of_a_step_is_what_its_layers_were_asked(tmp_path: Path) -> None:
    result = attention.run(replace(UNET, out=f"{tmp_path}/a.npz"), PlainContext())
    found = Recording.open(result.file)
    model, calls = open_model(UNET.model), list[Call]()
    noise = torch.Generator().manual_seed(5)
    y = found.sigmas[0] * torch.randn(1, 1, 8, 8, generator=noise)
    with listening(calls.append):
        model.denoise(model.labels([7]))(y, torch.tensor(found.sigmas[0], dtype=torch.float64))
    assert len(calls) == len(found.sites)
    for site, call in enumerate(calls):
        q, k = (np.asarray(part[0].numpy(), np.float64) for part in (call.request.q, call.request.k))
        scores = q @ k.swapaxes(1, 2) * call.request.scale
        whole = np.exp(scores) / np.exp(scores).sum(2, keepdims=True)
        rows = np.array([found.row(0, site, 0, query) for query in range(16)])
        assert np.abs(rows - whole[0]).max() < 1e-5
        assert np.abs(rows.sum(1) - 1).max() < 1e-12
        mass, entropy = found.mass(0, site), found.entropy(0, site)
        assert np.abs(mass[0] - rows.sum(0)).max() < 1e-12
        assert np.abs(mass.sum(1) - 16).max() < 1e-12
        assert np.abs(entropy[0] + (rows * np.log(rows)).sum(1)).max() < 1e-12


def test_a_model_without_attention_and_a_run_that_is_left(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no attention to see"):
        attention.run(SeeSpec("analytic:digits"), PlainContext())
    plain = {"shape": [1, 8, 8], "classes": 3, "width": 8, "multiples": [1, 2], "depth": 1, "attention": []}
    path = write_tiny(tmp_path, arguments=plain)
    with pytest.raises(BadInput, match="no attention layer"):
        attention.run(SeeSpec(str(path), 1, 2, out=f"{tmp_path}/a.npz"), PlainContext())
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        attention.run(replace(UNET, out=f"{tmp_path}/a.npz"), ctx)
    assert not list(tmp_path.glob("*.npz"))
    assert not list(tmp_path.glob(".*part*"))
