"""Theorems from random figures: sample, deduce, choose goals, minimise, prove, check."""
