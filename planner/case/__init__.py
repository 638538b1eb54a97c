"""The case: index sets and look-ups of the model, prepared once from the inputs."""
