"""The application: window, docks, commands, engine threads and workers, jobs, feeds, settings."""
