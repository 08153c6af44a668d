"""The program held against what a person kept: agreement on past shoots, and what other settings would have changed."""
