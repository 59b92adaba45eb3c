"""All features that are plugged in, in the order of the menus: a line each."""

from __future__ import annotations

from importlib import import_module

from workbench.features import Feature

NAMES = (
    "workbench.controllers.calibration",
    "workbench.controllers.calibration.rig",
    "workbench.controllers.faces",
    "workbench.controllers.actions",
    "workbench.controllers.generative",
    "workbench.controllers.attention",
    "workbench.controllers.inspection",
)
FEATURES: tuple[Feature, ...] = tuple(import_module(name).FEATURE for name in NAMES)
STORED = tuple(name for feature in FEATURES for name in (*feature.weights, *feature.samples))
"""Weights and samples that panels and tests load from the model store."""
