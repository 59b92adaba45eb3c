"""Looking inside models: opened safely, drawn, counted, and seen at work on a picture.

from engines.inspection import count, open_model, receptive_field

model = open_model("yunet.onnx")
count(model.graph).multiply_adds
receptive_field(model, (1, 3, 640, 640))["backbone.0"].size
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engines.inspection.counting import count
    from engines.inspection.field.exact import receptive_field
    from engines.inspection.opening.opener import open_model

__all__ = ["count", "open_model", "receptive_field"]
WHERE = {
    "count": "engines.inspection.counting",
    "open_model": "engines.inspection.opening.opener",
    "receptive_field": "engines.inspection.field.exact",
}


def __getattr__(name: str) -> Any:
    """Imported when first asked for: types stand without torch."""
    if name not in WHERE:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(WHERE[name]), name)
