"""Other libraries' samplers beside ours: k-diffusion and diffusers, where they are installed (`make peers`).

k-diffusion's package imports everything it trains and measures with, torchvision too. Its samplers need none of that,
so only their file is loaded, with the one function they use of its `utils`.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

NAME = "k_diffusion.sampling"


@cache
def k_diffusion() -> ModuleType | None:
    """k-diffusion's `sampling` module; None where it, torchsde or torchdiffeq is not installed."""
    package = importlib.util.find_spec("k_diffusion")
    if package is None or package.origin is None:
        return None
    spec = importlib.util.spec_from_file_location(NAME, Path(package.origin).with_name("sampling.py"))
    if spec is None or spec.loader is None:
        return None
    parent, own = ModuleType("k_diffusion"), ModuleType("k_diffusion.utils")
    own.append_dims = lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)]  # type: ignore[attr-defined]
    parent.utils = own  # type: ignore[attr-defined]
    module = importlib.util.module_from_spec(spec)
    before = {name: sys.modules.get(name) for name in ("k_diffusion", "k_diffusion.utils")}
    sys.modules.update({"k_diffusion": parent, "k_diffusion.utils": own})
    try:
        spec.loader.exec_module(module)
    except ImportError:
        return None
    finally:
        for name, old in before.items():
            sys.modules.pop(name) if old is None else sys.modules.update({name: old})
    module.tqdm.monitor_interval = 0
    return module


@cache
def diffusers() -> ModuleType | None:
    """The `diffusers` package; None where it is not installed."""
    if importlib.util.find_spec("diffusers") is None:
        return None
    return importlib.import_module("diffusers")


def versions() -> dict[str, str]:
    """Of the libraries that are measured against."""
    absent = "not installed (make peers)"
    return {
        "diffusers": getattr(diffusers(), "__version__", absent),
        "k_diffusion": "installed" if k_diffusion() else absent,
    }


def scheduler(name: str, sigmas: Tensor, **config: Any) -> Any:
    """A diffusers scheduler by class name, told to walk exactly these levels, which end in 0.

    The levels replace what `set_timesteps` made, in float64: what differs then is the arithmetic alone.
    """
    import torch

    library = diffusers()
    assert library is not None
    made, count = getattr(library, name)(**config), len(sigmas) - 1
    made.set_timesteps(count)
    made.sigmas = sigmas.clone()
    made.timesteps = torch.arange(count, 0, -1, dtype=torch.float32)
    if hasattr(made, "set_begin_index"):
        made.set_begin_index(0)
    made.is_scale_input_called = True
    return made


def walk_scheduler(
    made: Any,
    denoise: Callable[[Tensor, Tensor], Tensor],
    y: Tensor,
    sigmas: Tensor,
    *,
    scale: Callable[[float], float] = lambda sigma: 1.0,
    answer: str = "x0",
    **options: Any,
) -> list[Tensor]:
    """The states y at every level that a scheduler's `step` gives, the start first.

    scale: s of the scheduler's own state s y. answer: what `step` is handed, "x0", "eps" or "u".
    """
    values, states = sigmas.tolist(), [y]
    for at, sigma, following, time in zip(sigmas, values, values[1:], made.timesteps, strict=False):
        denoised = denoise(y, at)
        handed = denoised if answer == "x0" else (y - denoised) / sigma - (denoised if answer == "u" else 0)
        y = made.step(handed, time, y * scale(sigma), **options).prev_sample / scale(following)
        states.append(y)
    return states
