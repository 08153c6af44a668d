"""Benchmarks: what the program costs, each figure beside a floor or a peer timed in the same run."""
