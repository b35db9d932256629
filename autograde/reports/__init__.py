"""One module for each format: its `text(card)` makes the whole text of a file from a Scorecard."""
