"""A class: a folder of submissions, graded with the same seed, so that the marks can be compared."""
