"""The demonstration: an album of real photographs from the program's own dependencies, indexed and culled."""
