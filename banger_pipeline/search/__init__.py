"""Finding photos in plain words: the grammar, what it means to the catalog, and the order of what is found."""
