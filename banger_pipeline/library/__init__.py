"""What is on disk: folders, shots and their files, decoding, EXIF, places, XMP."""
