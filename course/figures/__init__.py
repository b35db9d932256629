"""The course's moving figures: Python draws SVG from computed numbers, and a small script moves it.

Each module makes one figure as an HTML output of a notebook; its script has the same name. A figure is a complete
drawing before its script runs, and the script only changes that drawing. Figures use no library, send no request and
have no ids.
"""
