"""A command made from a spec: every field of a frozen dataclass becomes an option of the same name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer


def options(kind: type, words: Mapping[str, str], skip: tuple[str, ...] = ()) -> list[inspect.Parameter]:
    """Keyword parameters for the fields of `kind`; `words` says what each is for. Fields in `skip` are left out."""
    hints = get_type_hints(kind)
    return [_option(field, hints[field.name], words.get(field.name, "")) for field in fields(kind)
            if field.name not in skip]  # fmt: skip


def command(
    run: Callable[..., None],
    kind: type,
    words: Mapping[str, str],
    *more: inspect.Parameter,
    skip: tuple[str, ...] = (),
) -> Callable[..., None]:
    """`run(**values)` with the options of `kind`, but for those in `skip`, and `more`, as typer wants it."""

    def made(**values: Any) -> None:
        run(**values)

    made.__name__ = run.__name__
    made.__doc__ = run.__doc__
    parameters = [*options(kind, words, skip), *more]
    made.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    made.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return made


def flag(name: str, words: str) -> inspect.Parameter:
    """An on-off option that is off."""
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option(f"--{name.replace('_', '-')}", help=words)],
    )


def _option(field: Any, hint: Any, words: str) -> inspect.Parameter:
    choices = [str(choice) for choice in get_args(hint)] if get_origin(hint) is Literal else []
    if choices:
        hint, words = str, f"{words} One of {', '.join(choices)}."
    required = field.default is MISSING and field.default_factory is MISSING
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else field.default,
        annotation=Annotated[hint, typer.Option(help=words.strip(), show_default=not required)],
    )
