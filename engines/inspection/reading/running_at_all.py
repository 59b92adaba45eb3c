"""Whether every node of an open model can be run here, said in words before anybody tries."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import torch

from engines.core.errors import KinoscopeError
from engines.core.words import tr
from engines.inspection.opening.model import Model


def what_keeps_it(model: Model) -> Model:
    """The model with `sheet.runs` saying which operators keep it from running; it can still be run up to them."""
    if model.sheet.runs:
        return model
    said: Counter[str] = Counter()
    with torch.inference_mode(False), torch.no_grad():
        for node in model.graph.nodes:
            try:
                model.operator(node)
            except KinoscopeError as error:
                said[error.message] += 1
    if not said:
        return model
    told = {"problem": next(iter(said)), "count": len(said) - 1}
    words = (
        tr("{problem}, and {count} more like it: layers before it can be run", **told)
        if len(said) > 1
        else tr("{problem}: layers before it can be run", **told)
    )
    return replace(model, sheet=replace(model.sheet, runs=words))
