"""The studio: a page in the browser, served by this machine to this machine alone."""

PORT = 3071  # always the same: a browser keeps answers that were not saved by address
