"""Losses against torch's and scikit-learn's own, against plain loops, and by what leaves them unchanged."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from torch import Tensor
from torch.nn import functional as F

from engines.actions.heads.building import HeadOutput
from engines.actions.training import losses
from engines.actions.training.losses import Targets, contrastive, cross_entropy, focal, head_loss, soft_f1
from engines.actions.types import LossName

CLASSES = 5


def made(rows: int = 40, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Logits (rows, C) in float64 and classes (rows,)."""
    rng = np.random.default_rng(seed)
    logits = torch.from_numpy(2 * rng.normal(size=(rows, CLASSES))).requires_grad_()
    return logits, torch.from_numpy(rng.integers(0, CLASSES, rows))


def hot(classes: Tensor) -> Tensor:
    """Class indices as rows, -1 as a row of zeros."""
    return F.one_hot(classes.clamp_min(0), CLASSES).double() * (classes >= 0)[..., None]


def test_cross_entropy_is_torchs_with_unknown_rows_left_out() -> None:
    logits, classes = made()
    classes[::7] = -1
    expected = F.cross_entropy(logits, classes, ignore_index=-1)
    assert torch.allclose(cross_entropy(logits, hot(classes)), expected, atol=1e-12)


def test_an_ambiguous_column_and_its_rows_leave_the_loss_as_in_the_released_code() -> None:
    logits, classes = made()
    wide = torch.cat([logits, torch.full((len(logits), 1), 9.0)], dim=1)
    ambiguous = classes == 2
    flags = torch.cat([hot(classes) * ~ambiguous[:, None], ambiguous[:, None].double()], dim=1)
    kept = list(range(CLASSES))
    rows = -(flags[:, kept] * torch.log_softmax(wide[:, kept], 1)).sum(1)
    expected = rows[flags[:, CLASSES] != 1].mean()
    assert torch.allclose(cross_entropy(logits, flags[:, kept]), expected, atol=1e-12)


def test_focal_is_its_formula_and_without_focus_cross_entropy(monkeypatch: pytest.MonkeyPatch) -> None:
    logits, classes = made()
    p = logits.softmax(1)[torch.arange(len(classes)), classes]
    assert torch.allclose(focal(logits, hot(classes)), (-((1 - p) ** 2) * p.log()).mean(), atol=1e-12)
    monkeypatch.setattr(losses, "GAMMA", 0.0)
    assert torch.allclose(focal(logits, hot(classes)), F.cross_entropy(logits, classes), atol=1e-12)


def test_soft_f1_of_sure_answers_is_the_macro_f1_over_the_actions() -> None:
    logits, classes = made(200)
    said = logits.argmax(1)
    sure = 1e4 * F.one_hot(said, CLASSES).double()
    expected = f1_score(classes, said, labels=range(1, CLASSES), average="macro")
    assert soft_f1(sure, hot(classes)).item() == pytest.approx(1 - expected, abs=1e-12)


def test_soft_f1_falls_along_its_gradient_to_nothing() -> None:
    logits, classes = made(60)
    start = soft_f1(logits, hot(classes)).item()
    optimiser = torch.optim.Adam([logits], 0.5)
    for _ in range(50):
        optimiser.zero_grad()
        loss = soft_f1(logits, hot(classes))
        torch.autograd.backward(loss)
        optimiser.step()
    assert soft_f1(logits, hot(classes)).item() < 0.02 < start


@pytest.mark.parametrize("name", losses.ROWS)
def test_without_a_known_row_there_is_nothing_to_learn(name: str) -> None:
    logits, _ = made(6)
    loss = losses.ROWS[cast(LossName, name)](logits, torch.zeros(6, CLASSES, dtype=torch.float64))
    torch.autograd.backward(loss)
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


def windows(batch: int = 3, length: int = 6, steps: int = 2) -> tuple[HeadOutput, Targets]:
    torch.manual_seed(1)
    logits = torch.randn(batch, length, CLASSES, dtype=torch.float64)
    ahead = torch.randn(batch, length, steps, CLASSES, dtype=torch.float64)
    now = hot(torch.randint(0, CLASSES, (batch, length)))
    then = hot(torch.randint(-1, CLASSES, (batch, length, steps)))
    last = torch.tensor([5, 2, 0])
    within = torch.arange(length) <= last[:, None]
    return HeadOutput(logits, ahead), Targets(now * within[..., None], then * within[..., None, None], last)


@pytest.mark.parametrize(
    ("name", "now", "then"),
    [("ce", cross_entropy, cross_entropy), ("focal", focal, focal), ("soft-f1", soft_f1, cross_entropy)],
)
def test_the_loss_of_a_head_is_that_of_now_and_that_of_the_decoder(
    name: LossName, now: losses.RowsLoss, then: losses.RowsLoss
) -> None:
    output, targets = windows()
    assert output.ahead is not None
    ahead = then(output.ahead.flatten(0, 2), targets.ahead.flatten(0, 2))
    expected = now(output.logits.flatten(0, 1), targets.now.flatten(0, 1)) + ahead
    assert torch.allclose(head_loss(output, targets, name), expected, atol=1e-12)


def test_the_last_step_alone_counts_where_that_is_asked_for() -> None:
    output, targets = windows()
    loss = head_loss(output, targets, "last")
    changed = output.logits.clone()
    for row, last in enumerate(targets.last):
        changed[row, :last] += 5.0
        changed[row, last + 1 :] -= 5.0
    assert torch.equal(head_loss(HeadOutput(changed, output.ahead), targets, "last"), loss)
    rows = torch.arange(3), targets.last
    alone = HeadOutput(output.logits[rows][:, None], None)
    now = targets.now[rows][:, None]
    single = head_loss(alone, Targets(now, now[:, :, :0], torch.zeros(3, dtype=torch.long)), "ce")
    assert torch.allclose(head_loss(HeadOutput(output.logits, None), targets, "last"), single, atol=1e-12)


@pytest.mark.parametrize("window", [None, 3])
def test_contrastive_is_a_plain_loop_over_pairs(window: int | None) -> None:
    torch.manual_seed(2)
    e = 0.5 * torch.randn(2, 7, 4, dtype=torch.float64)
    classes = torch.randint(-1, 3, (2, 7))
    total, pairs = 0.0, 0
    for row in range(2):
        for now in range(7):
            for past in range(max(0, now - (window or 99) + 1), now):
                if min(classes[row, now], classes[row, past]) < 0:
                    continue
                square = float(((e[row, now] - e[row, past]) ** 2).sum())
                total += square if classes[row, now] == classes[row, past] else max(0.0, 1.0 - square)
                pairs += 1
    assert contrastive(e, hot(classes), window).item() == pytest.approx(total / pairs, abs=1e-12)
    halved = contrastive(e * 2**0.5, hot(classes), window, 0.5)
    assert halved.item() == pytest.approx(total / pairs, abs=1e-12)


def test_idns_loss_adds_a_share_of_what_its_embedding_says() -> None:
    output, targets = windows()
    e = torch.randn(3, 6, 4, dtype=torch.float64)
    early = torch.randn(3, 6, CLASSES, dtype=torch.float64)
    plain = head_loss(HeadOutput(output.logits), targets, "ce")
    more = cross_entropy(early.flatten(0, 1), targets.now.flatten(0, 1)) + contrastive(e, targets.now)
    whole = head_loss(HeadOutput(output.logits, None, e, early), targets, "ce")
    assert torch.allclose(whole, plain + 0.3 * more, atol=1e-12)
