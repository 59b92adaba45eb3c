"""`main.py texts`: every text of the window, with file and line, as a file for translators.

The file is Qt Linguist's (.ts), which Linguist, Weblate and most services for translators open. One that is there
already keeps its translations; texts that no longer occur are dropped from it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import typer

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.outputs import holding, new_file
from workbench.verbs import console
from workbench.work.languages import CONTEXT, ENDING, FOLDER, read_texts

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engines", "widgets", "workbench")
TELLERS = {"tr": 1, "tr_count": 3}
"""Functions of `engines.core.words`, and up to which argument they take texts."""
HELP = """The window speaks English until a file of texts for another language is in `resources/languages`.

To translate it: make the file with the language's name (`--out de.ts`), open it in Qt Linguist, translate, put it into
that folder and choose the language in the settings. Run this again after an update: what was translated is kept, what
is new is marked as unfinished and said in English meanwhile. Places such as {name} stay as they are, in any order.
The command line and its messages stay English."""
app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Text:
    """source: as it is written, with its places. one: the form for 1, "" where nothing is counted."""

    source: str
    one: str
    places: tuple[tuple[str, int], ...]


@app.command(
    help=console.help_text(
        f"List every text that the window can say.\n\n{HELP}",
        "python main.py texts",
        "python main.py texts --out de.ts",
    )
)
def texts(
    out: Annotated[Path | None, typer.Option(help="The file to write, named after the language: de.ts")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else")] = False,
) -> None:
    if out is not None and out.suffix != ENDING:
        raise UsageError(f"A file of texts ends in {ENDING}, not '{out.suffix}'", hint="Name it de.ts, for German")
    console.run(_listed, out, json=as_json, render=_show, as_json=_as_json)


def found(root: Path = ROOT) -> list[Text]:
    """All texts of the program, in the order of their first place."""
    places: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            for source, one, line in _said(ast.parse(path.read_bytes())):
                places.setdefault((source, one), []).append((path.relative_to(root).as_posix(), line))
    return [Text(source, one, tuple(where)) for (source, one), where in places.items()]


def as_ts(listed: list[Text], language: str, known: dict[tuple[str, str], tuple[str, ...]]) -> str:
    """The file's content; `known` are the translations there are."""
    messages = "".join(_message(text, known.get((CONTEXT, text.source), ())) for text in listed)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
        f'<TS version="2.1" language="{escape(language)}" sourcelanguage="en">\n'
        f"<context>\n    <name>{CONTEXT}</name>\n{messages}</context>\n</TS>\n"
    )


def _said(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        told = [
            one.value
            for one in node.args[: TELLERS.get(node.func.id, 0)]
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if told:
            yield told[-1], told[0] if len(told) > 1 else "", node.lineno


def _message(text: Text, forms: tuple[str, ...]) -> str:
    numerus = ' numerus="yes"' if text.one else ""
    places = "".join(f'        <location filename="{escape(file)}" line="{line}"/>\n' for file, line in text.places)
    head = f"    <message{numerus}>\n{places}"
    source = f"        <source>{escape(text.source)}</source>\n"
    comment = f"        <extracomment>For 1: {escape(text.one)}</extracomment>\n" if text.one else ""
    kind = "" if forms else ' type="unfinished"'
    body = "".join(f"<numerusform>{escape(form)}</numerusform>" for form in forms or ("", "")) if text.one else ""
    translation = f"        <translation{kind}>{body or escape(''.join(forms[:1]))}</translation>\n"
    return f"{head}{source}{comment}{translation}    </message>\n"


def _listed(out: Path | None, _ctx: Context) -> tuple[list[Text], Path | None, int]:
    """The texts, where they were written, and how many of them were translated there."""
    listed = found()
    known: dict[tuple[str, str], tuple[str, ...]] = {}
    if out is not None:
        if out.exists():
            try:
                known = read_texts(out)
            except ElementTree.ParseError as error:
                raise BadInput(f"This is no file of texts: {error}", path=out, hint="Choose another name") from error
        with new_file(out, holding("a file of texts for translators", b"<TS ")) as path:
            path.write_text(as_ts(listed, out.stem, known), "utf-8")
    return listed, out, sum((CONTEXT, text.source) in known for text in listed)


def _as_json(result: tuple[list[Text], Path | None, int]) -> dict[str, Any]:
    listed, out, translated = result
    rows = [{"text": text.source, "one": text.one, "places": [f"{a}:{b}" for a, b in text.places]} for text in listed]
    return {"texts": rows, "out": None if out is None else str(out), "translated": translated}


def _show(result: tuple[list[Text], Path | None, int]) -> None:
    listed, out, translated = result
    if out is not None:
        print(f"{len(listed)} texts, {translated} of them translated, in {out}. The languages are in {FOLDER}.")
        return
    for text in listed:
        file, line = text.places[0]
        print(f"{file}:{line}: {text.source!r}")
