"""Synthetic reasoning data that can be trusted, and search that plugs into agents."""

__version__ = "0.1.0"
