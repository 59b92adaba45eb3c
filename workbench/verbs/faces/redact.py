"""`main.py faces redact`: films and pictures whose faces are covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console

if TYPE_CHECKING:
    from engines.core.context import Context
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
    search: Annotated[str, typer.Option(help="How faces are looked for: plain, pyramid or tiles.")] = "plain",
    hold: Annotated[float, typer.Option(help="Seconds a face stays covered before and after it is seen.")] = 0.5,
    model: Annotated[str, typer.Option(help="Recogniser; the gallery's own.")] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    told = {"source": source, "out": out, "blur": blur, "gallery": gallery, "hold": hold, "model": model}

    def work(_: None, ctx: Context) -> Redacted:
        from engines.core.spec import from_json
        from engines.faces.redaction.job import run
        from engines.faces.study_types import RedactSpec

        return run(from_json(RedactSpec, told | {"accept": {"rate": far}, "finder": {"search": search}}), ctx)

    console.run(work, None, json=json, render=_show, as_json=_plain)


def _show(result: Redacted) -> None:
    words = f"{result.covered} faces covered in {result.frames} frames" if result.frames > 1 else _faces(result.covered)
    console.out().print(f"Wrote {result.out}: {words}, {result.seconds:.1f} s. Look at it before you give it away.")


def _faces(count: int) -> str:
    return f"{count} face covered" if count == 1 else f"{count} faces covered"


def _plain(result: Redacted) -> dict[str, Any]:
    from engines.core.spec import to_json

    return dict(to_json(result))
