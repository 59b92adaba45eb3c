"""Threads of the window: live engines, jobs, background work, and their one owner."""
