"""The text of the course, a folder a chapter, and the Python that its chapters draw with."""
