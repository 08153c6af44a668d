"""The Dagster graph over the library: the only package that imports dagster, and it holds no knowledge of photos."""
