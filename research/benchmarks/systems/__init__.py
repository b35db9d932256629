"""The systems that the benchmarks compare with ours; the scripts beside this folder import them."""
