"""A pickle followed step by step without running it: what it would import and call, and the values it would leave.

A pickle is a program for a machine with a stack, a memo and one dangerous power: to import a name and call it. Here
every opcode has its true effect on stack and memo (so names put together from pieces, fetched from the memo or made by
another call are seen as they would be), but a name stays a `Name`, a call a `Made`, and nothing is ever imported. What
is not in an allow-list is told, called or not: importing alone runs code. Lists of forbidden names, which scanners
keep, are never complete.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

from engines.core.words import tr
from engines.inspection.opening.pickle_values import Kept, Made, Name, Table, as_known, by_the_name_of, listed, shown

MOST_BYTES, MOST_STEPS, MOST_CALLS = 64 << 20, 3_000_000, 40
MOST_LINE, MOST_NAMES = 1 << 16, 4096
TOO_LONG = tr("it has more steps than any file of weights")


@dataclass(frozen=True, slots=True)
class Ran:
    """value: what it would leave, None if it breaks off. calls: what is not allowed, as it would be called. kept: its
    persistent ids. broken: where and why it breaks off, "" for a whole pickle."""

    value: Any
    calls: tuple[str, ...]
    kept: tuple[Kept, ...]
    broken: str = ""


class BreaksOff(Exception):
    """The pickle asks for what its machine cannot do."""


def follow(file: BinaryIO, allowed: Callable[[Name], bool], *, whole: bool = False) -> Ran:
    """One pickle from where the file stands to its end, where the file is left. Takes at most `MOST_BYTES`.

    whole: goes on behind that; what is long is passed over then, not read.
    """
    machine = _Machine(allowed)
    broken = ""
    try:
        source = cast(IO[bytes], _Passing(file) if whole else _Bounded(file))
        for count, (opcode, argument, _) in enumerate(pickletools.genops(source)):
            if count > MOST_STEPS:
                raise BreaksOff(TOO_LONG)
            machine.step(opcode.name, argument)
    except BreaksOff as error:
        broken = str(error)
    except (ValueError, IndexError, KeyError, OverflowError, MemoryError, TypeError) as error:
        broken = str(error) or type(error).__name__
    return Ran(None if broken else machine.value, machine.calls(), tuple(machine.kept), broken)


class _Bounded:
    """A file from which a pickle may take so much and no more, whatever length it claims."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left = file, MOST_BYTES

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self._left:
            raise ValueError(tr("it claims to be longer than a pickle of weights can be"))
        return self._took(self._file.read(size))

    def readline(self) -> bytes:
        return self._took(self._file.readline(min(self._left, MOST_LINE)))

    def _took(self, data: bytes) -> bytes:
        self._left -= len(data)
        return data


class _Far(bytes):
    """Bytes that were passed over: of their length, and empty."""

    length = 0

    def __len__(self) -> int:
        return self.length


class _Passing:
    """A file of any length, of which no more than a line is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        at = file.tell()
        self._size = file.seek(0, 2)
        file.seek(at)

    def read(self, size: int) -> bytes:
        if 0 <= size <= MOST_LINE:
            return self._file.read(size)
        if not 0 <= size <= self._size - self._file.tell():
            raise ValueError(tr("it claims to be longer than the file"))
        self._file.seek(size, 1)
        far = _Far()
        far.length = size
        return far

    def readline(self) -> bytes:
        first = line = self._file.readline(MOST_LINE)
        while line and not line.endswith(b"\n"):
            line = self._file.readline(MOST_LINE)
        return first if first.endswith(b"\n") or not line else first + b"\n"


class _Machine:
    """Stack, marks and memo of one pickle."""

    def __init__(self, allowed: Callable[[Name], bool]) -> None:
        self.value: Any = None
        self.kept: list[Kept] = []
        self._allowed = allowed
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memo: dict[int, Any] = {}
        self._names: dict[tuple[str, str], Name] = {}
        self._told: dict[str, dict[str, None]] = {}

    def calls(self) -> tuple[str, ...]:
        """Names that are not allowed: as they would be called, or alone where they are only imported."""
        told = [each for name, calls in self._told.items() for each in (calls or (name,))]
        more = [tr("and {count} more", count=len(told) - MOST_CALLS)] if len(told) > MOST_CALLS else []
        return (*told[:MOST_CALLS], *more)

    def step(self, name: str, argument: Any) -> None:
        """One opcode. Raises `BreaksOff`, `IndexError`, `KeyError`."""
        if name in PUSHED:
            self._stack.append(argument)
        elif name in CONSTANTS:
            self._stack.append(CONSTANTS[name]())
        elif name in STEPS:
            STEPS[name](self, argument)
        elif name not in ("PROTO", "FRAME"):
            raise BreaksOff(tr("it uses {name}, which no file of weights does", name=name))

    def import_name(self, module: Any, name: Any) -> None:
        """GLOBAL and its kin. A name that is itself computed can be anything."""
        if not isinstance(module, str) or not isinstance(name, str):
            self._tell(f"{shown(module)}.{shown(name)}", "")
            self._stack.append(Made(Name("?", "?"), (module, name)))
            return
        self._stack.append(self._names.get((module, name)) or self._new_name(module, name))

    def _new_name(self, module: str, name: str) -> Name:
        found = self._names[module, name] = Name(module, name)
        if not self._allowed(found):
            self._tell(as_known(found), "")
        if len(self._names) > MOST_NAMES:
            raise BreaksOff(tr("it imports more names than any file of weights"))
        return found

    def call(self, function: Any, arguments: Any, extra: str = "") -> None:
        """REDUCE and its kin: leaves what would come out."""
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        if not isinstance(function, Name) or not self._allowed(function):
            known = as_known(function) if isinstance(function, Name) else shown(function)
            called = shown(function) + f"({listed(given, 3)}{extra})"
            self._tell(known, called + (by_the_name_of(function) if isinstance(function, Name) else ""))
        self._stack.append(Made(function, given))

    def _tell(self, name: str, call: str) -> None:
        if len(self._told) <= 4 * MOST_CALLS:
            calls = self._told.setdefault(name, {})
            if call and len(calls) <= MOST_CALLS:
                calls[call] = None

    def marked(self) -> list[Any]:
        """All down to the last mark, which goes."""
        items, self._stack = self._stack, self._below.pop()
        return items

    def mark(self, _: Any) -> None:
        self._below.append(self._stack)
        self._stack = []

    def pop(self, _: Any) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self.marked()

    def stop(self, _: Any) -> None:
        if self._below:
            raise BreaksOff(tr("it ends within a list"))
        self.value = self._stack.pop()

    def top(self) -> Any:
        return self._stack.pop()

    def push(self, value: Any) -> None:
        self._stack.append(value)

    def put(self, place: int) -> None:
        self._memo[place] = self._stack[-1]

    def memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def get(self, place: int) -> None:
        self._stack.append(self._memo[place])

    def keep(self, place: Any) -> None:
        self.kept.append(Kept(place))
        self._stack.append(self.kept[-1])

    def tuple_of(self, count: int) -> None:
        taken = tuple(self._stack[-count:])
        if len(taken) < count:
            raise BreaksOff(tr("its stack is empty"))
        self._stack[-count:] = [taken]

    def add(self, items: list[Any]) -> None:
        """APPEND, APPENDS, ADDITEMS to what lies on top."""
        target = self._stack[-1]
        if isinstance(target, list):
            target += items
        elif isinstance(target, Made):
            target.items = target.items or []
            target.items += items
        else:
            self._tell(f"{shown(target)}.extend", f"{shown(target)}.extend({listed(items, 2)})")

    def set_items(self, items: list[Any]) -> None:
        """SETITEM, SETITEMS."""
        target = self._stack[-1]
        pairs = list(zip(items[::2], items[1::2], strict=True))
        if isinstance(target, Table):
            target.pairs += pairs
        elif isinstance(target, Made):
            target.pairs = target.pairs or []
            target.pairs += pairs
        else:
            self._tell(f"{shown(target)}.__setitem__", f"{shown(target)}[...] = {listed(items[1:2], 2)}")

    def build(self, _: Any) -> None:
        """Attributes of what a call gave. On a name it would change the program itself."""
        state, target = self._stack.pop(), self._stack[-1]
        if isinstance(target, Made):
            target.state = state if target.state is None else (target.state, state)
        else:
            self._tell(f"setattr {shown(target)}", f"setattr({shown(target)}, {shown(state)})")

    def extension(self, code: Any) -> None:
        """Names by number, which the reader's own program would have to know."""
        self._tell(tr("copyreg extension {code}", code=code), "")
        self._stack.append(Name(tr("copyreg extension"), str(code)))


def _global(machine: _Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    if " " in name:
        raise BreaksOff(tr("it imports a name with a space in it"))
    machine.import_name(module, name)


def _stack_global(machine: _Machine, _: Any) -> None:
    name, module = machine.top(), machine.top()
    machine.import_name(module, name)


def _instance(machine: _Machine, argument: str) -> None:
    arguments = tuple(machine.marked())
    _global(machine, argument)
    machine.call(machine.top(), arguments)


def _object(machine: _Machine, _: Any) -> None:
    function, *arguments = machine.marked()
    machine.call(function, tuple(arguments))


def _reduce(machine: _Machine, _: Any) -> None:
    arguments, function = machine.top(), machine.top()
    machine.call(function, arguments)


def _new_object_ex(machine: _Machine, _: Any) -> None:
    named, arguments, function = machine.top(), machine.top(), machine.top()
    machine.call(function, arguments, f", **{shown(named)}")


def _table(machine: _Machine, _: Any) -> None:
    items = machine.marked()
    machine.push(Table(list(zip(items[::2], items[1::2], strict=True))))


def _drop(machine: _Machine, _: Any) -> None:
    machine.marked()


def _duplicate(machine: _Machine, _: Any) -> None:
    value = machine.top()
    machine.push(value)
    machine.push(value)


def _appended(machine: _Machine, _: Any) -> None:
    machine.add([machine.top()])


def _set_one(machine: _Machine, _: Any) -> None:
    value, key = machine.top(), machine.top()
    machine.set_items([key, value])


PUSHED = frozenset({
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
    "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "SHORT_BINUNICODE",
    "BINUNICODE", "BINUNICODE8",
})  # fmt: skip
CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list,
    "EMPTY_DICT": Table,
    "EMPTY_SET": list,
}
STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "INST": _instance,
    "OBJ": _object,
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "NEWOBJ_EX": _new_object_ex,
    "EXT1": _Machine.extension,
    "EXT2": _Machine.extension,
    "EXT4": _Machine.extension,
    "BUILD": _Machine.build,
    "PERSID": _Machine.keep,
    "BINPERSID": lambda machine, _: machine.keep(machine.top()),
    "MARK": _Machine.mark,
    "STOP": _Machine.stop,
    "POP": _Machine.pop,
    "POP_MARK": _drop,
    "DUP": _duplicate,
    "PUT": _Machine.put,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "GET": _Machine.get,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "TUPLE": lambda machine, _: machine.push(tuple(machine.marked())),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "LIST": lambda machine, _: machine.push(machine.marked()),
    "FROZENSET": lambda machine, _: machine.push(tuple(machine.marked())),
    "DICT": _table,
    "APPEND": _appended,
    "APPENDS": lambda machine, _: machine.add(machine.marked()),
    "ADDITEMS": lambda machine, _: machine.add(machine.marked()),
    "SETITEM": _set_one,
    "SETITEMS": lambda machine, _: machine.set_items(machine.marked()),
}
