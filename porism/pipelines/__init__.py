"""The flows: the only part that knows the others, and the only one that imports Prefect."""
