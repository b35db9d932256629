"""The old name of the package `translator`; only its command line still works under this name."""
