"""Runs an exercise's test on an answer, compares results with the reference, and names the mistake."""
