"""The values in calibration files of OpenCV and ROS, from YAML and XML: numbers, words, lists and matrices by name.

A strict reader of the part of YAML that these files use: names at the start of a line, one level of names below them,
lists in brackets or of dashes. What is not asked for is not looked at, so that anything may stand beside it. Names are
told without regard to capitals: OpenCV's own tutorial changed them over time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from typing import TypeAlias
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.words import tr

Value: TypeAlias = "str | list[str] | dict[str, Value]"

CUT_OFF = tr("This YAML cannot be read: it is cut off or damaged")
DEEPEST = 3
_KEY = re.compile(r"(?P<quote>[\"']?)(?P<name>[^\W\d][\w.\- ]*)(?P=quote)\s*:(?:\s+(?P<rest>.*))?")
_TAG = re.compile(r"![^\s\[]*")
_ITEM = re.compile(r"-(?:\s+(?P<rest>.*))?")
_QUOTED = re.compile(r"\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^']|'')*)'", re.DOTALL)
_TOKEN = re.compile(
    rf"(?P<gap>[\s,]+|#[^\n]*)|(?P<bracket>[\[\]])|(?P<quoted>{_QUOTED.pattern})|(?P<plain>[^\s,\[\]\"'#][^,\[\]\n#]*)",
    re.DOTALL,
)
_PLAIN = re.compile(r"/?[^\W\d]\w*(?:/\w+)*")
_RESERVED = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
_REMARK = re.compile(r"\s+#.*")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SPECIAL = {".nan": np.nan, "nan": np.nan, ".inf": np.inf, "inf": np.inf, "-.inf": -np.inf, "-inf": -np.inf}


def read_yaml(text: str, wanted: Collection[str]) -> dict[str, Value]:
    """What stands under the `wanted` names, which are in small letters. Raises `BadInput` for what is no such YAML."""
    first = text.lstrip("\ufeff \t\r\n")
    if first.startswith("%") and not first.startswith("%YAML"):
        raise BadInput(tr("This is not YAML: it must begin with %YAML:1.0 or with a name"))
    lines = [line.rstrip("\r") for line in text.lstrip("\ufeff").split("\n")]
    blocks = _blocks(line for line in lines if not line.startswith(("%", "---", "...")))
    return {name: _value(*blocks[name]) for name in wanted if name in blocks}


def read_xml(root: Element) -> dict[str, Value]:
    """The same of OpenCV's XML. Raises `BadInput`."""
    if root.tag != "opencv_storage":
        raise BadInput(tr("This XML is not OpenCV's"))
    return {child.tag.casefold(): _of_element(child) for child in root}


def word(text: str) -> str:
    """A word as YAML writes it: as it is where it is plain, else in quotes."""
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _RESERVED
    return text if plain else json.dumps(text, ensure_ascii=False)


def number(value: Value | None) -> float | None:
    """A number, None for what is none."""
    if not isinstance(value, str):
        return None
    if value.casefold() in _SPECIAL:
        return float(_SPECIAL[value.casefold()])
    return float(value) if _NUMBER.fullmatch(value) else None


def matrix(value: Value | None) -> NDArray[np.float64] | None:
    """rows x cols of a matrix, (n,) of a plain list, None for anything else. Raises `BadInput` for a broken one."""
    if isinstance(value, list):
        return _numbers(value)
    if not isinstance(value, dict) or "data" not in value:
        return None
    data = value["data"]
    numbers = _numbers(data if isinstance(data, list) else str(data).split())
    shape = [int(side) if side is not None and side.is_integer() else -1 for side in map(number, _sides(value))]
    if min(shape) < 0 or shape[0] * shape[1] != numbers.size:
        raise BadInput(tr("A matrix is damaged: its {size} numbers do not fit its rows and columns", size=numbers.size))
    return numbers.reshape(shape)


def numbers(value: Value | None) -> NDArray[np.float64] | None:
    """All numbers of a matrix of whatever shape, or of a list, in their order; None for anything else."""
    if isinstance(value, dict) and "data" in value:
        value = value["data"]
        value = value if isinstance(value, list) else str(value).split()
    return _numbers(value) if isinstance(value, list) else None


def _sides(value: dict[str, Value]) -> tuple[Value | None, Value | None]:
    return value.get("rows"), value.get("cols")


def _numbers(texts: list[str]) -> NDArray[np.float64]:
    found = [number(text) for text in texts]
    if None in found:
        raise BadInput(tr("A matrix is damaged: '{texts}' is no number", texts=texts[found.index(None)]))
    return np.array(found, dtype=np.float64)


def _blocks(lines: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
    """(the rest of its line, the lines below) of each name that begins a line."""
    found: dict[str, tuple[str, list[str]]] = {}
    block: tuple[str, list[str]] | None = None
    for line in lines:
        key = _KEY.fullmatch(line.rstrip())
        if key is None:
            if block is not None and line.strip():
                block[1].append(line)
            continue
        name, block = key["name"].casefold(), (key["rest"] or "", [])
        if name in found:
            raise BadInput(tr("This YAML says '{key}' twice", key=key["name"]))
        found[name] = block
    return found


def _value(rest: str, below: list[str], depth: int = 0) -> Value:
    rest = _TAG.sub("", rest, count=1).strip() if rest.startswith("!") else rest.strip()
    below = [line for line in below if not line.lstrip().startswith("#")]
    if rest and not rest.startswith("#"):
        return _flow("\n".join([rest, *below]))
    if not below:
        return ""
    if depth == DEEPEST:
        raise BadInput(tr("This YAML is nested too deeply"))
    margin = min(len(line) - len(line.lstrip()) for line in below)
    below = [line[margin:] for line in below]
    if _ITEM.fullmatch(below[0]):
        return [text for item in _items(below) for text in _listed(_item(item, depth + 1))]
    return {name: _value(*block, depth + 1) for name, block in _blocks(below).items()}


def _items(lines: list[str]) -> list[str]:
    """The texts behind the dashes; a line without one goes on with the item before."""
    items: list[list[str]] = []
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item is not None:
            items.append([item["rest"] or ""])
        else:
            items[-1].append(line)
    return ["\n".join(item) for item in items]


def _item(text: str, depth: int) -> str | list[str]:
    """What stands behind a dash: another list of dashes, or a word or words in brackets."""
    lines = text.split("\n")
    if not _ITEM.fullmatch(lines[0]):
        return _flow(text)
    if depth > DEEPEST:
        raise BadInput(tr("This YAML is nested too deeply"))
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    lines = [lines[0], *(line[margin:] for line in lines[1:])]
    return [word for item in _items(lines) for word in _listed(_item(item, depth + 1))]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _flow(text: str) -> str | list[str]:
    """A word, or the words in brackets whatever their nesting. Raises `BadInput` for what does not end."""
    text = text.strip()
    if text.startswith("["):
        return _bracketed(text)
    if text[:1] in ("'", '"'):
        quoted = _QUOTED.match(text)
        if quoted is None or not _REMARK.sub("", text[quoted.end() :]) == "":
            raise BadInput(CUT_OFF)
        return _unquoted(quoted)
    word = _REMARK.sub("", text)
    if "\n" in word:
        raise BadInput(CUT_OFF)
    return word


def _bracketed(text: str) -> list[str]:
    words: list[str] = []
    at = depth = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or (depth == 0 and at and not token["gap"]):
            raise BadInput(CUT_OFF)
        at = token.end()
        if token["bracket"]:
            depth += 1 if token["bracket"] == "[" else -1
        elif token["quoted"]:
            words.append(_unquoted(token))
        elif token["plain"]:
            words.append(token["plain"].strip())
    if depth:
        raise BadInput(CUT_OFF)
    return words


def _unquoted(match: re.Match[str]) -> str:
    if match["double"] is None:
        return match["single"].replace("''", "'")
    return _ESCAPE.sub(_meant, match["double"])


def _meant(escape: re.Match[str]) -> str:
    code, char = escape.groups()
    return chr(int(code, 16)) if code else _ESCAPED.get(char, char)


def _of_element(element: Element) -> Value:
    text = (element.text or "").strip()
    if len(element) == 0:
        quoted = _QUOTED.fullmatch(text)
        return _unquoted(quoted) if quoted else text
    if all(child.tag == "_" for child in element):
        return [(child.text or "").strip().strip('"') for child in element]
    return {child.tag.casefold(): (child.text or "").strip() for child in element}
