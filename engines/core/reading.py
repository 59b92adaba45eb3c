"""Readers of text, JSON, tables, XML and arrays that refuse files too large, too deep or of another kind.

A path is looked at before it is opened: a pipe or device would never end, a folder is no file, and a size says what
memory it will take. Whatever does not parse is `BadInput` with the file's name, however it is broken.
"""

from __future__ import annotations

import csv
import io
import json
import math
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput, FileMissing, KinoscopeError
from engines.core.words import tr

MIB = 1 << 20
MOST_TEXT = 64 * MIB
MOST_ARRAY = 8192 * MIB
DEEPEST = 100
"""Levels of nesting in JSON and XML. No format that is read here has more than a dozen."""
LARGEST = 1 << 127
"""A larger whole number fits no field of ours and stops converters."""

MISFITS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration)
"""What values of another type, size or number than expected raise when they are worked with."""


def regular_file(path: str | Path, *, what: str = "", most: int | None = None) -> Path:
    """`path`, when it is a regular file of at most `most` bytes.

    Raises `FileMissing` where nothing is, `BadInput` for a folder, pipe or device and for what is too large.
    """
    what = what or tr("file")
    path = Path(path)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissing(tr("There is no such {what}", what=what), path=path, hint=tr("Check the name")) from error
    except (OSError, ValueError) as error:
        raise BadInput(
            tr("The {what} cannot be read: {reason}", what=what, reason=_reason(error)), path=path
        ) from error
    if sort := _sort(status.st_mode):
        raise BadInput(tr("This is {sort}, not a {what}", sort=sort, what=what), path=path)
    if most is not None and status.st_size > most:
        raise too_large(path, what, status.st_size, most)
    return path


def _sort(mode: int) -> str:
    """What is no regular file, in words."""
    sorts = (
        (stat.S_ISDIR, tr("a folder")),
        (stat.S_ISFIFO, tr("a named pipe")),
        (stat.S_ISSOCK, tr("a socket")),
        (stat.S_ISCHR, tr("a device")),
        (stat.S_ISBLK, tr("a device")),
    )
    return next((sort for is_sort, sort in sorts if is_sort(mode)), "")


def read_bytes(path: str | Path, *, what: str = "", most: int = MOST_TEXT) -> bytes:
    """The content of a regular file of at most `most` bytes. Raises `FileMissing` and `BadInput`."""
    what = what or tr("file")
    path = regular_file(path, what=what, most=most)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise BadInput(
            tr("The {what} cannot be read: {reason}", what=what, reason=_reason(error)), path=path
        ) from error
    if len(content) > most:
        raise too_large(path, what, len(content), most)
    return content


@contextmanager
def making_sense(path: str | Path, message: str, *, hint: str = "") -> Iterator[None]:
    """The block works with values that were read from a file: whatever does not fit there is `BadInput` about it.

    Errors in words pass, and get the file's name where they have none.
    """
    try:
        yield
    except KinoscopeError as error:
        error.path = error.path or str(path)
        raise
    except MISFITS as error:
        absent = isinstance(error, KeyError)
        reason = tr("there is no {error}", error=error) if absent else str(error) or type(error).__name__
        raise BadInput(f"{message}: {reason}", path=path, hint=hint) from error


def read_text(path: str | Path, *, what: str = "", most: int = MOST_TEXT) -> str:
    """UTF-8 text, with or without a byte order mark, or UTF-16 with one, as some spreadsheets and editors write it.

    Raises `FileMissing` and `BadInput`.
    """
    what = what or tr("file")
    content = read_bytes(path, what=what, most=most)
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            tr("The {what} is not text", what=what), path=path, hint=tr("Save it again as UTF-8 text")
        ) from error


def read_json(path: str | Path, *, what: str = "", most: int = MOST_TEXT) -> Any:
    """The value in a JSON file. Raises `FileMissing` and `BadInput`, for what does not parse with its line."""
    what = what or tr("file")
    return parse_json(read_text(path, what=what, most=most), path)


def parse_json(text: str | bytes, path: str | Path | None = None) -> Any:
    """The value of a JSON text: nested at most `DEEPEST`, with numbers and letters that can be worked with.

    path: the file that it stands in, for the message. Raises `BadInput`.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(
            tr("Not valid JSON: line {lineno}: {msg}", lineno=error.lineno, msg=error.msg), path=path
        ) from error
    except RecursionError as error:
        raise BadInput(tr("Not usable JSON: it is nested too deeply"), path=path) from error
    except UnicodeDecodeError as error:
        raise BadInput(tr("Not a UTF-8 text file"), path=path) from error
    except ValueError as error:
        raise BadInput(tr("Not usable JSON: a number has too many digits"), path=path) from error
    escaped = "\\ud" in text.lower() if isinstance(text, str) else b"\\ud" in text.lower()
    _check_values(value, escaped, path)
    return value


def parse_rows(
    text: str, path: str | Path, *, delimiter: str = ",", fields: int | None = None
) -> list[tuple[int, list[str]]]:
    """`each_row`, all of them."""
    return list(each_row(text, path, delimiter=delimiter, fields=fields))


def each_row(
    text: str, path: str | Path, *, delimiter: str = ",", fields: int | None = None
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a delimited table with the lines they end on, empty ones left out. fields: how many each must have.

    By default as many as the first one. Raises `BadInput` for a row that has others, and for what is no such table.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for row in reader:
            if any(field.strip() for field in row):
                fields = fields or len(row)
                _check_fields(row, fields, reader.line_num, path)
                yield reader.line_num, row
    except csv.Error as error:
        raise BadInput(
            tr("Not a readable table: line {line_num}: {error}", line_num=reader.line_num, error=error), path=path
        ) from error


def table(text: str, path: str | Path) -> list[tuple[int, list[str]]]:
    """The rows of a table with their lines, cells without spaces around them, whichever mark separates them.

    That is the one of comma, semicolon and tab which the first line has most of. Raises as `each_row` does.
    """
    first = text.lstrip().partition("\n")[0]
    mark = max(",;\t", key=first.count)
    return [(line, [cell.strip() for cell in row]) for line, row in each_row(text, path, delimiter=mark)]


def decimal(text: str) -> float:
    """A number, with a decimal comma too. Raises `ValueError` where it is none, or not finite."""
    number = float(text.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(tr("'{text}' is not finite", text=text))
    return number


def _check_fields(row: list[str], fields: int, line: int, path: str | Path) -> None:
    if len(row) != fields:
        has = tr("1 field") if len(row) == 1 else tr("{count} fields", count=len(row))
        hint = tr('A field that holds the separator stands in quotes: "wave, hand up"')
        raise BadInput(
            tr("Row {line} has {has}, the first line names {fields}", line=line, has=has, fields=fields),
            path=path,
            hint=hint,
        )


def read_xml(path: str | Path, *, what: str = "", most: int = MOST_TEXT) -> Element:
    """The root of an XML file without entities of its own. Raises `FileMissing` and `BadInput`."""
    what = what or tr("file")
    content = read_bytes(path, what=what, most=most)
    builder, depth = TreeBuilder(), 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise BadInput(tr("Not usable XML: it is nested too deeply"), path=path)
        builder.start(_qualified(tag), {_qualified(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_qualified(tag))

    def refuse(*_: object) -> NoReturn:
        raise BadInput(tr("XML with entities of its own is not read"), path=path)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = builder.data, refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise BadInput(tr("Not valid XML: {error}", error=error), path=path) from error


def read_array(path: str | Path, *, what: str = "", most: int = MOST_ARRAY) -> NDArray[Any]:
    """The array in a .npy file; nothing is unpickled. Raises `FileMissing` and `BadInput`."""
    what = what or tr("file of numbers")
    path = regular_file(path, what=what, most=most)
    try:
        with path.open("rb") as file:
            return array_from(file, path.stat().st_size, path, what)
    except OSError as error:
        raise BadInput(
            tr("The {what} cannot be read: {reason}", what=what, reason=_reason(error)), path=path
        ) from error


def read_arrays(path: str | Path, *, what: str = "", most: int = MOST_ARRAY) -> dict[str, NDArray[Any]]:
    """The arrays in a .npz file by their names; nothing is unpickled. Raises `FileMissing` and `BadInput`."""
    what = what or tr("file of numbers")
    arrays: dict[str, NDArray[Any]] = {}
    with open_zip(path, what=what, most=most) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".npy"):
                with archive.open(entry) as file:
                    arrays[entry.filename[:-4]] = array_from(cast(BinaryIO, file), entry.file_size, Path(path), what)
    return arrays


@contextmanager
def open_zip(path: str | Path, *, what: str = "", most: int = MOST_ARRAY) -> Iterator[zipfile.ZipFile]:
    """A zip archive that unpacks to at most `most` bytes; a member never gives more than it declares.

    Raises `FileMissing` and `BadInput`, also for what turns out to be broken while the block reads.
    """
    what = what or tr("file")
    path = regular_file(path, what=what)
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise BadInput(
            tr("The {what} cannot be read: {reason}", what=what, reason=_reason(error)), path=path
        ) from error
    except Exception as error:  # of a broken directory, whatever struct and the codecs raise
        raise BadInput(tr("Not a usable {what}: {reason}", what=what, reason=_reason(error)), path=path) from error
    try:
        with archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > most:
                raise too_large(path, what, unpacked, most)
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadInput(tr("Not a usable {what}: {reason}", what=what, reason=_reason(error)), path=path) from error
    except OSError as error:
        raise BadInput(
            tr("The {what} cannot be read: {reason}", what=what, reason=_reason(error)), path=path
        ) from error
    except zlib.error as error:
        raise BadInput(tr("Not a usable {what}: it is damaged", what=what), path=path) from error


def read_member(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo) -> bytes:
    """A member of a zip, of which no more is unpacked than it declares: one that says less is damaged."""
    with archive.open(name) as file:
        return file.read(archive.getinfo(name).file_size if isinstance(name, str) else name.file_size)


def array_from(file: BinaryIO, size: int, path: Path, what: str) -> NDArray[Any]:
    """One array whose declared shape fits the `size` bytes that are there.

    Of a broken head numpy raises whatever Python's own parser does, so everything is caught.
    """
    try:
        version = np.lib.format.read_magic(file)
        read_head = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_head(file)
        declared = dtype.itemsize
        for length in shape:
            declared *= length
        if dtype.hasobject or not 0 <= declared <= size - file.tell():
            raise ValueError(tr("its head does not fit what follows"))
        file.seek(0)
        return np.asarray(np.lib.format.read_array(file, allow_pickle=False))
    except Exception as error:
        raise BadInput(
            tr("Not a usable {what}: {reason}", what=what, reason=_reason(error)),
            path=path,
            hint="Save it with numpy.save",
        ) from error


def _check_values(value: Any, escaped: bool, path: str | Path | None) -> None:
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += item.values()
                below += item if escaped else ()
            elif isinstance(item, list):
                below += item
            elif isinstance(item, int) and not -LARGEST < item < LARGEST:
                raise BadInput(tr("Not usable JSON: a number has too many digits"), path=path)
            elif escaped and isinstance(item, str) and not _can_be_written(item):
                raise BadInput(tr("Not usable JSON: a text holds half a letter (a lone surrogate)"), path=path)
        if not below:
            return
        level = below
    raise BadInput(tr("Not usable JSON: it is nested too deeply"), path=path)


def _can_be_written(text: str) -> bool:
    """Names of files that are not UTF-8 are kept as lone low surrogates (PEP 383); no others have a meaning."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name


def too_large(path: str | Path, what: str, size: int, most: int) -> BadInput:
    """The error of a file of more bytes than are read."""
    return BadInput(
        tr(
            "The {what} is too large: {size:,.0f} MB; at most {most:,.0f} MB are read",
            what=what,
            size=size / MIB,
            most=most / MIB,
        ),
        path=path,
    )


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
