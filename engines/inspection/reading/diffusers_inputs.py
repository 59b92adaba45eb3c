"""What the networks of diffusers are given, by their class and configuration, to trace them once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.types import Shape

STEP = 100.0
"""Of 1000, at which a plain picture shows through the noise."""
WORDS = 77
SIDE = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """tensors: by the name that `forward` takes. values: what those are filled with that take no picture. added: more,
    a dict of them by one name."""

    tensors: dict[str, torch.Tensor]
    values: dict[str, float] = field(default_factory=dict)
    added: dict[str, torch.Tensor] = field(default_factory=dict)

    def rest(self, dtype: torch.dtype) -> dict[str, Any]:
        return {"added_cond_kwargs": {name: one.to(dtype) for name, one in self.added.items()}} if self.added else {}


def asked(kind: str, config: Mapping[str, Any], told: Shape) -> Asked:
    """Raises `BadInput` for a shape of other axes, and what a configuration without sense raises."""
    found = CLASSES[kind](config)
    sample = next(iter(found.tensors))
    if not told:
        return found
    usual = found.tensors[sample].shape
    if len(told) != len(usual) or told[0] != 1 or min(told) < 1:
        raise BadInput(
            tr(
                "The input '{sample}' has {count} axes, such as {usual}",
                sample=sample,
                count=len(usual),
                usual="x".join(map(str, usual)),
            )
        )
    found.tensors[sample] = torch.zeros(told)
    return found


def _sample(config: Mapping[str, Any]) -> torch.Tensor:
    said = config.get("sample_size") or SIDE
    high, wide = said if isinstance(said, list) else (said, said)
    return torch.zeros(1, int(config["in_channels"]), int(high), int(wide))


def _time(value: float = STEP) -> torch.Tensor:
    return torch.full((1,), value)


def _pixels(config: Mapping[str, Any]) -> Asked:
    found = Asked({"sample": _sample(config), "timestep": _time()}, {"timestep": STEP})
    if config.get("num_class_embeds"):
        found.tensors["class_labels"] = torch.zeros(1, dtype=torch.int64)
    return found


def _with_text(config: Mapping[str, Any]) -> Asked:
    width = config["cross_attention_dim"]
    text = torch.zeros(1, WORDS, int(width[0] if isinstance(width, list) else width))
    found = Asked({"sample": _sample(config), "timestep": _time(), "encoder_hidden_states": text}, {"timestep": STEP})
    if config.get("addition_embed_type") == "text_time":
        pooled = int(config["projection_class_embeddings_input_dim"]) - 6 * int(config["addition_time_embed_dim"])
        found.added.update(text_embeds=torch.zeros(1, pooled), time_ids=torch.zeros(1, 6))
    return found


def _classes(config: Mapping[str, Any]) -> Asked:
    tensors = {"hidden_states": _sample(config), "timestep": _time(), "class_labels": torch.zeros(1, dtype=torch.int64)}
    return Asked(tensors, {"timestep": STEP})


def _rectified(config: Mapping[str, Any]) -> Asked:
    text = torch.zeros(1, WORDS, int(config["joint_attention_dim"]))
    pooled = torch.zeros(1, int(config["pooled_projection_dim"]))
    tensors = {"hidden_states": _sample(config), "encoder_hidden_states": text, "pooled_projections": pooled}
    return Asked(tensors | {"timestep": _time()}, {"timestep": STEP})


def _pictures(config: Mapping[str, Any]) -> Asked:
    return Asked({"sample": _sample(config)})


CLASSES: Mapping[str, Callable[[Mapping[str, Any]], Asked]] = {
    "UNet2DModel": _pixels,
    "UNet2DConditionModel": _with_text,
    "DiTTransformer2DModel": _classes,
    "SD3Transformer2DModel": _rectified,
    "AutoencoderKL": _pictures,
}
