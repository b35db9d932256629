"""What runs inside the sandbox. Nothing here imports the rest of the grader: there it does not exist."""
