"""Tools for authors: the skeleton of a new exercise, and checks of an exercise."""
