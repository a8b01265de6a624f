"""Records, datasets and what is said about them."""
