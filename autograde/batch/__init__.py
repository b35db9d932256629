"""A class: a folder of submissions, graded one beside the other, with marks that can be compared."""
