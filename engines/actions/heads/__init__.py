"""The networks that turn a stream of chunk features into class probabilities, whole sequences and step by step."""
