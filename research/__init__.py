"""What backs the claims of the course: experiments, their results, and benchmarks."""
