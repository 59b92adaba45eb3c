"""Joins the actions panel, its board and the timeline to live engines, labels and jobs."""
