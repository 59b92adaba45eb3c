"""Pictures in files: which they are, what their heads say, and the one reader of all of them."""
