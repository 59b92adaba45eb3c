"""The console of every verb: run a job with a progress bar, print its result or its failure, choose the exit code.

Standard output carries results only. The bar and all messages go to standard error, the bar on a terminal alone.
"""

from __future__ import annotations

import json as json_format
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from engines.core.addresses import hidden
from engines.core.context import Context, PlainContext
from engines.core.errors import BadInput, KinoscopeError, OutOfResources, UsageError
from engines.core.files import NO_SPACE
from engines.core.installing import as_called

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.text import Text
    from typer.exceptions import TyperException

    from engines.core.pictures.files import LeftOut

S = TypeVar("S")
R = TypeVar("R")


Heard = Callable[[str, object], None]


class SayingContext(PlainContext):
    """A context that passes on what is emitted."""

    def __init__(self, heard: Heard | None) -> None:
        super().__init__()
        self._heard = heard

    def emit(self, key: str, event: object) -> None:
        super().emit(key, event)
        if self._heard is not None:
            self._heard(key, event)


class BarContext(SayingContext):
    """The same, and progress moves a bar on the terminal."""

    def __init__(self, bar: Progress, task: TaskID, heard: Heard | None) -> None:
        super().__init__(heard)
        self._bar = bar
        self._task = task

    def progress(self, done: float, total: float, note: str = "") -> None:
        super().progress(done, total, note)
        self._bar.update(self._task, completed=done, total=total or None, description=note or "Working")


def run(
    function: Callable[[S, Context], R],
    spec: S,
    *,
    json: bool,
    render: Callable[[R], None],
    as_json: Callable[[R], dict[str, Any]],
    heard: Heard | None = None,
) -> R:
    """Run the job `function(spec, ctx)` and show its result. Ends the verb (`typer.Exit`) when it fails.

    heard: told of what it emits, by key.
    """
    import typer

    try:
        with context(quiet=json, heard=heard) as ctx:
            result = function(spec, ctx)
    except Exception as error:
        raise typer.Exit(report(error, json=json)) from error
    if json:
        print_json(as_json(result))
    else:
        render(result)
    return result


def help_text(summary: str, *examples: str) -> str:
    """A verb's help: what it does, then commands that work, one a line."""
    return f"{summary}\n\n\b\nExamples:\n" + as_called("\n".join(f"  {example}" for example in examples))


@contextmanager
def context(*, quiet: bool = False, heard: Heard | None = None) -> Iterator[Context]:
    """A context for one run: with a progress bar on a terminal, plain elsewhere or when `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield SayingContext(heard)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield BarContext(bar, bar.add_task("Working", total=None), heard)


def out() -> Console:
    """Standard output for tables and text; plain when it is not a terminal. Brackets in names are no markup."""
    from rich.console import Console

    return Console(highlight=False, markup=False)


def headline(figure: str, rest: str, style: str = "bold") -> Text:
    """A line that begins with what matters most."""
    from rich.text import Text

    return Text.assemble((figure, style), rest)


def left_out(files: Iterable[LeftOut | dict[str, str]]) -> None:
    """Name the files that a folder holds beside what was read, below the result."""
    from engines.core.pictures.files import LeftOut, in_words

    if words := in_words([LeftOut(**one) if isinstance(one, dict) else one for one in files]):
        out().print(words, soft_wrap=True)


def print_json(value: dict[str, Any]) -> None:
    """One JSON object. Numbers that JSON cannot say (NaN, infinity) become null; letters that cannot be written are
    escaped, so that a name that is not UTF-8 can be read back."""
    text = json_format.dumps(_finite(value), ensure_ascii=False, allow_nan=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json_format.dumps(_finite(value), allow_nan=False)
    print(text)


def report(error: Exception, *, json: bool) -> int:
    """Say what went wrong and give the exit code. Only a defect of ours shows its traceback."""
    known = as_known(error)
    if known is None:
        import traceback

        print(hidden("".join(traceback.format_exception(error))), file=sys.stderr, end="")
        known = KinoscopeError(f"{type(error).__name__}: {error}", hint="This is a defect; please report it")
    if json:
        print_json({"error": known.as_json()})
    else:
        print(f"Error: {known}", file=sys.stderr)
    return known.exit_code


def report_usage(error: TyperException, *, json: bool) -> int:
    """The same for what the argument parser refused."""
    if json:
        return report(UsageError(error.format_message().strip(), hint="See --help"), json=True)
    from typer.rich_utils import rich_format_error

    rich_format_error(error)  # pyright: ignore[reportArgumentType]
    return error.exit_code


def as_known(error: Exception) -> KinoscopeError | None:
    """The user's view of an error; None when it is a defect."""
    if isinstance(error, KinoscopeError):
        return error
    if isinstance(error, MemoryError):
        return OutOfResources("Not enough memory", hint="Close other programs or work on less at once")
    if not isinstance(error, OSError) or error.errno is None:
        return None
    if error.errno in NO_SPACE:
        return OutOfResources("The disk is full", path=error.filename, hint="Free some space and try again")
    return BadInput(error.strerror or str(error), path=error.filename)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
