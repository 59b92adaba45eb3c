"""Boards in pictures: found, counted, and printed in true size."""
