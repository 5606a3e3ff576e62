"""Parts of a plot, or of a lot at the base: with several trucks each stop's goods are a visit of
their own, so that a lot may be shared out over the trucks."""

PART = "+"


def place_of(id: str) -> str:
    """The plot of a part of it."""
    return id.partition(PART)[0]
