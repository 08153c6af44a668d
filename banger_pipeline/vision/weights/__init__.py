"""Weights: which models are known, which are here, and how they come, are checked and go."""
