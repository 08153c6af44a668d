"""`python -m banger_pipeline` is `banger`."""

from banger_pipeline.cli import main

main()
