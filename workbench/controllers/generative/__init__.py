"""Joins the diffusion panel and the studio to jobs, runs and files."""
