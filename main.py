"""The front door: no arguments opens the window; a verb runs one engine without a window.

Exit codes: 0 done, 1 the work failed, 2 wrong usage, 130 stopped by Ctrl+C. Only what a command needs is
imported: help is printed from a table, and the window never sees the command line's libraries.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

from engines.core.installing import CALLED, PROGRAM, as_called
from engines.core.names import print_any_name
from engines.core.words import at_command_line
from workbench import __version__
from workbench.verbs import VERBS, Verb, find_verb

NAME = CALLED[-1]
WORDS = ("usb:", "scene", "tiled:")


def main(argv: list[str] | None = None) -> int:
    """Run one command line and give its exit code. Bad input never ends in a traceback."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        print_any_name()
        return _dispatch(arguments)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _forget_stdout()
        return 1
    except Exception as error:
        from workbench.verbs import console

        return console.report(error, json="--json" in arguments)


def _dispatch(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first in ("-h", "--help", "help"):
        print(_help())
        return 0
    if first == "--version":
        print(f"kinoscope {__version__}")
        return 0
    verb = find_verb(first)
    if verb is not None:
        return _run_verb(verb, arguments[1:])
    _check_openable(arguments)
    from workbench.app import main as open_window

    return open_window(arguments)


def _help() -> str:
    width, beside = max(len(verb.name) for verb in VERBS), " " * len(PROGRAM)
    verbs = "\n".join(f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS)
    examples = as_called("\n".join(f"  {verb.example}" for verb in VERBS))
    return f"""Kinoscope: a workbench for cameras and the models that look through them.

Usage:
  {PROGRAM} [FILE ...]          open the window, with a project (.kino), models, videos, folders, stream
  {beside}                     addresses, usb:0, scene, or tiled:2x2: before any of these
  {PROGRAM} VERB [ARGUMENTS]    run one engine without a window

Verbs:
{verbs}

Options:
  --json      one JSON object on standard output and nothing else (with a verb)
  --version   print the version
  -h, --help  print this; `{PROGRAM} VERB --help` explains a verb

Examples:
{examples}"""


def _run_verb(verb: Verb, arguments: list[str]) -> int:
    import importlib

    from typer.exceptions import TyperException

    app = importlib.import_module(verb.module).app
    try:
        with nullcontext() if verb.name == "tour" else at_command_line():
            code = app(arguments, prog_name=f"{NAME} {verb.name}", standalone_mode=False)
    except TyperException as error:
        from workbench.verbs import console

        return console.report_usage(error, json="--json" in arguments)
    if code == 130:
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _check_openable(arguments: list[str]) -> None:
    """Raise `UsageError` for what is neither a verb nor something the window can open."""
    from engines.core.addresses import typed
    from engines.core.errors import UsageError

    for argument in arguments:
        if argument.startswith("-"):
            raise UsageError(f"There is no option '{argument}'", hint=f"See {PROGRAM} --help")
        if "://" not in argument and not argument.startswith(WORDS) and not Path(argument).exists():
            hint = _suggestion(argument)
            raise UsageError(f"'{typed(argument)}' is neither a verb nor a file", hint=hint)


def _suggestion(argument: str) -> str:
    from difflib import get_close_matches

    folder = Path(argument).parent
    names = [str(folder / entry.name) for entry in folder.iterdir()] if folder.is_dir() else []
    close = get_close_matches(argument, [verb.name for verb in VERBS] + names, n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else f"See {PROGRAM} --help"


def _forget_stdout() -> None:
    """Keep the interpreter from complaining at exit about a pipe whose reader has gone."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
