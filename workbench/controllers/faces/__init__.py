"""Joins the faces panel and its board to recognisers, the gallery and jobs."""
