"""A layer at work in words: its channels, what is dead, at zero or at its end, where what is not finite was born."""

from __future__ import annotations

import numpy as np

from engines.core.words import tr, tr_count
from engines.inspection.looks import ActivationLook
from engines.inspection.studies import Excited, ExciteSpec
from widgets.charts.axes import figure, percent
from widgets.inspection.words import shape_words
from widgets.kit.words import DOT, file_name
from widgets.kit.work_state import Trouble


def state_words(look: ActivationLook) -> str:
    """'64 of 144 channels, 1×144×56×56, 31 ms'."""
    shown, there = len(look.channels), len(look.mean)
    channels = (
        tr_count(there, "{n} channel", "{n:,} channels")
        if shown == there
        else tr("{shown} of {there:,} channels", shown=shown, there=there)
    )
    return DOT.join(
        (
            channels,
            shape_words(look.seen.shape),
            tr("{milliseconds:.0f} ms a picture", milliseconds=look.seen.milliseconds),
        )
    )


def channel_lines(look: ActivationLook, channel: int) -> tuple[str, str]:
    """'Channel 12: mean 0.34, spread 0.2' and 'From 0 to 2.1, 41 % zeros'."""
    if not 0 <= channel < len(look.mean):
        return tr("There is no channel {channel}", channel=channel), ""
    figures = (look.mean, look.spread, look.low, look.high)
    mean, spread, low, high = (figure(float(one[channel])) for one in figures)
    if len(look.maps) == 1 and look.maps.shape[1] == 1 and low == high:
        return tr("Channel {channel}: {mean}", channel=channel, mean=mean), ""
    zeros = tr("From {low} to {high}, {zeros} zeros", low=low, high=high, zeros=percent(float(look.zeros[channel])))
    dead = (
        tr(", the same in all {frames} pictures", frames=look.frames) if look.dead[channel] and look.frames > 1 else ""
    )
    return tr(
        "Channel {channel}: mean {mean}, spread {spread}", channel=channel, mean=mean, spread=spread
    ), f"{zeros}{dead}"


def channel_words(look: ActivationLook, channel: int) -> str:
    """Both in one."""
    return ". ".join(filter(None, channel_lines(look, channel)))


def health_lines(look: ActivationLook) -> tuple[str, str]:
    """'3 of 144 channels are dead over 120 pictures' and '41 % of values are zero, 2.1 % at the top'."""
    dead, there = int(look.dead.sum()), len(look.dead)
    over = tr_count(look.frames, "over {n} picture", "over {n:,} pictures")
    first = (
        tr("{dead} of {there:,} channels are dead {over}", dead=dead, there=there, over=over)
        if dead
        else tr("No channel is dead {over}", over=over)
    )
    zeros = float(np.mean(look.zeros)) if len(look.zeros) else 0.0
    top = "" if look.saturated is None else tr(", {saturated} at the top", saturated=percent(look.saturated))
    return first, tr("{zeros} of values are zero{top}", zeros=percent(zeros), top=top)


def not_finite(look: ActivationLook) -> Trouble | None:
    """Where NaN or infinity was born, with the layer to go to; None while all is finite."""
    if not look.born:
        return None
    at_hand = look.born == look.seen.layer
    return Trouble(
        tr("The first layer whose output is NaN or infinite is {born}", born=look.born),
        tr("Not all numbers are finite"),
        "" if at_hand else tr("Layers behind it only pass that on"),
        retry=None if at_hand else look.born,
        retry_words=tr("Look at that layer"),
    )


def found_words(spec: ExciteSpec) -> str:
    """'Frames of walk.mp4 that excite channel 3 of stem.relu most'."""
    return tr(
        "Frames of {clip} that excite channel {channel} of {layer} most",
        clip=file_name(spec.clip),
        channel=spec.channel,
        layer=spec.layer,
    )


def frame_words(frame: Excited) -> str:
    """'3.21 at 0:12.4'."""
    minutes, seconds = divmod(frame.seconds, 60)
    return tr("{frame} at {minutes}:{seconds:04.1f}", frame=figure(frame.value), minutes=int(minutes), seconds=seconds)
