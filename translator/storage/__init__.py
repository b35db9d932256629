"""Files of weights and of interrupted trainings, written whole or not at all, read without pickle."""
