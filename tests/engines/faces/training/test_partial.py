"""Partial FC: what is drawn, that the sum is right on average, and what a step leaves alone."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from engines.core.errors import UsageError
from engines.faces.training.margin import MarginSoftmax
from engines.faces.training.partial import PartialSoftmax, draw


def head(classes: int, dim: int = 16) -> MarginSoftmax:
    torch.manual_seed(0)
    return MarginSoftmax(dim, classes, (1.0, 0.3, 0.0), 8.0)


def test_own_centres_are_always_drawn_and_none_twice() -> None:
    made = torch.Generator().manual_seed(0)
    for share in (0.001, 0.1, 0.5, 1.0):
        labels = torch.randint(200, (32,), generator=made)
        drawn = draw(labels, 200, share, made)
        assert torch.equal(drawn.rows[drawn.labels], labels)
        assert torch.equal(drawn.rows, drawn.rows.unique())
        assert len(drawn.rows) == max(math.ceil(share * 200), len(labels.unique()) + 1)


def test_every_other_centre_is_drawn_equally_often() -> None:
    made, counts = torch.Generator().manual_seed(1), torch.zeros(50)
    for _ in range(4000):
        counts[draw(torch.tensor([3, 7]), 50, 0.2, made).rows] += 1
    share = torch.cat([counts[:3], counts[4:7], counts[8:]]) / 4000
    assert counts[3] == counts[7] == 4000
    assert (share - 8 / 48).abs().max() < 5 * math.sqrt(8 / 48 * 40 / 48 / 4000)


def test_the_softmax_sum_is_right_on_average() -> None:
    """Over all the sets that can be drawn, the mean of the lifted sum is the sum over all centres."""
    softmax, classes, own = head(7).double(), 7, {2, 5}
    features, labels = torch.randn(3, 16, dtype=torch.float64), torch.tensor([2, 5, 2])
    whole = softmax.logits(features, labels).exp().sum(1)
    drawn = draw(labels, classes, 0.6, torch.Generator().manual_seed(0))
    count = len(drawn.rows) - len(own)
    sums = []
    for others in itertools.combinations(sorted(set(range(classes)) - own), count):
        rows = torch.tensor(sorted(own | set(others)))
        lift = torch.tensor([0.0 if int(row) in own else float(drawn.lift.max()) for row in rows])
        logits = softmax.logits(features, torch.searchsorted(rows, labels), softmax.centres[rows])
        sums.append((logits + lift).exp().sum(1))
    torch.testing.assert_close(torch.stack(sums).mean(0), whole, rtol=1e-6, atol=0)
    assert sorted(set(drawn.lift.tolist())) == pytest.approx([0.0, math.log(5 / count)])


def test_all_centres_give_the_whole_loss_and_the_step_of_sgd() -> None:
    ours, plain = head(20), head(20)
    partial = PartialSoftmax(ours, 1.0, rate=0.1, momentum=0.9, decay=5e-4)
    sgd = torch.optim.SGD([plain.centres], lr=0.1, momentum=0.9, weight_decay=5e-4)
    features, labels = torch.randn(6, 16), torch.arange(6)
    for _ in range(3):
        loss = partial.loss(features, labels)
        wanted = plain(features, labels)
        torch.testing.assert_close(loss, wanted)
        loss.backward()
        partial.step()
        sgd.zero_grad()
        wanted.backward()
        sgd.step()
    torch.testing.assert_close(ours.centres, plain.centres)


def test_what_was_not_drawn_is_not_touched() -> None:
    partial = PartialSoftmax(head(500), 0.05)
    before = partial.centres.clone()
    features = torch.randn(8, 16, requires_grad=True)
    loss = partial.loss(features, torch.arange(8))
    loss.backward()
    partial.step()
    moved = (partial.centres != before).any(1)
    assert int(moved.sum()) == 25
    assert moved[:8].all()
    assert torch.equal(moved, partial.speed.any(1))
    assert features.grad is not None


def test_a_step_reckons_with_the_drawn_centres_only() -> None:
    """The logits, the gradient and all else a step makes are as wide as the draw."""
    partial, seen = PartialSoftmax(head(5000), 0.02), []
    with torch.autograd.graph.saved_tensors_hooks(lambda kept: seen.append(kept.numel()) or kept, lambda kept: kept):
        partial.loss(torch.randn(8, 16, requires_grad=True), torch.arange(8)).backward()
    assert max(seen) <= 100 * 16


def test_it_learns_with_a_tenth_of_the_centres() -> None:
    torch.manual_seed(1)
    truth = F.normalize(torch.randn(300, 16), dim=1)
    partial = PartialSoftmax(head(300), 0.1, rate=1.0, decay=0.0)
    for _ in range(300):
        labels = torch.randint(300, (32,))
        partial.loss(truth[labels] + 0.05 * torch.randn(32, 16), labels).backward()
        partial.step()
    right = (partial.softmax.cosines(truth).argmax(1) == torch.arange(300)).float().mean()
    assert float(right) > 0.95


def test_refused() -> None:
    for share in (0.0, 1.5):
        with pytest.raises(UsageError, match="share"):
            PartialSoftmax(head(5), share)
