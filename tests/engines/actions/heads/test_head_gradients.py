"""TRN's written-out gradient equals what autograd finds on the equations one by one, with and without dropout."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from engines.actions.heads import trn_recurrence
from engines.actions.heads.outputs import joined
from engines.actions.heads.trn import TRN

BATCH, CHUNKS, INPUTS, CLASSES, FEATURES, HIDDEN = 2, 5, 7, 4, 5, 6


def made(steps, dropout=0.0):
    torch.manual_seed(0)
    network = TRN(INPUTS, CLASSES, FEATURES, HIDDEN, steps, dropout=dropout).double()
    for weight in network.parameters():
        torch.nn.init.normal_(weight, std=0.7)
    return network, torch.randn(BATCH, CHUNKS, INPUTS, dtype=torch.float64, requires_grad=True)


def plainly(network, x):
    state, outputs = None, []
    for chunk in x.unbind(1):
        output, state = network.plain_step(chunk, state)
        outputs.append(output)
    return joined(outputs)


def masked(network, x, masks):
    """The equations with dropout's factors put where they stand: before each cell and before W_c of the decoder."""
    start = network.start(BATCH, x)
    h, c, f = start.hidden, start.cell, start.future
    states, ahead = [], []
    for t, chunk in enumerate(x.unbind(1)):
        joint = torch.cat([network.feature_extractor(chunk), f * masks.future[t]], 1)
        h, c = network.enc_cell(joint, (h, c))
        d_h, d_c, fed, collected, scores = network.hx_trans(h), network.cx_trans(c), torch.zeros_like(h), [], []
        for step in range(network.future_steps):
            d_h, d_c = network.dec_cell(fed * masks.fed[t, step], (d_h, d_c))
            scores.append(network.classifier(d_h * masks.state[t, step]))
            fed = network.fusion_linear(scores[-1])
            collected.append(network.future_linear(d_h))
        f = torch.stack(collected).mean(0)
        states.append(h)
        ahead.append(torch.stack(scores, 1))
    return torch.stack(states, 1), torch.stack(ahead, 1)


def gradients(network, x, outputs):
    torch.manual_seed(9)
    total = sum((output * torch.randn(output.shape, dtype=output.dtype)).sum() for output in outputs)
    return torch.autograd.grad(total, [x, *network.parameters()], allow_unused=True)


@pytest.mark.parametrize("steps", [1, 3])
def test_without_dropout(steps) -> None:
    network, x = made(steps)
    fast, plain = network(x), plainly(network, x)
    for ours, theirs in zip(fast[:2], plain[:2], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    names = ["x", *dict(network.named_parameters())]
    both = zip(names, gradients(network, x, fast[:2]), gradients(network, x, plain[:2]), strict=True)
    for name, ours, theirs in both:
        if theirs is None:
            ours, theirs = ours.abs().max(), torch.zeros(()).double()
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12, msg=name)


def test_with_dropout_s_factors_where_the_equations_have_them(monkeypatch) -> None:
    steps = 3
    network, x = made(steps, dropout=0.4)
    masks = trn_recurrence.draw_masks(x, CHUNKS, steps, (BATCH, FEATURES, HIDDEN), 0.4)
    monkeypatch.setattr(trn_recurrence, "draw_masks", lambda *_: masks)
    monkeypatch.setattr(F, "dropout", lambda x, *_: x)
    fast = network(x)
    states, ahead = masked(network, x, masks)
    expected = (network.classifier(states), ahead)
    for ours, theirs in zip(fast[:2], expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    both = zip(gradients(network, x, fast[:2]), gradients(network, x, expected), strict=True)
    for ours, theirs in both:
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_masks_keep_the_mean_and_drop_the_share() -> None:
    torch.manual_seed(3)
    masks = trn_recurrence.draw_masks(torch.zeros(1), 40, 4, (16, 32, 32), 0.3)
    assert [tuple(mask.shape) for mask in masks] == [(40, 16, 32), (40, 4, 16, 32), (40, 4, 16, 32)]
    for mask in masks:
        assert set(mask.unique().tolist()) == {0.0, torch.tensor(1 / 0.7).item()}
        assert (mask == 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
