"""A* over an environment of your own: states are values, actions have costs.

Run: ``python examples/search_a_graph.py``
"""

from porism.search import astar, search

ROADS = {"Kiel": {"Hamburg": 97}, "Hamburg": {"Bremen": 120, "Berlin": 289}, "Bremen": {"Berlin": 392}}
BEELINE = {"Kiel": 294, "Hamburg": 255, "Bremen": 315, "Berlin": 0}  # kilometres to Berlin, never too many


class Journey:
    """From Kiel to Berlin; the action is the next town."""

    def initial(self) -> str:
        """Where the journey begins."""
        return "Kiel"

    def step(self, state: str, action: str) -> tuple[str, float]:
        """The next town and the kilometres to it."""
        return action, ROADS[state][action]

    def solved(self, state: str) -> bool:
        """Whether this is the end."""
        return state == "Berlin"


def towns(state: str) -> list[str]:
    """Where the roads lead."""
    return list(ROADS.get(state, {}))


outcome = search(Journey(), towns, astar(lambda town: BEELINE[town]))
print(" -> ".join(node.state for node in outcome.best.path()), outcome.best.cost, "km")
