"""Tests of weights: how they come, are checked and go."""
