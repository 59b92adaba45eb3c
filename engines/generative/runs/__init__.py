"""Runs on disk: their folders, pictures with settings inside, sheets and films."""
