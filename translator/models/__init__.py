"""The networks: recurrent, with and without attention, the naive one, a transformer, and ensembles of them."""
