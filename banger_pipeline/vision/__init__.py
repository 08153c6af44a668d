"""What a model or a metric sees in a photo."""
