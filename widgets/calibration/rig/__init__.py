"""Shows the rig: its panel from pictures to a judged result, and the pages of its board."""
