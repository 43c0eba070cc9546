"""Generated, mutated and growing sources, and what has to hold of each of them."""
