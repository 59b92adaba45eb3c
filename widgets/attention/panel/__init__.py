"""The panel of the attention lab: the settings of the page that is in front."""
