"""The panel's page Watch: the present action, the next one, what it costs, the events, and the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from engines.actions.types import ModelCard, WatchSettings
from engines.core.words import tr
from widgets.actions.panel.events import EventSection
from widgets.actions.panel.now import NowCard, classes_words, model_words, now_of, stats_of
from widgets.actions.panel.segments import AdviceLines
from widgets.actions.panel.words import file_title
from widgets.actions.state import ActionsView, WatchView
from widgets.kit.form import Form, beside, say, words
from widgets.kit.layouts import column_of
from widgets.kit.panel import (
    ChoiceField,
    EmptyState,
    NumberField,
    QuietButton,
    Section,
    StatGrid,
    Toggle,
    columns,
    labelled,
)
from widgets.kit.when_new import when_new

NONE = tr("No model, the body alone")
OPENING = tr("Opening the networks\u2026")
WEIGHTS = (("float32", "float32"), ("bfloat16", "bfloat16"), ("int8", "int8"))


class WatchPage(QWidget):
    """A change of the settings goes out as the whole new ones; its parts say what else is wanted."""

    settingsChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._settings = WatchSettings()
        text = tr("Open a trained model to see what happens, or mark a few clips and train one under Teach.")
        self.nothing = EmptyState(text, tr("Open model\u2026"), "", tr("A file that Train saved (.safetensors)"))
        self.model, self.now = ModelChoice(), NowCard()
        self.opening, self.held, self.cost = words("hint"), AdviceLines(), CostSection()
        self.events, self.more = EventSection(), SettingsSection()
        self.setLayout(
            column_of(
                self.nothing,
                self.model,
                self.now,
                self.opening,
                self.held,
                self.cost,
                self.events,
                self.more,
                None,
                spacing=12,
            )
        )
        self.opening.hide()
        self.more.edited.connect(lambda fields: self.settingsChanged.emit(edited(self._settings, fields)))

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        self._settings, watch = view.settings, view.watch
        without = not watch.models and not view.settings.model
        self.nothing.setVisible(without and bool(watch.sources) and not watch.running)
        self.model.setVisible(not without)
        self.model.show_state(view)
        seen = watch.watched
        self.now.show_now(now_of(seen, view.settings.threshold, view.timeline.classes) if seen is not None else None)
        self._show_notes(watch)
        self.cost.show_state(view)
        self.events.setVisible(bool(view.settings.model))
        self.events.show_state(view)
        self.more.show_state(view.settings)

    def _show_notes(self, watch: WatchView) -> None:
        """The networks that are being opened, or the reason why nothing is seen."""
        waits = watch.running and watch.watched is None and not watch.problem
        if waits != bool(self.opening.text()):
            say(self.opening, OPENING if waits else "")
        note = watch.watched.note if watch.watched is not None else ""
        held = (watch.problem or note) if watch.running else ""
        self.held.show_advice((held,) if held else ())


class ModelChoice(QWidget):
    """Which model watches: `field` has those used before, `open` asks for a file; what it knows, how good it is."""

    def __init__(self) -> None:
        super().__init__()
        self.field = ChoiceField(tr("Model"), tip=tr("The network that says what happens, trained on your own clips"))
        self.field.given = True
        self.open = QuietButton("", "open", tr("Open a model file (.safetensors)"), name=tr("Open model"))
        self.told = words("hint")
        self.setLayout(column_of(labelled(tr("Model"), beside(self.field, self.open)), self.told, spacing=4))

    def show_state(self, view: ActionsView) -> None:
        self._show(view.watch.models, view.watch.card, view.settings.model)

    @when_new
    def _show(self, models: tuple[tuple[str, str], ...], card: ModelCard | None, path: str) -> None:
        choices = [("", NONE), *models]
        if path and path not in dict(choices):
            choices.append((path, file_title(path)))
        with QSignalBlocker(self.field):
            self.field.set_choices(choices, path)
            self.field.set_value(path)
        say(self.told, model_words(card))
        self.told.setToolTip(classes_words(card))


class CostSection(Section):
    """Latency and rates, while it runs."""

    def __init__(self) -> None:
        super().__init__(tr("Speed"), name="actions.speed")
        self.grid = StatGrid()
        self.grid.make_rows(4)
        self.add(self.grid)
        self.hide()

    def show_state(self, view: ActionsView) -> None:
        stats = stats_of(view.watch, view.settings.feature_rate) if view.watch.running else ()
        self.setVisible(bool(stats))
        if stats:
            self.grid.set_stats(stats)


class SettingsSection(Form):
    """When an event begins and ends, how many frames are described, how the network keeps its numbers."""

    def __init__(self) -> None:
        super().__init__(tr("Settings"), folded=True, name="actions.watch.settings")
        made = {
            "threshold": NumberField(
                tr("Begins at"),
                0.5,
                0.01,
                1.0,
                decimals=2,
                step=0.05,
                tip=tr("Probability at which an event of a class begins"),
            ),
            "release": NumberField(
                tr("Ends below"),
                0.3,
                0.0,
                1.0,
                decimals=2,
                step=0.05,
                tip=tr("Probability below which it ends; never above the one at which it begins"),
            ),
            "least": NumberField(
                tr("Lasts at least"), 0.2, 0, 60, decimals=2, step=0.1, unit="s", tip=tr("What is shorter is no event")
            ),
            "feature_rate": NumberField(
                tr("Frames at most"),
                30,
                1.0,
                240.0,
                unit=tr("per second"),
                tip=tr("Frames described per second at most; what comes faster is left out"),
            ),
            "weights": ChoiceField(
                tr("Weights"),
                WEIGHTS,
                tip=tr(
                    "How the head keeps its weights: fewer bytes are faster in large heads, and a little less exact"
                ),
            ),
            "threads": NumberField(tr("Threads"), 1, 1, 16, tip=tr("Of each network that describes frames")),
            "pose": Toggle(
                tr("Show the body"), tip=tr("Find the body also where the model does not need it: some 10 ms")
            ),
        }
        for field, control in made.items():
            self.bind(field, control, float if field == "feature_rate" else None)
        *parts, pose = made.values()
        fields = [labelled(control.accessibleName(), control) for control in parts]
        for first in range(0, len(fields), 2):
            self.add(columns(*fields[first : first + 2]))
        self.add(pose)
        self.body.setSpacing(8)

    @when_new
    def show_state(self, settings: WatchSettings) -> None:
        self.show_fields(settings)
        self.set_summary(
            tr(
                "{threshold:g} to {release:g}, {feature_rate:g} frames/s",
                threshold=settings.threshold,
                release=settings.release,
                feature_rate=settings.feature_rate,
            )
        )


def edited(settings: WatchSettings, fields: dict[str, Any]) -> WatchSettings:
    """With these fields; an event never ends at a higher probability than it begins at."""
    made = replace(settings, **fields)
    return replace(made, release=min(made.release, made.threshold))
