"""All that people see. Knows Qt and the engines' value types; knows nothing of `workbench`.

A panel says what the user wants by a signal and is told what to show.
"""
