"""Pictures of what a search saw: text for the terminal, SVG for everywhere else."""
