"""Reads what a learner hands in, and cuts the answer to one exercise out of it."""
