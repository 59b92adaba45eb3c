"""Earlier dotted paths of jobs and live engines, and where they lie now. Kept for good."""

from __future__ import annotations

MOVED: dict[str, str] = {
    "engines.actions.learning.training": "engines.actions.training.job",
    "engines.actions.measures.evaluation": "engines.actions.evaluation.job",
    "engines.actions.watching.detect": "engines.actions.streaming.detect",
    "engines.actions.watching.live": "engines.actions.streaming.live",
    "engines.calibration.live": "engines.calibration.live.finder",
    "engines.core.store": "engines.core.store.fetching",
    "engines.diffusion.classifying": "engines.generative.training.classifiers",
    "engines.diffusion.comparing": "engines.generative.diffusion.studies.comparison",
    "engines.diffusion.curves": "engines.generative.diffusion.studies.error_curves",
    "engines.diffusion.exporting": "engines.generative.runs.exporting",
    "engines.diffusion.flow": "engines.generative.diffusion.studies.flow",
    "engines.diffusion.likelihood": "engines.generative.diffusion.exact.likelihood",
    "engines.diffusion.models": "engines.generative.diffusion.models.opening",
    "engines.diffusion.reflow": "engines.generative.training.reflow",
    "engines.diffusion.sampling": "engines.generative.diffusion.sampling.job",
    "engines.diffusion.spectrum": "engines.generative.diffusion.studies.spectrum",
    "engines.diffusion.training": "engines.generative.training.job",
    "engines.faces.following.live": "engines.faces.tracking.live",
    "engines.faces.following.redact": "engines.faces.redaction.job",
    "engines.faces.gazing.gaze_fit": "engines.faces.gaze.fit",
    "engines.faces.learning.heads": "engines.faces.training.job",
    "engines.faces.measures.audit": "engines.faces.evaluation.audit",
    "engines.faces.measures.evaluation": "engines.faces.evaluation.job",
    "engines.faces.measures.open_set": "engines.faces.evaluation.open_set",
    "engines.faces.measures.verify": "engines.faces.evaluation.verify",
    "engines.faces.people.enrol": "engines.faces.gallery.enrol",
    "workbench.controllers.calibration.finders": "engines.calibration.live.finder",
    "workbench.controllers.calibration_finders": "engines.calibration.live.finder",
}
"""Modules: the earlier one, and that of today. One that moves again changes its earlier entries, too."""


def current(path: str) -> str:
    """The path `module:name` of today. What did not move, and what nobody knows, stays as it is."""
    module, colon, name = path.partition(":")
    return MOVED.get(module, module) + colon + name
