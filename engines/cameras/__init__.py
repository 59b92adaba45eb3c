"""Sources of frames: cameras, files, folders, streams, tiled pictures and a rendered rig with known truth."""
