"""The machine that times hold for: processor and its flags, threads, torch, versions of kernels, device."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import astuple, dataclass
from functools import cache, cached_property

import torch

from engines.attention.types import KINDS
from engines.core.processor import fact
from engines.core.words import tr

TELLING = ("avx2", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16", "asimd", "bf16", "sve")
"""Flags of a processor that decide how fast attention is."""


@dataclass(frozen=True)
class Machine:
    """flags: all of the processor's; torch: its version and the instructions it uses; kernels: "name version" of each.
    device: the GPU's name, "cpu" for none. A change of any makes another machine.
    """

    processor: str
    flags: tuple[str, ...]
    threads: int
    torch: str
    kernels: tuple[str, ...]
    device: str

    @cached_property
    def id(self) -> str:
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]

    @cached_property
    def computer(self) -> str:
        """The same for every version and count of threads."""
        return hashlib.sha256(repr((self.processor, self.flags, self.device)).encode()).hexdigest()[:16]

    def __str__(self) -> str:
        telling = ", ".join(flag for flag in TELLING if flag in self.flags)
        threads = tr("one thread") if self.threads == 1 else tr("{threads} threads", threads=self.threads)
        on = "" if self.device == "cpu" else f", {self.device}"
        return tr(
            "{processor} ({telling}), {threads}, torch {torch}{on}",
            processor=self.processor,
            telling=telling or tr("plain"),
            threads=threads,
            torch=self.torch,
            on=on,
        )


def machine(device: torch.device | str = "cpu") -> Machine:
    """This machine, with as many threads as torch uses now."""
    return _machine(str(device), torch.get_num_threads())


@cache
def _machine(device: str, threads: int) -> Machine:
    kernels = tuple(f"{kind.id} {kind.version}" for kind in KINDS if kind.exact)
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else device
    told = f"{torch.__version__} {torch.backends.cpu.get_cpu_capability()}"
    return Machine(fact("model name") or platform.machine(), _flags(), threads, told, kernels, name)


def _flags() -> tuple[str, ...]:
    return tuple(sorted((fact("flags") or fact(tr("Features"))).split()))
