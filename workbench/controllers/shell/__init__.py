"""Controllers of what belongs to no engine: sources, viewer, project, jobs, log, dialogs."""
