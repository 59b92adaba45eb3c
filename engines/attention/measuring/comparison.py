"""Job: kinds of attention beside one another over lengths, in one run, turn by turn.

What else the machine does slows all kinds of a length alike, because each has its turn in every round. A kind that
would take too long at a length, or too much memory, is left out there, and the point says so. Memory is measured last,
in a child process, so that the curves of time are there first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import log2
from statistics import quantiles
from time import perf_counter

import torch

from engines.attention.auto.machine import machine
from engines.attention.auto.race import settle
from engines.attention.dispatch import attention
from engines.attention.kernels import kernel
from engines.attention.listening import Call, listening
from engines.attention.measuring import costs, exactness, memory
from engines.attention.measuring.ceilings import COPIED, ceiling, higher
from engines.attention.measuring.exactness import Truth
from engines.attention.measuring.examples import check_seed, check_size, example
from engines.attention.request import Request
from engines.attention.types import KINDS, Ceiling, CompareResult, CompareSpec, MemoryCase, Point, WhichSpec
from engines.core.context import Context
from engines.core.errors import KinoscopeError, UsageError
from engines.core.training.devices import named
from engines.core.training.threads import ran_out, threads
from engines.core.words import tr

CALL_LIMIT = 4.0
"""Seconds a call beyond which a kind is left out at a length."""
AUTO_LIMIT = 2000.0
"""Milliseconds a call beyond which `auto` is not asked."""
MATRIX_LIMIT = 2**31
"""Bytes of a whole matrix beyond which it is left out."""
ENOUGH, MOST = 0.1, 2.0
"""Seconds of a kind at a length after which its turns suffice, and after which three do."""
FEW, MANY = 3, 4
"""Turns of a slow kind; times the turns asked for, of a fast one."""
LONGEST = 1 << 20
TITLES = {kind.id: kind.title for kind in KINDS}
EXACT = {kind.id for kind in KINDS if kind.exact}
GROWTH = 4.0
"""Times the time when the length doubles, for what is not known yet."""


def run(spec: CompareSpec, ctx: Context) -> CompareResult:
    """Emits the result so far as "comparison" after every length.

    Raises `UsageError` for settings without sense and kinds there are not, `OutOfResources` where there is no such
    device.
    """
    _check(spec)
    wanted = spec.threads or os.cpu_count() or 1
    with ctx.lease(spec.device, _bytes(spec), wanted) as lease, threads(lease.threads):
        study = Study(spec, ctx)
        for length in spec.lengths:
            study.measure_ceiling()
            study.measure(length)
        study.measure_memory(lease.threads)
        ctx.progress(1, 1, "")
        return study.result()


def _check(spec: CompareSpec) -> None:
    if not spec.kinds or not spec.lengths:
        raise UsageError(tr("A comparison needs a kind and a length"))
    for name in spec.kinds:
        if name not in TITLES:
            raise UsageError(
                tr("There is no attention called '{name}'", name=name),
                hint=tr("Known are {titles}", titles=", ".join(TITLES)),
            )
    least = {"batch": spec.batch, "heads": spec.heads, "dim": spec.dim, "repeats": spec.repeats}
    for field_, value in least.items():
        if value < 1:
            raise UsageError(tr("{field} is {value}", field=field_, value=value), hint=tr("Give 1 or more"))
    if not all(1 <= length <= LONGEST for length in spec.lengths):
        raise UsageError(tr("Lengths are from 1 to {longest:,}", longest=LONGEST))
    most = os.cpu_count() or 1
    if not 0 <= spec.threads <= most:
        raise UsageError(
            tr("{threads} threads", threads=spec.threads), hint=tr("Give 0 for all, or up to {most}", most=most)
        )
    check_size(spec.batch, spec.heads, max(spec.lengths), spec.dim)
    check_seed(spec.seed)
    named(spec.device)


def _bytes(spec: CompareSpec) -> int:
    """Memory at the highest moment: the largest matrix that is not left out, twice what goes in and out, the copy."""
    cases = [(kind, length) for kind in spec.kinds for length in spec.lengths]
    held = [size for kind, length in cases if (size := costs.matrix_bytes(kind, spec, length)) <= MATRIX_LIMIT]
    return int(max(held, default=0.0) + 2 * costs.traffic(spec, max(spec.lengths)) + 2 * COPIED)


@dataclass(slots=True)
class Runner:
    """A kind at one length. spent: seconds of each turn."""

    kind: str
    call: Callable[[], object]
    spent: list[float] = field(default_factory=list)

    def done(self, repeats: int) -> bool:
        total, turns = sum(self.spent), len(self.spent)
        return (turns >= repeats and total >= ENOUGH) or turns >= MANY * repeats or (turns >= FEW and total >= MOST)


class Study:
    """Points by kind and length, in the order in which they are found."""

    def __init__(self, spec: CompareSpec, ctx: Context) -> None:
        self.spec, self.ctx = spec, ctx
        self.points: dict[tuple[str, int], Point] = {}
        self.auto: dict[int, str] = {}
        self.notes: list[str] = []
        self.ceiling = Ceiling(0.0, 0.0)
        self._done, self._all = 0.0, costs.seconds(spec)

    def result(self) -> CompareResult:
        """What there is so far; points in the order of the spec. What an exact kind reached is no higher than the
        ceiling, whatever disturbed the measurement of that."""
        asked = ((kind, length) for kind in self.spec.kinds for length in self.spec.lengths)
        points = tuple(self.points[at] for at in asked if at in self.points)
        told = str(machine(self.spec.device))
        reached = max((one.gflops or 0.0 for one in points if one.kind in EXACT), default=0.0)
        top = higher(self.ceiling, Ceiling(reached))
        return CompareResult(self.spec, points, top, tuple(self.auto.items()), told, tuple(self.notes))

    def measure_ceiling(self) -> None:
        """The highest so far: what else the machine does can only lower it."""
        self._say(tr("Measuring the ceilings"))
        self._done += costs.BEGINNING / 2 / len(self.spec.lengths)
        self.ceiling = higher(self.ceiling, ceiling(getattr(torch, self.spec.dtype), self.spec.device))

    def measure(self, length: int) -> None:
        """Time and error of every kind, and what `auto` takes."""
        asked = example(self._asked(length), self.spec.seed)
        runners = list(self._runners(asked, length))
        self._turns(runners, length)
        for runner in runners:
            self._put(self._timed(runner, length))
        self._errors(asked, [runner.kind for runner in runners], length)
        self._ask_auto(asked, length)
        self.ctx.emit("comparison", self.result())

    def measure_memory(self, count: int) -> None:
        """In a child that is asked for one case after another; lengths once more from the shortest."""
        each = costs.BEGINNING / 2 / len(self.points)
        with memory.measuring(count) as measure:
            for length in self.spec.lengths:
                for kind in self.spec.kinds:
                    self._done += each
                    self._say(tr("Memory of {titles} at {length:,}", titles=TITLES[kind], length=length))
                    point = self.points[kind, length]
                    if point.ms is not None:
                        self._put(replace(point, extra_mb=measure(MemoryCase(kind, self._asked(length)))))
                self.ctx.emit("comparison", self.result())

    def _asked(self, length: int) -> WhichSpec:
        spec = self.spec
        return WhichSpec(
            spec.batch, spec.heads, length, spec.dim, spec.dtype, spec.causal, spec.window, spec.device, spec.backward
        )

    def _runners(self, asked: Request, length: int) -> Iterator[Runner]:
        """The kinds that can do it, each after its first call, which may load or compile."""
        for kind in self.spec.kinds:
            why = _refusal(asked, kind) or self._too_much(kind, length)
            if why:
                self._skip(kind, length, why)
                continue
            self._say(tr("{titles} at {length:,}", titles=TITLES[kind], length=length))
            runner = Runner(kind, _call(asked, kind))
            failed = _tried(runner.call)
            if failed:
                self._skip(kind, length, failed)
            else:
                yield runner

    def _turns(self, runners: list[Runner], length: int) -> None:
        left = list(runners)
        while left:
            for runner in left:
                self.ctx.check()
                settle(self.spec.device)
                start = perf_counter()
                runner.call()
                settle(self.spec.device)
                runner.spent.append(perf_counter() - start)
            for runner in [one for one in left if one.done(self.spec.repeats)]:
                left.remove(runner)
                self._done += costs.seconds_at(self.spec, length)
                self._say(tr("Turn by turn at {length:,}", length=length))

    def _timed(self, runner: Runner, length: int) -> Point:
        low, middle, high = (1e3 * part for part in _quartiles(runner.spent))
        rate = 1e-6 * costs.products(self.spec, length) / middle
        return Point(runner.kind, length, ms=middle, low_ms=low, high_ms=high, gflops=rate)

    def _errors(self, asked: Request, kinds: list[str], length: int) -> None:
        self._say(tr("Errors at {length:,}", length=length))
        exact: Truth | None = exactness.truth(asked, self.spec.seed) if kinds else None
        for kind in kinds:
            self.ctx.check()
            assert exact is not None
            error, grad_error = exactness.errors(asked, kind, exact)
            self._put(replace(self.points[kind, length], error=error, grad_error=grad_error))

    def _ask_auto(self, asked: Request, length: int) -> None:
        """The kernel that `auto` takes, as it tells itself; it may measure, in some ten times the time of a call, so it
        is not asked where exact kinds are slow or none was measured."""
        times = [one.ms for at, one in self.points.items() if at[1] == length and one.ms and at[0] in EXACT]
        if min(times, default=AUTO_LIMIT) >= AUTO_LIMIT:
            self._note(
                tr(
                    "auto was not asked at {length:,}, where exact attention is slow or not among the kinds",
                    length=length,
                )
            )
            return
        heard: list[Call] = []
        self._say(tr("What auto takes at {length:,}", length=length))
        try:
            with listening(heard.append):
                attention(asked.q, asked.k, asked.v, causal=asked.causal, window=asked.window)
        except KinoscopeError as error:
            self._note(str(error))
        for call in heard:
            self.auto[length] = call.kernel
            self._note(call.note)

    def _too_much(self, kind: str, length: int) -> str:
        """Why not to try: by its times at shorter lengths, or the matrix that it holds."""
        held = costs.matrix_bytes(kind, self.spec, length)
        if held > MATRIX_LIMIT:
            return tr("it would hold a matrix of {held:.1f} GiB", held=held / 2**30)
        expected = self._expected(kind, length)
        return tr("a call would take about {expected:.0f} s", expected=expected) if expected > CALL_LIMIT else ""

    def _expected(self, kind: str, length: int) -> float:
        """Seconds of a call, as the last two lengths go on; 0 before there is one. One that was left out stays out."""
        shorter = sorted(point.length for at, point in self.points.items() if at[0] == kind and point.length < length)
        known = [(n, 1e-3 * ms) for n in shorter if (ms := self.points[kind, n].ms) is not None]
        if not known:
            return 0.0
        (last, seconds) = known[-1]
        return float(seconds * _growth(known) ** log2(length / last))

    def _skip(self, kind: str, length: int, why: str) -> None:
        self._done += costs.seconds_at(self.spec, length)
        self._put(Point(kind, length, skipped=why))

    def _put(self, point: Point) -> None:
        self.points[point.kind, point.length] = point

    def _note(self, note: str) -> None:
        if note and note not in self.notes:
            self.notes.append(note)

    def _say(self, note: str) -> None:
        self.ctx.check()
        self.ctx.progress(self._done, self._all, note)


def _refusal(asked: Request, kind: str) -> str:
    """Why a kind cannot do what is asked, or is not there on this machine; "" where it can."""
    try:
        return kernel(kind).refuses(asked, False)
    except ImportError as error:
        return tr("it cannot be loaded here: {error}", error=error)


def _call(asked: Request, kind: str) -> Callable[[], object]:
    """One turn: forward, or forward and backward of the sum of the output."""
    run = kernel(kind).forward
    if not asked.needs_gradient:
        return lambda: run(asked, False)
    pull = torch.ones(*asked.q.shape[:3], asked.v.shape[3], dtype=asked.q.dtype, device=asked.q.device)

    def both() -> object:
        return torch.autograd.grad(run(asked, False)[0], (asked.q, asked.k, asked.v), pull)

    return both


def _tried(call: Callable[[], object]) -> str:
    """Why a first call failed, "" where it did not."""
    try:
        call()
    except (RuntimeError, MemoryError, ImportError) as error:
        if ran_out(error):
            return tr("there is not enough memory for it")
        return (str(error).splitlines() or [type(error).__name__])[0]
    return ""


def _growth(known: list[tuple[int, float]]) -> float:
    """Times the time a doubling; of two lengths that tell it, never less than in proportion to the length."""
    if len(known) < 2:
        return GROWTH
    (before, first), (last, second) = known[-2:]
    return float(min(max((second / first) ** (1 / log2(last / before)), 2.0), GROWTH))


def _quartiles(spent: list[float]) -> tuple[float, float, float]:
    if len(spent) == 1:
        return spent[0], spent[0], spent[0]
    low, middle, high = quantiles(spent, n=4, method="inclusive")
    return low, middle, high
