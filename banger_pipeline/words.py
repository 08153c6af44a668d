"""Numbers in plain English."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """``number`` and what is counted: ``1 photo``, ``2,000 photos``; ``many`` where an s does not do."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
