"""For authors: the skeleton of an exercise, and what is still wrong with one."""
