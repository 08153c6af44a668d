"""What turns a picture into a unit vector: the interface, and which encoder the settings lead to."""

from banger_pipeline.places import Places
from banger_pipeline.settings import Settings


def encoder_id(settings: Settings, places: Places) -> str:
    """Identity of the encoder that would be used now."""
    return "builtin-1"
