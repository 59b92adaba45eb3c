"""Whether a model file is safe to read, told without running anything of it and without torch."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engines.core.errors import BadInput
from engines.core.networks.safetensors_head import read_header
from engines.core.reading import regular_file
from engines.core.words import as_sentence, tr
from engines.inspection.opening.archives import Archive, read_archive
from engines.inspection.opening.arrays import judged
from engines.inspection.opening.dlib_files import open_file as open_dlib
from engines.inspection.opening.external import outside
from engines.inspection.opening.formats import format_of
from engines.inspection.opening.pickle_machine import MOST_BYTES
from engines.inspection.opening.pickled import FOREIGN, Pickled, hidden_calls, read_pickled
from engines.inspection.opening.torchscript import archive_safety
from engines.inspection.types import Format, OpenSpec, Safety

WHYS = {
    Format.ONNX: tr("An ONNX file holds numbers and names of operators; all its weights lie in its own folder"),
    Format.TFLITE: tr("A TFLite file holds numbers and names of operators"),
    Format.SAFETENSORS: tr("Safetensors hold numbers and words alone"),
    Format.LORA: tr("Safetensors hold numbers and words alone"),
    Format.KINOSCOPE: tr("Safetensors hold numbers and words alone"),
    Format.DLIB: tr("dlib's files hold numbers and names alone"),
}
PICKLES = (".pt", ".pth", ".bin", ".pkl", ".ckpt", ".pickle")
EXPORTED = tr("The graph is read from JSON; its embedded PyTorch files rebuild numbers alone, and are not opened")
PROGRAMS = (".so", ".dylib", ".dll", ".pyd", ".cubin", ".hsaco", ".o")
COMPILED = tr("It carries a compiled program ('{}'), which PyTorch would load; here it is not")
LARGE = tr("it is larger than what is looked through here")
HOSTILE = tr("An embedded PyTorch file asks for what has no place among weights; here none of them is opened")
FOLDER = tr("None of its files runs anything when it is read")
MOST_FILES = 200


def safety_of(path: str | Path) -> Safety:
    """The verdict on a file or folder; a file that is no model, or a broken one, is refused and says why.

    Raises `FileMissing`, and `BadInput` for what is no regular file (a pipe, a device).
    """
    path = Path(path)
    if path.is_dir():
        return _of_folder(path)
    path = regular_file(path, what=tr("model file"))
    try:
        return _of_file(path)
    except BadInput as error:
        return Safety("refused", (), error.message)


def _of_file(path: Path) -> Safety:
    kind = format_of(path)
    if kind is Format.STATE_DICT:
        return read_pickled(path).safety
    if kind in WHYS and (hidden := hidden_calls(path)):
        return Safety(
            "refused",
            tuple(hidden),
            tr("It is {kind} to some readers and a pickle to others: {foreign}", kind=kind, foreign=FOREIGN),
        )
    if kind is Format.ONNX:
        return _of_onnx(path)
    if kind in WHYS:
        if kind in (Format.SAFETENSORS, Format.LORA, Format.KINOSCOPE):
            read_header(path)
        if kind is Format.DLIB:
            open_dlib(path, OpenSpec())
        return Safety("safe", (), WHYS[kind])
    archive = read_archive(path)
    told = {Format.TORCHSCRIPT: archive_safety, Format.EXPORTED: exported_safety, Format.ARRAYS: judged}
    return told[kind](archive)


def exported_safety(archive: Archive) -> Safety:
    """Of a `.pt2`: its embedded PyTorch files are followed, so that who opens it elsewhere is warned."""
    if archive.trick:
        return Safety("refused", (), as_sentence(archive.trick))
    calls: list[str] = []
    whys: list[str] = []
    for name, found in _embedded(archive):
        if found.safety.verdict == "refused":
            calls += found.calls
            whys.append(f"'{name}': {found.why}" if found.why and not found.calls else "")
    if not whys:
        programs = [name for name in archive.members if name.casefold().endswith(PROGRAMS)]
        return Safety("code", (), COMPILED.format(programs[0])) if programs else Safety("safe", (), EXPORTED)
    return Safety("refused", tuple(dict.fromkeys(calls)), HOSTILE + "".join(f" ({why})" for why in whys[:1] if why))


def _embedded(archive: Archive) -> Iterator[tuple[str, Pickled]]:
    for name, member in archive.members.items():
        if not name.casefold().endswith(PICKLES):
            continue
        if member.whole > MOST_BYTES:
            yield name, Pickled("pickle", why=LARGE)
            continue
        with tempfile.TemporaryDirectory(prefix="kinoscope-") as folder:
            file = Path(folder) / "embedded"
            file.write_bytes(archive.read(name, MOST_BYTES))
            try:
                yield name, read_pickled(file)
            except BadInput as error:
                yield name, Pickled("pickle", why=error.message)


def _of_onnx(path: Path) -> Safety:
    """Loaded only where the word is in it with which places of weights are told."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(b"location") < 0:
            return Safety("safe", (), WHYS[Format.ONNX])
    import onnx

    try:
        proto = onnx.load(path, load_external_data=False)
    except Exception as error:
        raise BadInput(tr("The ONNX file is broken or cut short"), path=path) from error
    places = outside(proto, path)
    if places:
        calls = tuple(f"open({place!r})" for place in places)
        return Safety("refused", calls, tr("It asks for weights outside its own folder; none was opened"))
    return Safety("safe", (), WHYS[Format.ONNX])


def _of_folder(path: Path) -> Safety:
    """The worst of its files; Python beside them is a program that others would load."""
    format_of(path)
    told = [(file, _told(file)) for file in _files(path)]
    bad = [(file, each) for file, each in told if each.verdict == "refused"]
    calls = tuple(call for _, each in bad for call in each.calls)
    if bad:
        return Safety("refused", calls, f"{bad[0][0].relative_to(path)}: {bad[0][1].why}")
    code = [file for file, each in told if each.verdict == "code"]
    why = (
        tr("{relative_to} is a program; here it is not run", relative_to=code[0].relative_to(path)) if code else FOLDER
    )
    return Safety("code" if code else "safe", (), why)


def _files(path: Path) -> list[Path]:
    wanted = (*PICKLES, ".safetensors", ".onnx", ".py")
    return sorted(file for file in path.rglob("*") if file.suffix in wanted and file.is_file())[:MOST_FILES]


def _told(file: Path) -> Safety:
    return Safety("code", (), "Python") if file.suffix == ".py" else safety_of(file)
