"""The application: window, threads and workers, feeds, jobs, settings, and the command line's verbs."""

__version__ = "0.1.0"
