"""Banger: a photo culler that stays on the photographer's own machine."""

__version__ = "0.1.0"
