"""What is computed: tables, how they are written, what is stale, and how to ask them."""
