"""Search for a translation, given a model."""
