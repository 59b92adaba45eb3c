"""A loop that keeps a checkpoint: killed or cancelled at any step, it goes on with the numbers it would have had.

The checkpoint lies beside the result and goes once that is whole. It is written so seldom that writing takes a
twentieth of the time at most.
"""

from __future__ import annotations

import hashlib
import json
import time
from abc import abstractmethod
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from engines.core.errors import BadInput
from engines.core.outputs import check_file, holding
from engines.core.reading import MISFITS
from engines.core.spec import to_json
from engines.core.training.checkpoints import check_same, read_checkpoint, write_checkpoint
from engines.core.training.loop import Loop
from engines.core.training.standing import remove, sweep_parts
from engines.core.words import tr

KIND = holding(tr("the checkpoint of a training"), b'"said"', b"spec")
SOONEST, LATEST, SHARE, LOST = 2.0, 30.0, 20, 0.1
"""Seconds between two checkpoints; how much longer is trained than written; share of the work that a kill may cost."""


class KeptLoop(Loop):
    """spec: has `anew` and `keep`. kept: the checkpoint's path. learned: fingerprint of what is learned from.

    FREE: settings that may differ between a training and its continuation. resumed: step it went on from, 0 for a new
    one.
    """

    FREE: ClassVar[Collection[str]]
    spec: Any
    kept: Path
    learned: str
    resumed = 0
    _saved_at, _begun, _saved, _cost = 0, 0.0, 0.0, 0.0

    @abstractmethod
    def tensors(self) -> dict[str, Tensor]:
        """All that changes from step to step, by name."""

    @abstractmethod
    def said(self) -> dict[str, Any]:
        """The plain values."""

    @abstractmethod
    def restore(self, tensors: dict[str, Tensor], said: dict[str, Any]) -> None:
        """The state that these were of. May raise `KeyError`, `ValueError` and `RuntimeError` for what does not fit."""

    def resume(self) -> None:
        """Go on from the checkpoint, where there is one and the training is not to begin anew.

        Raises `BadInput` where it is of other settings or of other data than there are now, or is to be kept as it is
        and is not there.
        """
        self._begun = self._saved = time.monotonic()
        check_file(self.kept, KIND)
        sweep_parts(self.kept)
        held = None if self.spec.anew else read_checkpoint(self.kept)
        if held is None and self.spec.keep:
            raise BadInput(tr("There is no checkpoint of this training"), path=self.kept, hint=tr("Train it first"))
        if held is None:
            remove(self.kept)
            return
        if not isinstance(before := held.said.get("spec"), dict):
            raise BadInput(tr("The checkpoint does not say what it is of"), path=self.kept, hint=tr("Train anew"))
        check_same(self.kept, before, to_json(self.spec), self.FREE)
        if held.said.get("learned") != self.learned:
            message = tr("What is learned from was changed since this training was cut off")
            raise BadInput(message, path=self.kept, hint=tr("Train anew"))
        try:
            self.restore(held.tensors, held.said)
            if not 0 <= self.step <= held.said.get("steps", self.step):
                raise ValueError(self.step)
        except (*MISFITS, RuntimeError) as error:
            raise BadInput(tr("The checkpoint is of another network"), path=self.kept, hint=tr("Train anew")) from error
        self.resumed = self._saved_at = self.step
        self.ctx.progress(self.step, self.steps, resumed_words(self.step, self.steps))

    def save(self) -> None:
        """Write the checkpoint, where anything was learned since the last one."""
        if self.step == self._saved_at:
            return
        began = time.monotonic()
        said = {
            "spec": to_json(self.spec),
            "step": self.step,
            "steps": self.steps,
            "learned": self.learned,
            **self.said(),
        }
        write_checkpoint(self.kept, self.tensors(), said)
        self._saved, self._saved_at = time.monotonic(), self.step
        self._cost = self._saved - began

    def save_now_and_then(self) -> None:
        """Where it is time for it."""
        now = time.monotonic()
        if now - self._saved > between(self._cost, now - self._begun):
            self.save()

    def to_the_end(self) -> str:
        """As of every loop; a checkpoint that is to be kept as it is takes no more steps."""
        return "kept" if self.spec.keep else super().to_the_end()

    @property
    def cut_off(self) -> int:
        """The step at which a checkpoint was kept as it is, 0 for a training that was not cut off."""
        return self.step if self.spec.keep else 0

    def sweep(self) -> None:
        """The result is whole: nothing is left to go on from. A checkpoint that was kept as it is may yet go on."""
        if not self.spec.keep:
            remove(self.kept)


def between(cost: float, age: float) -> float:
    """Seconds from one checkpoint to the next, of a training `age` seconds old; cost: seconds that writing takes."""
    return min(max(SOONEST, SHARE * cost, LOST * age), LATEST)


def resumed_words(step: int, steps: int) -> str:
    return tr("Resumed at step {step:,} of {steps:,}", step=step, steps=steps)


def fingerprint(parts: Iterable[ArrayLike | str]) -> str:
    """Of arrays and words, one after another."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(part.encode("utf-8", "surrogateescape"))
            continue
        array = np.ascontiguousarray(part)
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(array.data.cast("B") if array.size else b"")
    return digest.hexdigest()


def network_tensors(network: torch.nn.Module) -> dict[str, Tensor]:
    return {f"network.{name}": value for name, value in network.state_dict().items()}


def under(name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Those whose names begin with `name.`, without it."""
    return {key.removeprefix(f"{name}."): value for key, value in tensors.items() if key.startswith(f"{name}.")}


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Moments and counts of each parameter, by its number."""
    state = optimiser.state_dict()["state"]
    return {
        f"optimiser.{number}.{name}": value
        for number, held in state.items()
        for name, value in held.items()
        if isinstance(value, Tensor)
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """The inverse of `optimiser_tensors`."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in under("optimiser", tensors).items():
        number, _, name = key.partition(".")
        state.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict(optimiser.state_dict() | {"state": state})


def chance_tensors(device: str) -> dict[str, Tensor]:
    """Torch's own random numbers, of the CPU and of the device that is trained on."""
    held = {"chance.cpu": torch.get_rng_state()}
    return held | ({"chance.cuda": torch.cuda.get_rng_state()} if device.startswith("cuda") else {})


def restore_chance(tensors: dict[str, Tensor]) -> None:
    torch.set_rng_state(tensors["chance.cpu"])
    if "chance.cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors["chance.cuda"])


def generator_words(generator: np.random.Generator) -> str:
    """Where numpy's random numbers are, as JSON: its counters are longer than other readers take."""
    return json.dumps(generator.bit_generator.state)


def restore_generator(generator: np.random.Generator, said: str) -> None:
    generator.bit_generator.state = json.loads(said)
