"""Windows of convolutions and pools against what each output really depends on, input by input."""

import pytest
import torch
from torch import nn

from engines.inspection.reading.modules import from_module
from engines.inspection.types import Window

SIZE = 11
CASES = {
    "conv": nn.Conv1d(1, 1, 3, stride=2, padding=1, dilation=2),
    "same": nn.Conv1d(1, 1, 4, padding="same", dilation=3),
    "valid": nn.Conv1d(1, 1, 3, padding="valid"),
    "transposed": nn.ConvTranspose1d(1, 1, 4, stride=3, padding=2, output_padding=1, dilation=2),
    "max": nn.MaxPool1d(2, 2),
    "max, beyond the edge": nn.MaxPool1d(3, 3, ceil_mode=True, padding=1),
    "average": nn.AvgPool1d(3, 2, padding=1),
    "average, beyond the edge": nn.AvgPool1d(4, 3, ceil_mode=True),
}


@pytest.mark.parametrize("name", CASES)
def test_a_window_sees_what_the_operator_depends_on(name):
    layer = CASES[name]
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 1.0)
    model = from_module(layer, torch.zeros(1, 1, SIZE))
    node = next(node for node in model.graph.nodes if node.window is not None)
    with torch.no_grad():
        rest = layer(torch.zeros(1, 1, SIZE))
        raised = layer(torch.eye(SIZE)[:, None] * 100)
    found = (raised != rest).squeeze(1).T
    assert torch.equal(expected(node.window, found.shape[0]), found)
    fewer, more = sorted((found.shape[0], SIZE)) if node.window.transposed else (found.shape[0], SIZE)
    reach = node.window.dilation[0] * (node.window.kernel[0] - 1) + 1
    left = more + node.window.before[0] + node.window.after[0] - (fewer - 1) * node.window.stride[0] - reach
    assert left == 0 if node.window.transposed else 0 <= left < node.window.stride[0]


def expected(window: Window, outputs: int) -> torch.Tensor:
    """[output, input] by the definition of `Window`."""
    (kernel,), (stride,), (dilation,), (before,) = window.kernel, window.stride, window.dilation, window.before
    seen = torch.zeros(outputs, SIZE, dtype=torch.bool)
    for at in range(SIZE if window.transposed else outputs):
        for tap in range(kernel):
            other = at * stride - before + tap * dilation
            if window.transposed and 0 <= other < outputs:
                seen[other, at] = True
            elif not window.transposed and 0 <= other < SIZE:
                seen[at, other] = True
    return seen
