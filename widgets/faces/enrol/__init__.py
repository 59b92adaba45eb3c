"""Faces found in pictures, looked through before they are stored."""
