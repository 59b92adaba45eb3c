"""Diffusers folders: parts from their heads alone; the denoiser's graph where diffusers is there."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engines.core.errors import BadInput
from engines.inspection.counting import count
from engines.inspection.reading.diffusers_folders import open_file
from engines.inspection.running.inputs import given_inputs
from engines.inspection.running.network import Network
from engines.inspection.types import OpenSpec
from tests.engines.generative.diffusion.models import tiny_pipelines


def folder(path: Path, pickled: bool = False) -> Path:
    """A pipeline of a kind that nobody traces, and a part that is elsewhere."""
    index = {
        "_class_name": "OddPipeline", "unet": ["diffusers", "OddModel"], "../up": ["a", "B"], "scheduler": [None, None]
    }  # fmt: skip
    (path / "unet").mkdir(parents=True)
    (path / "model_index.json").write_text(json.dumps(index))
    (path / "unet" / "config.json").write_text(json.dumps({"_class_name": "OddModel"}))
    save_file(
        {"a.weight": torch.ones(3, 4, dtype=torch.float16)}, path / "unet" / "diffusion_pytorch_model.safetensors"
    )
    if pickled:
        (path / "unet" / "other.bin").write_bytes(b"never opened")
    return path


def test_parts_are_told_from_heads_and_pickles_stay_closed(tmp_path):
    model = open_file(folder(tmp_path / "odd", pickled=True), OpenSpec("odd"))
    assert dict(model.sheet.facts) == {"pipeline": "OddPipeline", "unet": "OddModel, 12 parameters, float16"}
    assert model.sheet.counts.parameters == 12
    assert [tensor.name for tensor in model.sheet.tensors] == ["unet.a.weight"]
    assert model.weights["unet.a.weight"].dtype == torch.float16
    assert "unet/other.bin" in model.sheet.warnings[0]
    assert "OddModel" in model.sheet.runs
    with pytest.raises(BadInput, match="no graph"):
        _ = model.graph


@pytest.mark.parametrize("text", ["[]", "{", '{"unet": ["diffusers", "UNet2DModel"]}'])
def test_configurations_without_sense_are_refused_or_hold_nothing(text, tmp_path):
    (tmp_path / "model_index.json").write_text(text)
    try:
        assert open_file(tmp_path, OpenSpec("x")).sheet.runs
    except BadInput as refused:
        assert refused.path


def test_a_part_that_is_named_and_missing_is_said(tmp_path):
    (tmp_path / "model_index.json").write_text('{"unet": ["diffusers", "UNet2DModel"]}')
    assert open_file(tmp_path, OpenSpec("x")).sheet.warnings == (
        "Its index names the part 'unet', which is not in the folder",
    )


def test_an_empty_folder_is_none(tmp_path):
    with pytest.raises(BadInput, match="no diffusers model"):
        open_file(tmp_path, OpenSpec("x"))


@pytest.mark.parametrize("kind", ["ddpm", "dit"])
def test_the_denoiser_is_the_graph(kind, tmp_path):
    pipeline = tiny_pipelines.build(kind, tmp_path / kind)
    network = pipeline.unet if kind == "ddpm" else pipeline.transformer
    model = open_file(tmp_path / kind, OpenSpec(kind))
    inputs = given_inputs(model, torch.randn(1, *model.sheet.given[0].shape[1:]) if kind == "ddpm" else None)
    with torch.no_grad():
        wanted = network(**{one.name: each for one, each in zip(model.sheet.given, inputs, strict=True)}).sample
    torch.testing.assert_close(Network(model)(*inputs), wanted)
    assert count(model.graph).parameters_shared_once == sum(each.numel() for each in network.parameters())
    assert any(node.kind == "attention" for node in model.graph.nodes)
