"""What is liked: ratings, the taste head, and the score of every photo."""
