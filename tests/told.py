"""Literals in the code that read like texts for people and do not go through translation.

A text is several words, or one that begins large. What a program reads is left out by where it stands: keys,
comparisons, arguments of calls that take names, regular expressions, SQL, errors that are defects.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

UNITS = frozenset(
    [
        "px",
        "mm",
        "cm",
        "ms",
        "s",
        "m",
        "h",
        "min",
        "GB",
        "MB",
        "KB",
        "kB",
        "Hz",
        "fps",
        "dB",
        "nats",
        "bits",
        "GFLOPS",
        "FLOPs",
        "deg",
        "rad",
        "GHz",
        "MP",
        "MiB",
        "GiB",
        "x",
        "nat",
        "bit",
        "pp",
    ]
)
SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|DROP|ALTER|BEGIN|COMMIT|ROLLBACK|ATTACH|WITH \w+ AS|REPLACE INTO"
    r"|SAVEPOINT|RELEASE|VACUUM|JOIN |LEFT JOIN|WHERE |ORDER BY|AND |FROM |id |INTEGER|TEXT|BLOB|PRIMARY)\b"
)
WORD = re.compile(r"[^\W\d_]{2,}")
LOWER = re.compile(r"[ ,;:(]*[a-z]{2,}([ ,;:]+[a-z]+)*[ ,;:)]*")
NAMES_OF_FILES = re.compile(
    r"[\w -]+\.\w{2,5}|([A-Z0-9+. ]+ \([^)]*\)(;;)?)+"
    r"|[\w{}-]+\.(png|csv|json|yaml|svg|npz|kino|gif|txt|ply|npy|safetensors|pdf)"
)
TELLERS = ("tr", "tr_count")
TAKES_NAMES = frozenset(
    [
        "debug",
        "info",
        "warning",
        "error",
        "critical",
        "exception",
        "log",
        "getLogger",
        "compile",
        "match",
        "fullmatch",
        "search",
        "sub",
        "finditer",
        "findall",
        "execute",
        "executemany",
        "setObjectName",
        "setProperty",
        "property",
        "set_property",
        "getattr",
        "setattr",
        "hasattr",
        "delattr",
        "open",
        "encode",
        "decode",
        "einsum",
        "argsort",
        "TypeVar",
        "NewType",
        "strftime",
        "strptime",
        "glob",
        "rglob",
        "startswith",
        "endswith",
        "removeprefix",
        "removesuffix",
        "partition",
        "rpartition",
        "split",
        "rsplit",
        "strip",
        "lstrip",
        "rstrip",
        "replace",
        "pop",
        "setdefault",
        "astype",
        "dtype",
        "view",
        "searchsorted",
        "errstate",
        "import_module",
        "resolve",
        "color",
        "icon",
        "draw_icon",
        "overlay_color",
        "make_node",
        "SubElement",
        "Element",
        "find",
        "findtext",
        "iter",
        "cast",
        "namedtuple",
        "Struct",
        "unpack",
        "unpack_from",
        "pack",
        "pack_into",
        "invokeMethod",
        "connect",
        "with_suffix",
        "with_name",
        "fromhex",
        "joinpath",
        "Path",
        "setStyleSheet",
        "fromkeys",
        "Literal",
        "Thread",
        "ThreadPoolExecutor",
        "setStyle",
        "setApplicationName",
        "print",
        "named",
    ]
)
KEYWORDS = frozenset(
    [
        "benchmarks",
        "kind",
        "encoding",
        "mode",
        "dtype",
        "errors",
        "newline",
        "order",
        "method",
        "key",
        "prefix",
        "suffix",
        "thread_name_prefix",
    ]
)
DEFECTS = frozenset(
    [
        "RuntimeError",
        "AssertionError",
        "KeyError",
        "LookupError",
        "NotImplementedError",
        "IndexError",
        "ImportError",
        "AttributeError",
    ]
)
LOGS = ("log", "log_", "logging", "logger", "warnings")
TABLES = ("table", "csv_rows")
"""Functions whose lists are lines of a file: programs read the names of columns."""


@dataclass(frozen=True, slots=True)
class Found:
    line: int
    text: str


def untold(source: str, *, one_word: bool) -> Iterator[Found]:
    """The texts in a file that are not told through `tr`. one_word: a single word that begins large is a text too."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if _is_literal(node, parents) and reads_like_words(node, one_word=one_word) and not _left_out(node, parents):
            yield Found(node.lineno, text_of(node))


def spliced(tree: ast.AST) -> Iterator[Found]:
    """English words that are put into a told text, of its own language: `tr("{one} {fits}", fits="fit" if many else
    "fits")`, at once or by a name in the same function."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            places = [one.value for call in ast.walk(function) if _tells(call) for one in getattr(call, "keywords", ())]
            names = {name.id for place in places for name in ast.walk(place) if isinstance(name, ast.Name)}
            for one in ast.walk(function):
                if isinstance(one, ast.Assign) and names & {
                    name.id for name in ast.walk(one.targets[0]) if isinstance(name, ast.Name)
                }:
                    places.append(one.value)
            for place in places:
                yield from (Found(one.lineno, one.value) for one in _alternatives(place) if _is_english(one.value))


def _is_english(text: str) -> bool:
    return LOWER.fullmatch(text) is not None and text.strip() not in UNITS


def _alternatives(node: ast.AST) -> Iterator[ast.Constant]:
    """The literals that a value may be, or begin or end with."""
    match node:
        case ast.Constant(value=str()):
            yield node
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, op=ast.Add(), right=other):
            yield from (*_alternatives(one), *_alternatives(other))
        case ast.BoolOp(values=values) | ast.Tuple(elts=values):
            for value in values:
                yield from _alternatives(value)
        case ast.Subscript(value=ast.Tuple() as choices):
            yield from _alternatives(choices)
        case ast.Call(func=ast.Attribute(value=ast.Constant() as between, attr="join")):
            yield from _alternatives(between)


def text_of(node: ast.AST) -> str:
    """A literal's text, {} for each place."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def reads_like_words(node: ast.AST, *, one_word: bool) -> bool:
    text = text_of(node).strip()
    words = [word for word in WORD.findall(text) if word not in UNITS]
    if isinstance(node, ast.JoinedStr) and any(_tells(part) for part in ast.walk(node)):
        return True
    if not words or SQL.match(text) or NAMES_OF_FILES.fullmatch(text) or ("://" in text and " " not in text):
        return False
    if isinstance(node, ast.JoinedStr) and re.fullmatch(r"[A-Za-z][a-z]{5,}(\{\})+", text):
        return True
    if isinstance(node, ast.JoinedStr):
        return " " in text and any(
            re.fullmatch(r"\W*[A-Za-z\u2019'-]{2,}\W*", part)
            for part in re.split(r"\s|\{\}", text)
            if part not in UNITS
        )
    if re.search(r"\s", text):
        return len(words) > 1 and any(re.fullmatch(r"\W*[A-Za-z\u2019'-]+\W*", part) for part in text.split())
    return one_word and re.fullmatch(r"[A-Z][a-z\u2019'-]+[\u2026:.]?", text) is not None


def _is_literal(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents.get(node)
    if isinstance(node, ast.JoinedStr):
        return not isinstance(parent, ast.FormattedValue) or parent.format_spec is not node
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return not isinstance(parent, ast.JoinedStr | ast.Expr)


def _left_out(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether it is told, or stands where a program reads it."""
    child, parent, direct = node, parents.get(node), True
    while parent is not None and not isinstance(parent, ast.FunctionDef | ast.ClassDef | ast.Module):
        if _reads(parent, child, direct):
            return True
        if isinstance(parent, ast.Call):
            direct = False
        if isinstance(parent, ast.List) and _in_table(parent, parents):
            return True
        child, parent = parent, parents.get(parent)
    return isinstance(parent, ast.FunctionDef) and (child in parent.decorator_list or child is parent.returns)


def _reads(parent: ast.AST, child: ast.AST, direct: bool) -> bool:
    match parent:
        case ast.Call(func=func):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            owner = ast.unparse(func.value) if isinstance(func, ast.Attribute) else ""
            if name in TELLERS or name in DEFECTS or owner in LOGS:
                return True
            return direct and (name in TAKES_NAMES or child is func)
        case ast.keyword(arg=arg):
            return arg in KEYWORDS
        case ast.Subscript(slice=taken):
            return child is taken
        case ast.Dict(keys=keys):
            return child in keys
        case ast.IfExp(test=test):
            return child is test
        case ast.AnnAssign(annotation=annotation):
            return child is annotation or "TypeAlias" in ast.unparse(annotation)
        case (
            ast.Compare() | ast.MatchValue() | ast.arg() | ast.Assert() | ast.If() | ast.While() | ast.FormattedValue()
        ):
            return not isinstance(parent, ast.FormattedValue) or parent.format_spec is child
    return False


def _in_table(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    while node in parents and not isinstance(node, ast.FunctionDef):
        node = parents[node]
    return isinstance(node, ast.FunctionDef) and node.name in TABLES


def _tells(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLERS
