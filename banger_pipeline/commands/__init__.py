"""The words of the command line, one module per subject."""
