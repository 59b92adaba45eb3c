"""What the attention layers of a model attend to on a picture."""
