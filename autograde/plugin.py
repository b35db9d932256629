"""Grader plugin."""
