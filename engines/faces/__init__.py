"""Faces: find, align, describe, organise and recognise them, and say how sure that is."""
