"""Points that a proof needs and a problem does not name: geometry as an environment, and the search for them."""
