"""Which format a file is of, told by its content alone: an ending may lie."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from engines.core.errors import BadInput, FileMissing
from engines.core.networks.safetensors_head import METADATA, START, read_head
from engines.core.reading import read_json, regular_file
from engines.core.words import tr
from engines.inspection.opening.archives import Archive, read_archive
from engines.inspection.opening.dlib_files import is_dlib
from engines.inspection.opening.pickled import PICKLE, is_stream, is_tar
from engines.inspection.opening.protobuf import is_model
from engines.inspection.opening.safetensors_files import is_adapter
from engines.inspection.types import Format

HEAD = 512
KNOWN = tr(
    "Known are ONNX, TFLite, .pt2, safetensors, PyTorch state dicts, TorchScript, LoRA, npz, dlib and diffusers folders"
)
FOREIGN = {
    b"\x89HDF": tr("an HDF5 file (Keras)"),
    b"GGUF": tr("a GGUF file"),
    b"\x1f\x8b": tr("a gzip archive"),
    b"7z\xbc\xaf": tr("a 7z archive"),
    b"\x89PNG": tr("a picture"),
    b"\xff\xd8\xff": tr("a picture"),
    b"%PDF": tr("a PDF file"),
}
WEIGHTS = ("*.safetensors", "*.bin", "*.safetensors.index.json", "*.onnx")
OWN_KEYS = ("kinoscope.actions",)
CARD_KEYS = ("architecture", "arguments", "process")
OLD_EXPORT = "serialized_exported_program.json"


def format_of(path: Path) -> Format:
    """The format of a file or folder. Raises `FileMissing`, and `BadInput` for what is no model, saying what it is."""
    if path.is_dir():
        return _of_folder(path)
    path = regular_file(path, what=tr("model file"))
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise BadInput(tr("The model file cannot be read: {strerror}", strerror=error.strerror), path=path) from error
    if not size:
        raise BadInput(tr("The model file is empty"), path=path, hint=tr("Fetch or save it again"))
    if head[:4] == b"PK\x03\x04":
        return _of_archive(read_archive(path))
    if head[4:8] == b"TFL3":
        return _of_flatbuffer(head, size, path)
    if head[START : START + 1] == b"{" and not head[START - 1]:
        return _of_safetensors(path)
    if PICKLE.match(head) or is_tar(head):
        return Format.STATE_DICT
    return _of_rest(path, head, size)


def _of_rest(path: Path, head: bytes, size: int) -> Format:
    if is_dlib(head):
        return Format.DLIB
    if is_model(path):
        return Format.ONNX
    if head.strip(b"\0") and is_stream(path):
        return Format.STATE_DICT
    raise BadInput(tr("Not a model file: this is {what}", what=_what(head, path)), path=path, hint=KNOWN)


def _of_archive(archive: Archive) -> Format:
    """A zip file by the names in it."""
    names = list(archive.members)
    programs = any("/models/" in name and name.endswith(".json") for name in names)
    if programs or archive.named("archive_format") or archive.named(OLD_EXPORT):
        return Format.EXPORTED
    if archive.named("constants.pkl") or any("/code/" in name for name in names):
        return Format.TORCHSCRIPT
    if archive.named(".pkl"):
        return Format.STATE_DICT
    if names and all(name.endswith(".npy") for name in names):
        return Format.ARRAYS
    raise BadInput(tr("Not a model file: this is a zip archive of something else"), path=archive.path, hint=KNOWN)


def _of_flatbuffer(head: bytes, size: int, path: Path) -> Format:
    (root,) = struct.unpack_from("<I", head)
    if not 8 <= root <= size - 4:
        raise BadInput(tr("The TFLite file is cut short"), path=path, hint=tr("Fetch or save it again"))
    return Format.TFLITE


def _of_safetensors(path: Path) -> Format:
    """Plain weights, adapters, or a network of ours: told by its metadata or by the card beside it."""
    table, _ = read_head(path)
    metadata = table.get(METADATA)
    if isinstance(metadata, dict) and any(key in metadata for key in OWN_KEYS):
        return Format.KINOSCOPE
    if has_card(path):
        return Format.KINOSCOPE
    return Format.LORA if is_adapter(name for name in table if name != METADATA) else Format.SAFETENSORS


def has_card(path: Path) -> bool:
    """Whether a card of a network of ours lies beside weights."""
    card = path.with_suffix(".json")
    try:
        said = read_json(card) if card.is_file() and card != path else None
    except (BadInput, FileMissing):
        return False
    return isinstance(said, dict) and all(key in said for key in CARD_KEYS)


def _of_folder(path: Path) -> Format:
    try:
        index = (path / "model_index.json").is_file()
        whole = (path / "config.json").is_file() and any(any(path.glob(ending)) for ending in WEIGHTS)
    except OSError as error:
        raise BadInput(tr("The folder cannot be read: {strerror}", strerror=error.strerror), path=path) from error
    if index or whole:
        return Format.DIFFUSERS
    hint = tr("A diffusers folder holds model_index.json, or config.json with weights beside it")
    raise BadInput(tr("There is no model in this folder"), path=path, hint=hint)


def _what(head: bytes, path: Path) -> str:
    """What else it is, in words."""
    known = next((words for magic, words in FOREIGN.items() if head.startswith(magic)), "")
    if known:
        return known
    if not head.strip(b"\0"):
        return tr("a file of zeros")
    if _is_text(head):
        return "JSON" if _is_json(head, path) else tr("a text file")
    return (
        tr("no {suffix} file, or it is cut short", suffix=path.suffix[1:])
        if path.suffix
        else tr("of no kind that is known")
    )


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", "strict" if len(head) < HEAD else "ignore")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\r\n\t\f" for letter in text)


def _is_json(head: bytes, path: Path) -> bool:
    if head.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        read_json(path)
    except (BadInput, FileMissing, json.JSONDecodeError):
        return False
    return True
