"""Values in the JSON of exported programs: arguments, types, sizes. Each is an object with one key that says its sort.

The sorts are those of `torch._export.serde.schema`; nothing of it is imported, and nothing else is accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.reading.aten.calls import Value
from engines.inspection.reading.references import Named
from engines.inspection.types import Shape, Tensor

DTYPES: Mapping[int, str] = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64",
    9: "complex32", 10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16", 28: "uint16", 29: "float8_e4m3fn",
    30: "float8_e5m2", 31: "float8_e4m3fnuz", 32: "float8_e5m2fnuz", 33: "float8_e8m0fnu", 34: "uint32", 35: "uint64",
}  # fmt: skip
MEMORY_FORMATS: Mapping[int, str] = {
    1: "contiguous_format", 2: "channels_last", 3: "channels_last_3d", 4: "preserve_format"
}  # fmt: skip
UNUSUAL = {"Infinity": float("inf"), "-Infinity": float("-inf"), "NaN": float("nan")}
STRIDED = 7


def argument(given: Any) -> Any:
    """An argument with `Value` where a tensor or a size goes. Raises `BadInput` for what is none."""
    sort, value = _only(given)
    if sort not in SORTS:
        raise BadInput(tr("The program holds an argument of an unknown sort '{sort}'", sort=sort))
    return SORTS[sort](value)


def dtype(number: Any) -> str:
    """Raises `BadInput` for a number that stands for no type."""
    if number not in DTYPES:
        raise BadInput(tr("The program names a type of numbers ({number!r}) that is not known", number=number))
    return DTYPES[number]


def size(given: Any) -> int:
    """A size, -1 where it is worked out when the program runs."""
    sort, value = _only(given)
    if sort == "as_int":
        return _whole(value)
    if sort == "as_expr":
        return -1
    raise BadInput(tr("The program holds a size of an unknown sort '{sort}'", sort=sort))


def tensor(name: str, meta: Mapping[str, Any]) -> Tensor:
    """Shape and dtype of a tensor by its description."""
    shape = tuple(map(size, meta["sizes"]))
    return Tensor(name, shape, dtype(meta["dtype"]))


def layout(meta: Mapping[str, Any]) -> tuple[Shape, int]:
    """Strides and offset, in elements. Raises `BadInput` for what is not dense."""
    if meta.get("layout") != STRIDED:
        raise BadInput(tr("The program stores a tensor that is not dense"))
    return tuple(map(size, meta["strides"])), size(meta["storage_offset"])


def ids(given: Any) -> list[str]:
    """Names of the tensors and sizes of an output: one, several, or none."""
    found = argument(given)
    several = found if isinstance(found, list) else [found]
    return [each.id if isinstance(each, Value) else "" for each in several]


def _only(given: Any) -> tuple[str, Any]:
    if not isinstance(given, dict) or len(given) != 1:
        raise BadInput(tr("The program holds an argument that is no object with one key"))
    return next(iter(given.items()))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(tr("The program holds {value!r} where a whole number goes", value=value))
    return value


def _number(value: Any) -> float:
    if isinstance(value, str) and value in UNUSUAL:
        return UNUSUAL[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(tr("The program holds {value!r} where a number goes", value=value))
    return float(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadInput(tr("The program holds {value!r} where yes or no goes", value=value))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput(tr("The program holds {value!r} where a name goes", value=value))
    return value


def _named(value: Any) -> Value:
    return Value(_text(value["name"]))


def _either(plain: Callable[[Any], Any], key: str) -> Callable[[Any], Any]:
    """A number as it stands, or by the name of what gives it."""

    def read(given: Any) -> Any:
        sort, value = _only(given)
        if sort == "as_name":
            return Value(_text(value))
        if sort == key:
            return plain(value)
        raise BadInput(tr("The program holds a size of an unknown sort '{sort}'", sort=sort))

    return read


def _optional(given: Any) -> Value | None:
    sort, value = _only(given)
    if sort not in ("as_tensor", "as_none"):
        raise BadInput(tr("The program holds a tensor of an unknown sort '{sort}'", sort=sort))
    return _named(value) if sort == "as_tensor" else None


def _many(read: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def several(values: Any) -> list[Any]:
        if not isinstance(values, list):
            raise BadInput(tr("The program holds one value where a list goes"))
        return [read(value) for value in values]

    return several


def _memory_format(value: Any) -> Named:
    return Named("memory_format", MEMORY_FORMATS[_whole(value)])


def _none(_value: Any) -> None:
    return None


SYM_INT, SYM_FLOAT, SYM_BOOL = _either(_whole, "as_int"), _either(_number, "as_float"), _either(_flag, "as_bool")
SORTS: Mapping[str, Callable[[Any], Any]] = {
    "as_none": _none,
    "as_tensor": _named,
    "as_tensors": _many(_named),
    "as_nested_tensors": _many(_many(_named)),
    "as_optional_tensor": _optional,
    "as_optional_tensors": _many(_optional),
    "as_int": _whole,
    "as_ints": _many(_whole),
    "as_int_lists": _many(_many(_whole)),
    "as_float": _number,
    "as_floats": _many(_number),
    "as_float_lists": _many(_many(_number)),
    "as_bool": _flag,
    "as_bools": _many(_flag),
    "as_string": _text,
    "as_strings": _many(_text),
    "as_sym_int": SYM_INT,
    "as_sym_ints": _many(SYM_INT),
    "as_sym_float": SYM_FLOAT,
    "as_sym_floats": _many(SYM_FLOAT),
    "as_sym_bool": SYM_BOOL,
    "as_sym_bools": _many(SYM_BOOL),
    "as_complex": lambda value: complex(_number(value["real"]), _number(value["imag"])),
    "as_scalar_type": lambda value: Named("dtype", dtype(value)),
    "as_memory_format": _memory_format,
    "as_layout": lambda value: Named("layout", "strided"),
    "as_device": lambda value: Named("device", "cpu"),
    "as_string_to_argument": lambda value: {_text(name): argument(each) for name, each in value.items()},
    "as_operator": lambda value: Named("operator", _text(value)),
    "as_graph": lambda value: Named("graph", _text(value["name"])),
    "as_custom_obj": lambda value: Named("object", _text(value["class_fqn"])),
}
