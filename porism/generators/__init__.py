"""Records made with a language model."""
