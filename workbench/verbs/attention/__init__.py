"""The command line of attention: kinds compared, checked, and which one `auto` takes."""
