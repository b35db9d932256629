"""Corpora, their division into parts, vocabularies and batches."""
