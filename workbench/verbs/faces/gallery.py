"""`main.py faces`: galleries: enrol, identify, list, forget, export, protect, expire, undo."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.verbs import console
from workbench.verbs.faces.options import Answer, Json, plain

if TYPE_CHECKING:
    from engines.core.context import Context
    from engines.faces.gallery.editing import Gallery

Where = Annotated[str, typer.Argument(metavar="GALLERY", help="A .faces file.", show_default=False)]
Whom = Annotated[str, typer.Argument(metavar="PERSON", help="Name or id.", show_default=False)]
Secret = Annotated[
    str, typer.Option("--passphrase-env", help="Environment variable with the passphrase; else it is asked for.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
    for command, summary, *examples in (
        (enrol, "Enrol people from pictures.", "python main.py faces enrol family.faces photos/"),
        (identify, "Say who is in pictures.", "python main.py faces identify family.faces party.jpg --far 1e-3 --json"),
        (people, "List the people of a gallery.", "python main.py faces people family.faces"),
        (forget, "Delete a person everywhere, with proof.", "python main.py faces forget family.faces Anna"),
        (export, "Write all that is stored of a person.", "python main.py faces export family.faces Anna --out anna"),
        (protect, "Encrypt, decrypt or give a new passphrase.", "python main.py faces protect family.faces"),
        (reembed, "Embed a gallery's stored faces by another model.", "python main.py faces reembed old.faces"),
        (expire, "Delete faces older than a period.", "python main.py faces expire family.faces --days 365 --dry-run"),
        (undo, "Take back the last or any action.", "python main.py faces undo family.faces"),
    ):
        app.command(help=console.help_text(summary, *examples))(command)


def enrol(
    gallery: Where,
    folder: Annotated[list[str], typer.Argument(help="Pictures, or folders: one a person, or NAME_0001.jpg.")],
    person: Annotated[str, typer.Option(help="All pictures show this person.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Store what would be held back too.")] = False,
    model: Annotated[str, typer.Option(help="Recogniser, for a new gallery.")] = "",
    search: Annotated[str, typer.Option(help="plain, or pyramid for small faces.")] = "plain",
    passphrase_env: Secret = "",
    json: Json = False,
) -> None:
    def work(_: None, ctx: Context) -> Answer:
        from engines.core.places import cache_dir
        from engines.core.spec import from_json
        from engines.faces.gallery.enrol import compared, run, store
        from engines.faces.gallery.review_folders import ReviewFolder, sweep
        from engines.faces.gallery.types import GatherSpec

        name, was_there = _model(gallery, model, passphrase_env)
        sweep(cache_dir())
        with ReviewFolder(cache_dir()) as review:
            told = {"files": folder, "out": str(review.path), "naming": "one" if person else "auto", "person": person}
            gathered = run(from_json(GatherSpec, told | {"model": name, "search": search}), ctx)
            with _made(gallery, name, passphrase_env) if not was_there else _opened(gallery, passphrase_env) as opened:
                gathered = compared(gathered, opened)
                opened.locate(replace(opened.card, file=str(Path(name).absolute()) if Path(name).is_file() else ""))
                taken = [one.row >= 0 and (everything or one.take) for one in gathered.candidates]
                change = None
                if any(taken):
                    change = store(opened, gathered, taken, [one.name for one in gathered.candidates])
                info = opened.info()
        held = [one for one, take in zip(gathered.candidates, taken, strict=True) if not take]
        return {
            "gallery": info.path,
            "stored": sum(taken),
            "people": info.people,
            "faces": info.faces,
            "change": None if change is None else change.id,
            "held_back": [{"file": one.file, "doubts": list(one.doubts), "why": one.words} for one in held],
            "seconds": gathered.seconds,
            "left_out": [plain(one) for one in gathered.left_out],
        }

    console.run(work, None, json=json, render=_show_enrolled, as_json=dict)


def _show_enrolled(answer: Answer) -> None:
    out = console.out()
    out.print(f"Stored {answer['stored']} faces; {answer['gallery']} now has {answer['people']} people")
    for held in answer["held_back"]:
        out.print(f"  held back: {Path(held['file']).name}: {held['why']}")
    if answer["held_back"]:
        out.print("--all stores these too, where there is a face.")
    console.left_out(answer["left_out"])


def identify(
    gallery: Where,
    images: Annotated[list[str], typer.Argument(help="Pictures or folders.")],
    far: Annotated[float, typer.Option(help="Share of strangers that may get a name.")] = 1e-2,
    threshold: Annotated[float | None, typer.Option(help="A similarity that overrules --far.")] = None,
    search: Annotated[str, typer.Option(help="plain, pyramid or tiles.")] = "pyramid",
    model: Annotated[str, typer.Option(help="Where the gallery's recogniser lies now.")] = "",
    passphrase_env: Secret = "",
    json: Json = False,
) -> None:
    def act(opened: Gallery, ctx: Context) -> Answer:
        from engines.core.spec import from_json
        from engines.faces.gallery.identify import identify as ask
        from engines.faces.types import Accept, FinderSettings

        finder = from_json(FinderSettings, {"search": search})
        return ask(opened, images, Accept(far), finder, ctx, threshold=threshold, model=model)

    _with(gallery, passphrase_env, act, _show_identified, json, read_only=True)


def _show_identified(answer: Answer) -> None:
    from rich.table import Table

    from engines.faces.scores.words import one_in

    title = f"Named from a similarity of {answer['threshold']:.3f}: {answer['far']:g} of strangers get a name"
    table = Table("picture", "box", "name", "similarity", "strangers this alike", title=title, title_justify="left")
    for image in answer["images"]:
        for face in image["faces"]:
            name = face["name"] or f"unknown (nearest {face['nearest'] or 'nobody'})"
            box = " ".join(f"{side:.0f}" for side in face["box"])
            marks = (f"{face['similarity']:.3f}", one_in(face["strangers"]))
            table.add_row(Path(image["file"]).name, box, name, *marks)
        if not image["faces"]:
            table.add_row(Path(image["file"]).name, "", image["problem"] or "no face", "", "")
    console.out().print(table)
    console.left_out(answer["left_out"])


def people(gallery: Where, passphrase_env: Secret = "", json: Json = False) -> None:
    def act(opened: Gallery, _: Context) -> Answer:
        history = [plain(change) for change in opened.history(20)]
        people = [plain(person) for person in opened.people()]
        return {"gallery": plain(opened.info()), "people": people, "history": history}

    _with(gallery, passphrase_env, act, _show_people, json, read_only=True)


def _show_people(answer: Answer) -> None:
    import time

    from rich.table import Table

    table = Table("name", "faces", "cohesion", "since", "id")
    for one in answer["people"]:
        since = time.strftime("%Y-%m-%d", time.localtime(one["created"]))
        table.add_row(one["name"], str(one["faces"]), f"{one['cohesion']:.2f}", since, one["id"])
    console.out().print(table)
    info = answer["gallery"]
    protected = "encrypted" if info["encrypted"] else "not encrypted"
    console.out().print(f"{info['faces']} faces, {info['unknown']} unknown, model {info['model']}, {protected}")


def forget(gallery: Where, person: Whom, yes: Yes = False, passphrase_env: Secret = "", json: Json = False) -> None:
    def act(opened: Gallery, _: Context) -> Answer:
        from engines.faces.gallery.forget import forget as delete
        from workbench.project import forgetting

        id = opened.find_person(person)
        _ask(f"Delete {opened.names()[id]} for good, everywhere? This cannot be undone.", yes, json)
        texts = forgetting.texts_of(opened, id)
        proof = delete(opened, id)
        return plain(forgetting.with_history(proof, forgetting.forget_in_history(texts)))

    _with(gallery, passphrase_env, act, _show_proof, json)


def _show_proof(answer: Answer) -> None:
    out = console.out()
    out.print(f"Forgot {answer['name'] or 'them'}: {answer['faces']} faces deleted")
    files = len(answer["files"])
    out.print(f"Searched {answer['searched']:,} bytes of {files} files for {answer['traces']} traces:")
    for words in answer["left"] or ["nothing is left"]:
        out.print(f"  {words}")
    for words in answer["elsewhere"]:
        out.print(f"  {words}")


def export(
    gallery: Where,
    person: Whom,
    out: Annotated[str, typer.Option(help="A new folder.", show_default=False)],
    passphrase_env: Secret = "",
    json: Json = False,
) -> None:
    def act(opened: Gallery, _: Context) -> Answer:
        from engines.faces.gallery.export import export as write

        folder = write(opened, opened.find_person(person), out)
        return {"folder": str(folder), "files": sorted(path.name for path in folder.iterdir())}

    _with(gallery, passphrase_env, act, lambda told: f"Written to {told['folder']}: {len(told['files'])} files", json)


def protect(
    gallery: Where,
    keyring: Annotated[bool, typer.Option("--keyring", help="Keep the key in the system keyring.")] = False,
    off: Annotated[bool, typer.Option("--off", help="Decrypt.")] = False,
    passphrase_env: Secret = "",
    new_passphrase_env: Annotated[str, typer.Option(help="Variable with the new passphrase; else asked for.")] = "",
    json: Json = False,
) -> None:
    def act(opened: Gallery, _: Context) -> Answer:
        if off:
            opened.unprotect()
        elif keyring:
            opened.protect(keyring=True)
        else:
            opened.protect(_passphrase(new_passphrase_env, "New passphrase", twice=True))
        return {"gallery": gallery, "encrypted": opened.info().encrypted}

    says = lambda told: f"{gallery} is {'encrypted' if told['encrypted'] else 'not encrypted'} now"  # noqa: E731
    _with(gallery, passphrase_env, act, says, json)


def reembed(
    gallery: Where,
    model: Annotated[str, typer.Option(help="Recogniser: a name, or an ONNX file of your own.")] = "sface",
    passphrase_env: Secret = "",
    json: Json = False,
) -> None:
    def act(opened: Gallery, ctx: Context) -> Answer:
        from engines.faces.recognition.recognisers import open_recogniser

        opened.reembed(open_recogniser(model), ctx)
        return plain(opened.info())

    _with(gallery, passphrase_env, act, lambda told: f"{told['faces']} faces belong to {told['model']} now", json)


def expire(
    gallery: Where,
    days: Annotated[int | None, typer.Option(help="Days that are kept; as the gallery says.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, delete nothing.")] = False,
    yes: Yes = False,
    passphrase_env: Secret = "",
    json: Json = False,
) -> None:
    def act(opened: Gallery, _: Context) -> Answer:
        from engines.faces.gallery.retention import expire as delete
        from engines.faces.gallery.retention import expiring

        plan = expiring(opened, days)
        if dry_run:
            return {"dry_run": plain(plan)}
        if plan.faces:
            _ask(f"Delete {plan.faces} faces older than {plan.keep_days} days for good?", yes, json)
        return plain(delete(opened, plan.keep_days))

    _with(gallery, passphrase_env, act, _show_expired, json, read_only=dry_run)


def _show_expired(answer: Answer) -> None:
    plan = answer.get("dry_run")
    if plan is None:
        _show_proof(answer)
    elif not plan["keep_days"]:
        console.out().print("Faces are kept for ever; --days sets a period")
    else:
        console.out().print(f"{plan['faces']} faces are older than {plan['keep_days']} days")
        for name in plan["people"]:
            console.out().print(f"  {name} would lose every face")


def undo(
    gallery: Where,
    change: Annotated[int | None, typer.Argument(help="Its number; the last one.", show_default=False)] = None,
    passphrase_env: Secret = "",
    json: Json = False,
) -> None:
    def act(opened: Gallery, _: Context) -> Answer:
        from engines.core.errors import BadInput

        last = next((entry.id for entry in opened.history(0) if not entry.undone), None)
        if last is None:
            raise BadInput("There is nothing to take back", path=gallery)
        return plain(opened.undo(last if change is None else change))

    _with(gallery, passphrase_env, act, lambda told: f"Taken back: {told['what']}", json)


def _with(
    gallery: str, passphrase_env: str, act: Callable[[Gallery, Context], Answer], show: Callable[[Answer], str | None],
    json: bool, *, read_only: bool = False,
) -> None:  # fmt: skip
    """Do something with a gallery. show: prints the answer, or gives the one line that says it."""

    def work(_: None, ctx: Context) -> Answer:
        with _opened(gallery, passphrase_env, read_only=read_only) as opened:
            return act(opened, ctx)

    def render(answer: Answer) -> None:
        if words := show(answer):
            console.out().print(words)

    console.run(work, None, json=json, render=render, as_json=dict)


def _opened(path: str, passphrase_env: str, *, read_only: bool = False) -> Gallery:
    """Unlocked. Raises `BadInput`."""
    from engines.faces.gallery.editing import Gallery

    gallery = Gallery.open(path, read_only=read_only)
    try:
        if gallery.locked:
            gallery.unlock(_passphrase(passphrase_env, "Passphrase"))
    except BaseException:
        gallery.close()
        raise
    return gallery


def _made(path: str, model: str, passphrase_env: str) -> Gallery:
    """A new one, encrypted when a variable with a passphrase is named."""
    from engines.faces.gallery.editing import Gallery
    from engines.faces.recognition.recognisers import open_recogniser

    passphrase = _passphrase(passphrase_env, "") if passphrase_env else None
    return Gallery.create(path, open_recogniser(model).card, passphrase=passphrase)


def _model(path: str, asked: str, passphrase_env: str) -> tuple[str, bool]:
    """The recogniser to use, and whether the gallery is there. The gallery's own unless another is asked for."""
    from engines.faces.gallery.schema import is_new

    if is_new(Path(path)):
        return asked or "sface", False
    with _opened(path, passphrase_env, read_only=True) as opened:
        return opened.recogniser(asked), True


def _passphrase(variable: str, question: str, *, twice: bool = False) -> str:
    from engines.core.errors import Cancelled, UsageError

    if variable:
        if variable not in os.environ:
            raise UsageError(f"The environment has no {variable}", hint="Set it, or leave --passphrase-env out")
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise UsageError("A passphrase is needed", hint="Put it in a variable and name that by --passphrase-env")
    try:
        return typer.prompt(question, hide_input=True, confirmation_prompt=twice, err=True)
    except typer.Abort:
        raise Cancelled from None


def _ask(question: str, yes: bool, json: bool) -> None:
    from engines.core.errors import Cancelled, UsageError

    if yes:
        return
    if json or not sys.stdin.isatty():
        raise UsageError("This deletes for good", hint="Add --yes")
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise Cancelled("Nothing was deleted")
