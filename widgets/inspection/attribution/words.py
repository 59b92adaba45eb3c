"""What the page of attribution says of targets, methods, checks and curves."""

from __future__ import annotations

from engines.inspection.attribution.asked import INFO, METHODS, AttributeResult, AttributeSpec, Explained, Sanity

LEVELS = {"depends": "good", "partly": "warn", "ignores": "bad", "unknown": ""}


def method_of(spec: AttributeSpec) -> str:
    """The one method that the form stands at."""
    return next((id for id in spec.methods if id in INFO), METHODS[2].id)


def target_words(result: AttributeResult) -> str:
    """'Output 281 of 1000, value 7.31, probability 64 %'."""
    target = result.target
    share = "" if target.share is None else f", softmax {100 * target.share:.3g} %"
    return f"{target.words[:1].upper()}{target.words[1:]}, value {target.value:.4g}{share}"


def sanity_words(sanity: Sanity) -> str:
    """'Depends on the weights: rank correlation 0.08, SSIM 0.11 with all weights shuffled'."""
    last = sanity.stages[-1]
    return f"{sanity.words}: rank correlation {last.rank:.2f}, SSIM {last.ssim:.2f} with all weights shuffled"


def completeness_words(one: Explained) -> str:
    """'Sum 3.21 of 3.21 (error 0.02 %, 96 steps)', "" where a method promises none."""
    told = one.completeness
    if told is None:
        return ""
    sums = f"Adds up to {told.sum:.4g} of {told.difference:.4g}"
    return f"{sums} (off by {100 * told.error:.2g} %, {told.steps} gradients)"
