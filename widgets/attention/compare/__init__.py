"""The page that sets kinds of attention beside one another: charts over the length, and a table."""
