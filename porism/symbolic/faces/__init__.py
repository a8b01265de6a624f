"""The faces of a proof: English, LaTeX, JSON, a figure and a graph."""
