"""The modules of `tools/build_notebooks.py`, each named after the one thing that it holds.

source · function · course: what the builder reads; notebook · card · colab · chapter · solution: what it writes;
work · leak · command: a learner's edits, answers in a chapter, and the command in messages.
"""
