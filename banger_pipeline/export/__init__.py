"""Keepers out of the library: copies, manifest, gallery, verification."""
