"""Auxiliary points: where they could be, what each would assume, and what it brings when it is tried."""
