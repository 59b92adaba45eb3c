"""Options that several commands of `main.py faces` take, and running a job of the engine with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console

if TYPE_CHECKING:
    from engines.core.context import Context

Answer = dict[str, Any]
Json = Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")]
Model = Annotated[str, typer.Option(help="Recogniser: sface, dlib, or an ONNX file of yours.")]
Looking = Annotated[str, typer.Option(help="How faces are looked for: plain, pyramid or tiles.")]
Images = Annotated[
    str, typer.Option("--images", help="Folder: NAME_0001.jpg, or a folder a person.", show_default=False)
]
Flip = Annotated[bool, typer.Option(help="Average each face with its mirror image.")]


def plain(result: object) -> Answer:
    """A result as JSON has it."""
    from engines.core.spec import to_json

    return to_json(result)


def run_job(
    job: str, told: Answer, *, json: bool, render: Callable[[Any], None], as_json: Callable[[Any], Answer] = plain
) -> None:
    """Run a job of the engine. job: its dotted path; told: fields of its spec, `search` being the finder's."""

    def work(_: None, ctx: Context) -> Any:
        from engines.core.spec import from_json, resolve, spec_type

        path = f"engines.faces.{job}:run"
        finder = {"finder": {"search": told["search"]}} if "search" in told else {}
        return resolve(path)(from_json(spec_type(path), told | finder), ctx)

    console.run(work, None, json=json, render=render, as_json=as_json)
