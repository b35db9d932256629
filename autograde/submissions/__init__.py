"""Reads what a learner hands in, and selects the code that answers one exercise."""
