"""`main.py job`: any job of the window by its name, with its settings as JSON; what "Copy as command" gives at last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.core.errors import UsageError
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.core.context import Context

app = typer.Typer(add_completion=False, rich_markup_mode=None)
OURS = "engines."
NAME = Annotated[str, typer.Argument(help="Its name, such as engines.faces.evaluation.verify:run.", show_default=False)]
SPEC = Annotated[str, typer.Option(help="Its settings: a JSON object, or a file with one.", show_default=False)]
JSON = Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")]


@app.command(
    help=console.help_text(
        "Do a job of the window without it. The Jobs panel copies such a line where a verb has no words for a setting.",
        """python main.py job engines.faces.evaluation.verify:run --spec '{"a": "a.jpg", "b": "b.jpg"}'""",
        "python main.py job engines.generative.training.job:run --spec spec.json --json",
    )
)
def job(name: NAME, spec: SPEC, json: JSON = False) -> None:
    """Run it, and print what came of it."""

    def work(_: None, ctx: Context) -> Any:
        return resolved(name)(read(name, spec), ctx)

    console.run(work, None, json=json, render=_show, as_json=_told)


def resolved(name: str) -> Any:
    """The function of a job. Raises `UsageError` for what is none of ours."""
    from engines.core.spec import resolve
    from workbench.work.aliases import current

    known = current(name)
    if not known.startswith(OURS) or ":" not in known:
        raise UsageError(f"There is no job called '{name}'", hint="Copy the line of a job in the Jobs panel")
    try:
        return resolve(known)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"There is no job called '{name}'", hint="It may be of another version") from error


def read(name: str, text: str) -> Any:
    """The settings of a job from JSON or from a file with it. Raises `UsageError` and `BadInput`."""
    from engines.core.reading import parse_json, read_json
    from engines.core.spec import from_json, spec_type
    from workbench.work.aliases import current

    told = parse_json(text) if text.lstrip().startswith("{") else read_json(text, what="file with settings")
    try:
        kind = spec_type(current(name))
    except (TypeError, StopIteration) as error:
        raise UsageError(f"'{name}' is no job") from error
    return from_json(kind, told)


def _told(result: Any) -> dict[str, Any]:
    from engines.core.spec import to_json

    try:
        said = to_json(result)
    except Exception:
        return {"done": True}
    return said if isinstance(said, dict) else {"result": said}


def _show(result: Any) -> None:
    terminal = console.out()
    for name, value in _told(result).items():
        text = str(value)
        terminal.print(f"{name.replace('_', ' ')}: {text if len(text) < 200 else text[:200] + '...'}", soft_wrap=True)
