"""Work beside the window, without Qt: worker processes, their messages, the history of jobs."""
