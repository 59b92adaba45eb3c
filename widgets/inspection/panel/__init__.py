"""The panel: which model, which picture, and the settings of the page in front."""
