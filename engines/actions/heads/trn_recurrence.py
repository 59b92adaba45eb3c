"""TRN's recurrence with its gradient written out: one node of autograd instead of some hundred for each chunk.

The decoder's summary of the future enters the next chunk's encoder, so chunks follow one another and small operations
dominate. Here each is done once, into buffers made beforehand, and every weight's gradient is one product over all
chunks and decoder steps at the end. Lengths: T chunks, L decoder steps, B sequences; time comes first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class Weights(NamedTuple):
    """In the order of the equations; `future` are the columns of the encoder's input matrix that meet f."""

    future: Tensor
    recurrent: Tensor
    w_1: Tensor
    b_1: Tensor
    w_2: Tensor
    b_2: Tensor
    dec_input: Tensor
    dec_recurrent: Tensor
    dec_bias: Tensor
    w_3: Tensor
    b_3: Tensor
    w_4: Tensor
    b_4: Tensor
    w_c: Tensor
    b_c: Tensor


class Masks(NamedTuple):
    """Dropout's factors, (T, B, F) for f, (T, L, B, H) for the decoder's input and for its state before W_c."""

    future: Tensor
    fed: Tensor
    state: Tensor


class _Kept(NamedTuple):
    """Values left by the way forward for the way back, by chunk. States have one place more, for where they begin."""

    gates: Tensor  # (T, B, 4H)
    joint: Tensor  # (T + 1, B, F + H), [f after dropout | h]
    cell: Tensor  # (T + 1, B, H)
    bent: Tensor  # (T, B, H), tanh(c)
    dec_gates: Tensor  # (T, L, B, 4H)
    dec_joint: Tensor  # (T, L + 1, B, 2H), [x after dropout | d_h]
    dec_cell: Tensor  # (T, L + 1, B, H)
    dec_bent: Tensor  # (T, L, B, H)
    scores: Tensor  # (T, L, B, C)
    summary: Tensor  # (T, L, B, F)


class _Joined(NamedTuple):
    """The matrices of each cell side by side, as the joint vectors meet them."""

    encoder: Tensor  # (4H, F + H)
    decoder: Tensor  # (4H, 2H)


def draw_masks(like: Tensor, chunks: int, steps: int, sizes: tuple[int, int, int], dropout: float) -> Masks:
    """Fresh masks. sizes: B, F, H."""
    batch, features, hidden = sizes
    keep = 1.0 - dropout
    shapes = ((chunks, batch, features), (chunks, steps, batch, hidden), (chunks, steps, batch, hidden))
    return Masks(*[(like.new_empty(shape).uniform_() < keep).to(like.dtype).div_(keep) for shape in shapes])


def run(pre: Tensor, steps: int, weights: Weights, masks: Masks | None) -> tuple[Tensor, Tensor]:
    """States h (T, B, H) and scores q (T, L, B, C) of the encoder's gates as far as the input decides them (T, B, 4H).

    All states begin at zero. Gradients flow to `pre` and every weight, once.
    """
    states, scores = _Recurrence.apply(pre, steps, masks, *weights)  # type: ignore[no-untyped-call]
    return states, scores


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, pre: Tensor, steps: int, masks: Masks | None, *parts: Tensor) -> tuple[Tensor, Tensor]:
        w = Weights(*parts)
        features, hidden = w.future.shape[1], pre.shape[2] // 4
        both = _Joined(torch.cat([w.future, w.recurrent], 1), torch.cat([w.dec_input, w.dec_recurrent], 1))
        kept = _buffers(pre, steps, w)
        states = [joint[:, features:] for joint in kept.joint.unbind()]
        futures = [joint[:, :features] for joint in kept.joint.unbind()]
        cells, bents, products = kept.cell.unbind(), kept.bent.unbind(), both.encoder.t()
        for t, gates in enumerate(kept.gates.unbind()):
            torch.addmm(pre[t], kept.joint[t], products, out=gates)
            _cell(gates, cells[t], cells[t + 1], bents[t], states[t + 1])
            _decode(t, states[t + 1], kept, w, both.decoder, masks)
            torch.mean(kept.summary[t], 0, out=futures[t + 1])
            if masks and t + 1 < len(pre):
                futures[t + 1].mul_(masks.future[t + 1])
        ctx.kept, ctx.masks, ctx.weights, ctx.both = kept, masks, w, both
        return kept.joint[1:, :, features:].reshape(-1, pre.shape[1], hidden).clone(), kept.scores.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g_states: Tensor, g_scores: Tensor) -> tuple[Tensor | None, ...]:
        kept, masks, w = ctx.kept, ctx.masks, ctx.weights
        back = _Back(kept, masks, w, ctx.both.decoder, g_scores)
        features = w.future.shape[1]
        slopes, bends = _slopes(kept.gates, kept.cell[:-1], kept.bent)
        g_joint, g_c = torch.zeros_like(kept.joint[0]), torch.zeros_like(kept.cell[0])
        g_f, g_h = g_joint[:, :features], g_joint[:, features:]
        for t in reversed(range(len(g_states))):
            g_h += g_states[t]
            back.decode(t, g_h, g_c, g_f)
            _cell_back(slopes[t], bends[t], kept.gates[t], g_h, g_c)
            torch.mm(slopes[t], ctx.both.encoder, out=g_joint)
            if masks:
                g_f *= masks.future[t]
        return slopes, None, None, *back.weights(slopes)


def _buffers(pre: Tensor, steps: int, w: Weights) -> _Kept:
    chunks, batch, rows = pre.shape
    hidden, features, classes = rows // 4, w.future.shape[1], len(w.b_c)
    make, ahead = pre.new_empty, (chunks, steps, batch)
    kept = _Kept(
        gates=make(chunks, batch, rows),
        joint=make(chunks + 1, batch, features + hidden),
        cell=make(chunks + 1, batch, hidden),
        bent=make(chunks, batch, hidden),
        dec_gates=make(*ahead, rows),
        dec_joint=make(chunks, steps + 1, batch, 2 * hidden),
        dec_cell=make(chunks, steps + 1, batch, hidden),
        dec_bent=make(*ahead, hidden),
        scores=make(*ahead, classes),
        summary=make(*ahead, features),
    )
    kept.joint[0].zero_()
    kept.cell[0].zero_()
    kept.dec_joint[:, 0, :, :hidden].zero_()
    return kept


def _cell(gates: Tensor, cell: Tensor, new: Tensor, bent: Tensor, hidden: Tensor) -> None:
    """An LSTM's arithmetic: gates in place, then the new cell state, its tanh and the hidden state."""
    width = cell.shape[-1]
    i, f, g, o = gates.chunk(4, dim=1)
    gates[:, : 2 * width].sigmoid_()
    g.tanh_()
    o.sigmoid_()
    torch.mul(f, cell, out=new).addcmul_(i, g)
    torch.mul(o, torch.tanh(new, out=bent), out=hidden)


def _decode(t: int, hidden: Tensor, kept: _Kept, w: Weights, both: Tensor, masks: Masks | None) -> None:
    joints, cells, scores = kept.dec_joint[t].unbind(), kept.dec_cell[t].unbind(), kept.scores[t].unbind()
    fed, states = zip(*[joint.chunk(2, dim=1) for joint in joints], strict=True)
    torch.addmm(w.b_1, hidden, w.w_1.t(), out=states[0]).relu_()
    torch.addmm(w.b_2, kept.cell[t + 1], w.w_2.t(), out=cells[0]).relu_()
    for step, (gates, bent) in enumerate(zip(kept.dec_gates[t].unbind(), kept.dec_bent[t].unbind(), strict=True)):
        if step:
            torch.addmm(w.b_3, scores[step - 1], w.w_3.t(), out=fed[step]).relu_()
            if masks:
                fed[step].mul_(masks.fed[t, step])
            torch.addmm(w.dec_bias, joints[step], both.t(), out=gates)
        else:
            torch.addmm(w.dec_bias, states[0], w.dec_recurrent.t(), out=gates)
        _cell(gates, cells[step], cells[step + 1], bent, states[step + 1])
        state = states[step + 1] * masks.state[t, step] if masks else states[step + 1]
        torch.addmm(w.b_c, state, w.w_c.t(), out=scores[step])
    after = kept.dec_joint[t, 1:, :, hidden.shape[1] :].flatten(0, 1)
    torch.addmm(w.b_4, after, w.w_4.t(), out=kept.summary[t].flatten(0, 1)).relu_()


def _slopes(gates: Tensor, before: Tensor, bent: Tensor) -> tuple[Tensor, Tensor]:
    """How the gates' inputs bend the new cell state (i, f, g) and the hidden state (o), (..., 4H), and how the new cell
    state bends the hidden one, (..., H), of all steps at once. before: cell state at the beginning of each.
    """
    i, f, g, o = gates.chunk(4, dim=-1)
    slopes = torch.addcmul(gates, gates, gates, value=-1.0)
    s_i, s_f, s_g, s_o = slopes.chunk(4, dim=-1)
    s_i *= g
    s_f *= before
    s_g.copy_(torch.addcmul(i, i, g * g, value=-1.0))
    s_o *= bent
    return slopes, torch.addcmul(o, o, bent * bent, value=-1.0)


def _cell_back(slopes: Tensor, bend: Tensor, gates: Tensor, g_h: Tensor, g_c: Tensor) -> None:
    """Makes `slopes` the gradient of the gates' inputs, and g_c that of the cell state before."""
    width = g_h.shape[1]
    g_c.addcmul_(g_h, bend)
    slopes.view(-1, 4, width)[:, :3].mul_(g_c[:, None])
    slopes[:, 3 * width :].mul_(g_h)
    g_c *= gates[:, width : 2 * width]


class _Back:
    """The decoder's way back, and the gradients that are gathered for the weights."""

    def __init__(self, kept: _Kept, masks: Masks | None, w: Weights, both: Tensor, g_scores: Tensor) -> None:
        self._kept, self._masks, self._w, self._both = kept, masks, w, both
        self._scores = g_scores.clone(memory_format=torch.contiguous_format)
        self._slopes, self._bends = _slopes(kept.dec_gates, kept.dec_cell[:, :-1], kept.dec_bent)
        self._joint = torch.zeros_like(kept.dec_joint[:, 1:])
        self._summary = torch.empty_like(kept.summary)
        self._first, self._second = torch.empty_like(kept.bent), torch.empty_like(kept.bent)

    def decode(self, t: int, g_h: Tensor, g_c: Tensor, g_f: Tensor) -> None:
        """Adds to the gradient of the encoder's states what the decoder of chunk t makes of them and of f."""
        kept, w, masks = self._kept, self._w, self._masks
        scores, slopes, bends = self._scores[t].unbind(), self._slopes[t].unbind(), self._bends[t].unbind()
        gates, joints, seen = kept.dec_gates[t].unbind(), self._joint[t].unbind(), kept.dec_joint[t].unbind()
        steps, width = len(scores), g_h.shape[1]
        self._summary[t] = _through_relu((g_f / steps).expand_as(kept.summary[t]), kept.summary[t])
        said = torch.mm(self._summary[t].flatten(0, 1), w.w_4).view(steps, -1, width).unbind()
        d_h, d_c = torch.zeros_like(g_h), torch.zeros_like(g_c)
        for step in reversed(range(steps)):
            if step + 1 < steps:
                scores[step].addmm_(joints[step][:, :width], w.w_3)
            through = torch.mm(scores[step], w.w_c)
            d_h = said[step] + d_h
            d_h += through.mul_(masks.state[t, step]) if masks else through
            _cell_back(slopes[step], bends[step], gates[step], d_h, d_c)
            if not step:
                d_h = torch.mm(slopes[0], w.dec_recurrent)
                break
            fed, d_h = torch.mm(slopes[step], self._both, out=joints[step - 1]).chunk(2, dim=1)
            if masks:
                fed *= masks.fed[t, step]
            fed.copy_(_through_relu(fed, seen[step][:, :width]))
        self._first[t] = _through_relu(d_h, seen[0][:, width:])
        self._second[t] = _through_relu(d_c, kept.dec_cell[t, 0])
        g_h.addmm_(self._first[t], w.w_1)
        g_c.addmm_(self._second[t], w.w_2)

    def weights(self, gates: Tensor) -> Weights:
        """Gradient of each weight: one product over all chunks, steps and sequences. gates: slopes of the encoder's."""
        kept, masks, features = self._kept, self._masks, self._w.future.shape[1]
        width = gates.shape[2] // 4
        states, fed = kept.dec_joint[:, 1:, :, width:], self._joint[:, :-1, :, :width]
        encoder = _outer(gates, kept.joint[:-1])
        decoder = _outer(self._slopes, kept.dec_joint[:, :-1])
        return Weights(
            future=encoder[:, :features],
            recurrent=encoder[:, features:],
            w_1=_outer(self._first, kept.joint[1:, :, features:]),
            b_1=_summed(self._first),
            w_2=_outer(self._second, kept.cell[1:]),
            b_2=_summed(self._second),
            dec_input=decoder[:, :width],
            dec_recurrent=decoder[:, width:],
            dec_bias=_summed(self._slopes),
            w_3=_outer(fed, kept.scores[:, :-1]),
            b_3=_summed(fed),
            w_4=_outer(self._summary, states),
            b_4=_summed(self._summary),
            w_c=_outer(self._scores, states * masks.state if masks else states),
            b_c=_summed(self._scores),
        )


def _through_relu(slope: Tensor, result: Tensor) -> Tensor:
    """The slope where a relu's result is above zero."""
    through: Tensor = torch.ops.aten.threshold_backward(slope, result, 0.0)
    return through


def _outer(slope: Tensor, x: Tensor) -> Tensor:
    """Sum over all but the last axis of slope x^T."""
    return slope.reshape(-1, slope.shape[-1]).t() @ x.reshape(-1, x.shape[-1])


def _summed(slope: Tensor) -> Tensor:
    return slope.reshape(-1, slope.shape[-1]).sum(0)
