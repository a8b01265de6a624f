"""Worlds to search in, with tasks that check themselves: task i of a family is a pure function of a seed and i."""
