"""The command line of attention: kinds compared, checked, which one `auto` takes, and what networks attend to."""
