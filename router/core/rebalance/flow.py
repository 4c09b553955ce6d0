"""Find a maximum flow from lines that give people to lines that take them. Pure and deterministic.

Source: Y. Dinitz 1970. Without recursion, for Python's stack.
"""

from collections import deque
from collections.abc import Mapping

Pair = tuple[int, int]


class _Network:
    """Edges in pairs: edge `e` leads on, edge `e ^ 1` leads back."""

    def __init__(self, nodes: int) -> None:
        self.leaving: list[list[int]] = [[] for _ in range(nodes)]
        self.ends: list[int] = []
        self.spare: list[int] = []

    def connect(self, start: int, end: int, capacity: int) -> int:
        """Add an edge, and return its number."""
        edge = len(self.ends)
        self.ends += (end, start)
        self.spare += (capacity, 0)
        self.leaving[start].append(edge)
        self.leaving[end].append(edge + 1)
        return edge

    def levels(self, source: int) -> list[int]:
        """Return each node's distance from the source over edges with room; -1 if there is no way."""
        levels = [-1] * len(self.leaving)
        levels[source] = 0
        queue = deque([source])
        while queue:
            node = queue.popleft()
            for edge in self.leaving[node]:
                end = self.ends[edge]
                if self.spare[edge] and levels[end] < 0:
                    levels[end] = levels[node] + 1
                    queue.append(end)
        return levels

    def saturate(self, source: int, sink: int) -> None:
        """Push as much as possible from the source to the sink."""
        while (levels := self.levels(source))[sink] >= 0:
            tried = [0] * len(self.leaving)
            while path := self._path(source, sink, levels, tried):
                pushed = min(self.spare[edge] for edge in path)
                for edge in path:
                    self.spare[edge] -= pushed
                    self.spare[edge ^ 1] += pushed

    def _path(self, source: int, sink: int, levels: list[int], tried: list[int]) -> list[int]:
        """Return a shortest way with room, as its edges; `tried` counts the useless edges of each node."""
        path: list[int] = []
        node = source
        while node != sink:
            edges = self.leaving[node]
            while tried[node] < len(edges):
                edge = edges[tried[node]]
                if self.spare[edge] and levels[self.ends[edge]] == levels[node] + 1:
                    break
                tried[node] += 1
            else:
                if not path:
                    return []
                node = self.ends[path.pop() ^ 1]
                tried[node] += 1
                continue
            path.append(edge)
            node = self.ends[edge]
        return path


def most_pairs(given: Mapping[int, int], taken: Mapping[int, int], wishes: Mapping[Pair, int]) -> dict[Pair, int]:
    """Return how many people go from line to line, so that the most get what they wish.

    Args:
        given: how many people each line gives at most.
        taken: how many people each line takes at most.
        wishes: how many people of the first line wish to go to the second.
    """
    givers = {line: node for node, line in enumerate(given, start=2)}
    takers = {line: node for node, line in enumerate(taken, start=2 + len(givers))}
    network = _Network(2 + len(givers) + len(takers))
    for line, node in givers.items():
        network.connect(0, node, given[line])
    for line, node in takers.items():
        network.connect(node, 1, taken[line])
    edges = {
        (start, end): network.connect(givers[start], takers[end], count)
        for (start, end), count in sorted(wishes.items())
        if count > 0 and start in givers and end in takers
    }
    network.saturate(0, 1)
    return {pair: flow for pair, edge in edges.items() if (flow := network.spare[edge ^ 1])}
