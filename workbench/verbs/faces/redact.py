"""`main.py faces redact`: films and pictures whose faces are covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.verbs import console
from workbench.verbs.faces.options import Json, Looking, run_job

if TYPE_CHECKING:
    from engines.faces.study_types import Redacted


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
    app.command(
        help=console.help_text(
            "Copy a picture or film with faces covered: everyone's, or those of people a gallery does not know.",
            "python main.py faces redact street.mp4 covered.mp4",
            "python main.py faces redact party.mp4 ours.mp4 --blur unknown --gallery family.faces --json",
        )
    )(redact)


def redact(
    source: Annotated[str, typer.Argument(help="A picture or film.", show_default=False)],
    out: Annotated[str, typer.Argument(help="The copy to write.", show_default=False)],
    blur: Annotated[str, typer.Option(help="Who is covered: everyone or unknown.")] = "everyone",
    gallery: Annotated[str, typer.Option(help="Who is known.", show_default=False)] = "",
    far: Annotated[float, typer.Option(help="Share of strangers that may be taken for somebody known.")] = 1e-3,
    search: Looking = "plain",
    hold: Annotated[float, typer.Option(help="Seconds a face stays covered before and after it is seen.")] = 0.5,
    model: Annotated[str, typer.Option(help="Recogniser; the gallery's own.")] = "",
    json: Json = False,
) -> None:
    told = {"source": source, "out": out, "blur": blur, "gallery": gallery, "hold": hold, "model": model}
    run_job("redaction.job", told | {"accept": {"rate": far}, "search": search}, json=json, render=_show)


def _show(result: Redacted) -> None:
    words = f"{result.covered} {'face' if result.covered == 1 else 'faces'} covered"
    if result.frames > 1:
        words = f"{result.covered} faces covered in {result.frames} frames"
    console.out().print(f"Wrote {result.out}: {words}, {result.seconds:.1f} s. Look at it before you give it away.")
