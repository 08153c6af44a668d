"""What a model or a metric sees in a photo."""

BUILTIN_ID = "builtin-1"  # of the built-in describer; raised when it would give other vectors
