"""One module a format; each makes the whole text of a file from a Scorecard (`text(card)`), and nothing else."""
