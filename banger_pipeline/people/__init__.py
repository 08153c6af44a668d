"""Who is who: faces clustered over the whole library, and what the user said of them, for good."""
