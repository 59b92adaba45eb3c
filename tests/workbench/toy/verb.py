"""`main.py toy FILE`: how bright a file is."""

from __future__ import annotations

from typing import Annotated

import typer

from tests.workbench.toy.engine import Spec, run
from workbench.verbs import console

app = typer.Typer(add_completion=False)


@app.command(help=console.help_text("How bright a file is.", "python main.py toy numbers.toy"))
def toy(
    path: Annotated[str, typer.Argument(help="Numbers in text.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    console.run(
        run, Spec(path), json=json, render=lambda found: print(found.mean), as_json=lambda found: {"mean": found.mean}
    )
