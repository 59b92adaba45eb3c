"""The gallery: people and their faces in one file; searched, organised, enrolled, protected and forgotten."""
