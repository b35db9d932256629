"""The course's moving figures: drawn in Python from computed numbers, moved by a little JavaScript.

Each module makes one figure as an HTML output of a notebook and has its script beside it, under the same name. A figure
is a whole drawing before any script runs; the script only moves what is drawn. No library, no request, no ids.
"""
