"""The timeline of a film: probabilities, labels and events along its clock."""
