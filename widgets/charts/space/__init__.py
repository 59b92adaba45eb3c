"""Space in perspective, painted without OpenGL: lines, sheets, points and ellipsoids to turn and to choose from."""
