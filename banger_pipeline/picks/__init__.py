"""Which photos to keep: gates, moments, strategies."""
