"""What the whole program promises, tried on the real command: nothing lost, nothing written that is not ours."""
