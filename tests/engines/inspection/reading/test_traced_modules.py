"""Modules of torch as graphs: the same numbers, names by module, shared weights, odd inputs and outputs."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engines.core.errors import BadInput
from engines.inspection.counting import count
from engines.inspection.reading.modules import from_module
from engines.inspection.running.network import Network


class Block(nn.Module):
    """A residual block whose activation runs twice, in place."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        y = self.conv2(self.relu(self.bn1(self.conv1(x))))
        y += x
        return self.relu(y)


class Tied(nn.Module):
    """One weight by two names, one module by two names, and a table that is none of the parameters."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(12, 8)
        self.body = nn.Linear(8, 8)
        self.again = self.body
        self.head = nn.Linear(8, 12, bias=False)
        self.head.weight = self.table.weight
        self.register_buffer("places", torch.randn(5, 8))

    def forward(self, ids):
        return self.head(self.again(self.body(self.table(ids) + self.places)))


def same(module: nn.Module, *inputs, **named):
    model = from_module(module, *inputs, named=named)
    flat = [each for each in torch.utils._pytree.tree_leaves((inputs, named)) if isinstance(each, torch.Tensor)]
    with torch.no_grad():
        found = Network(model)(*(tensor.clone() for tensor in flat))
        wanted = module.eval()(*inputs, **named)
    return model, found, wanted


def test_names_are_paths_in_order_of_execution_and_the_module_is_left_as_it_was():
    module = nn.Sequential(Block(3), Block(3))
    module[1].eval()
    model = from_module(module, torch.randn(1, 3, 5, 5))
    assert [part.training for part in (module, module[0].relu, module[1], module[1].relu)] == [True, True, False, False]
    assert [node.name for node in model.graph.nodes[:6]] == [
        "0.conv1", "0.bn1", "0.relu", "0.conv2", "0.add", "0.relu_1"
    ]  # fmt: skip
    assert len({node.name for node in model.graph.nodes}) == len(model.graph.nodes)
    assert model.graph.node("1.relu_1").inputs == ("1.add",)


def test_values_in_between_are_kept_although_the_module_works_in_place():
    module, x = Block(3).eval(), torch.randn(2, 3, 5, 5)
    values = Network(from_module(module, x)).values((x,), ["bn1", "relu", "add"])
    with torch.no_grad():
        normed = module.bn1(module.conv1(x))
        torch.testing.assert_close(values["bn1"], normed)
        torch.testing.assert_close(values["relu"], normed.relu())
        torch.testing.assert_close(values["add"], module.conv2(normed.relu()) + x)


def test_writing_where_another_view_reads_gives_the_same_numbers_and_is_said():
    class Views(nn.Module):
        def forward(self, x):
            y = x * 2
            y[:, 1] = x[:, 0]
            row = y[0]
            row += 1
            return y, row.relu_(), y.sum()

    model, found, wanted = same(Views(), torch.randn(2, 3))
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other)
    assert "writes into memory" in model.sheet.warnings[0]


def test_writing_into_out_becomes_a_new_tensor():
    class Out(nn.Module):
        def forward(self, x):
            y = torch.empty_like(x)
            torch.mul(x, 3.0, out=y)
            return torch.add(y, x, out=y)

    model, found, wanted = same(Out(), torch.randn(2, 3))
    torch.testing.assert_close(found, wanted)
    assert not model.sheet.warnings


def test_shared_and_tied_weights_are_counted_as_torch_counts_them():
    module = Tied()
    model, found, wanted = same(module, torch.tensor([[1, 2, 3, 4, 5]]))
    torch.testing.assert_close(found, wanted)
    counts = count(model.graph)
    assert counts.parameters_shared_once == sum(parameter.numel() for parameter in module.parameters())
    names = dict(module.named_parameters(remove_duplicate=False))
    assert counts.parameters == sum(parameter.numel() for parameter in names.values())
    assert sum(layer.parameters for layer in counts.layers) == counts.parameters_shared_once


def test_inputs_may_be_nested_and_named_and_outputs_of_any_form():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.map = nn.Linear(4, 4)

        def forward(self, pair, *, scale, flag=True):
            first, (second, _) = pair
            y = self.map(first) * scale + second
            return {
                "y": y,
                "none": None,
                "number": 3,
                "parts": y.split(2, -1),
                "given": first,
                "weight": self.map.weight,
            }

    x, z = torch.randn(2, 4), torch.randn(2, 4)
    model, found, wanted = same(Odd(), (x, [z, 5]), scale=torch.tensor(2.0), flag=False)
    y, parts, given, weight = wanted["y"], wanted["parts"], wanted["given"], wanted["weight"]
    assert len(model.sheet.given) == 3
    for one, other in zip(found, (y, *parts, given, weight), strict=True):
        torch.testing.assert_close(one, other)


def test_attention_of_torchs_own_layers_is_one_node():
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    model, found, wanted = same(layer, torch.randn(1, 5, 16))
    torch.testing.assert_close(found, wanted)
    assert [node.name for node in model.graph.nodes if node.kind == "attention"] == [
        "self_attn.scaled_dot_product_attention"
    ]


def test_a_part_outside_autocast_is_there_as_its_operators():
    class Apart(nn.Module):
        def forward(self, x):
            with torch.autocast("cpu", enabled=False):
                y = x.exp()
            return y + 1, y.cos()

    model, found, wanted = same(Apart(), torch.randn(3))
    assert [node.name for node in model.graph.nodes] == ["exp", "add", "cos"]
    torch.testing.assert_close(found, wanted)


def test_random_numbers_are_said():
    class Noisy(nn.Module):
        def forward(self, x):
            return x + torch.randn_like(x)

    assert "'randn_like' draws random numbers" in from_module(Noisy(), torch.zeros(2)).sheet.warnings[0]


class Choosing(nn.Module):
    def forward(self, x):
        return F.relu(x) if x.sum() > 0 else x


@pytest.mark.parametrize(("module", "why"), [(Choosing(), "values that it sees"), (nn.Linear(2, 4), "as its forward")])
def test_a_module_that_cannot_be_traced_says_why_and_torch_logs_nothing(module, why, capfd):
    with pytest.raises(BadInput, match="cannot be traced: ") as refused:
        from_module(module, torch.randn(3))
    assert why in refused.value.hint
    assert module.training
    assert "Traceback" not in capfd.readouterr().err
