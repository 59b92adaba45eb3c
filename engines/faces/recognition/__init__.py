"""From a picture to vectors: files read, faces found, aligned, judged and described."""
