"""A wiring diagram: a graph of nodes and edges, its stages, and their drawing in SVG.

An edge runs from the outline of its source to the outline of its target, along horizontal and vertical lines. What a
stage highlights is read from the graph: its nodes, and every edge between them and the nearest named values.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course.figures.svg import Phrase, Words, rect, spoken, svg, text

Point = tuple[float, float]
# Half width and half height of a node. A dot copies its input; a bar joins its inputs into one vector.
SIZES = {"layer": (21, 14), "linear": (21, 14), "tanh": (21, 12), "times": (12, 12), "plus": (12, 12)}
SIZES |= {"one_minus": (14, 12), "copy": (3, 3), "join": (2.5, 9), "input": (0, 0), "output": (0, 0)}
SIGNS = {"times": "×", "plus": "+", "one_minus": "1−", "tanh": "tanh"}
ROUNDED = {"layer": 4, "linear": 4, "join": 1}  # radius of the corners; other outlines are round
ROW = 21  # height of an equation


@dataclass(frozen=True)
class Node:
    """One node, whose centre is (x, y).

    kind : str     a key of SIZES
    symbol : str   the name of its value in the equations, such as c_{t−1}; "" if it has none
    sign : str     what stands in a layer: σ, tanh or its weights
    """

    x: float
    y: float
    kind: str
    symbol: str = ""
    sign: str = ""

    def outline(self, towards: Point) -> Point:
        """The point of the outline nearest to a point straight above, below or beside the centre."""
        wide, tall = SIZES[self.kind]
        x, y = towards
        if abs(x - self.x) > abs(y - self.y):
            return self.x + (wide if x > self.x else -wide), y
        return x, self.y + (tall if y > self.y else -tall)


@dataclass(frozen=True)
class Edge:
    """From one node to another, through corners; `kind` is peephole for what a layer reads of the cell state."""

    source: str
    target: str
    corners: tuple[Point, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Stage:
    """Nodes that are computed together, their equations, and a sentence."""

    nodes: tuple[str, ...]
    equations: tuple[str, ...]
    words: Phrase


@dataclass(frozen=True)
class Diagram:
    """A graph with its stages in the order of computation; where it is `backward`, arrows carry gradients back."""

    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    stages: dict[str, Stage]
    backward: bool = False

    def path(self, edge: Edge) -> list[Point]:
        """The points of an edge, both ends and its corners, in the direction of its arrow."""
        source, target = self.nodes[edge.source], self.nodes[edge.target]
        first = edge.corners[0] if edge.corners else (target.x, target.y)
        last = edge.corners[-1] if edge.corners else (source.x, source.y)
        points = [source.outline(first), *edge.corners, target.outline(last)]
        return points[::-1] if self.backward else points

    def ends(self, edge: Edge) -> tuple[str, str]:
        """The nodes at which the edge's arrow begins and ends."""
        return (edge.target, edge.source) if self.backward else (edge.source, edge.target)

    def parts(self, stage: str) -> tuple[set[str], set[Edge]]:
        """What a stage highlights: its nodes, and all nodes and edges from the nearest named values to them."""
        nodes, edges = set(self.stages[stage].nodes), set[Edge]()
        waiting = list(nodes)
        while waiting:
            name = waiting.pop()
            for edge in self.edges:
                begin, end = self.ends(edge)
                if end == name:
                    edges.add(edge)
                    if not self.nodes[begin].symbol and begin not in nodes:
                        waiting.append(begin)
                    nodes.add(begin)
        return nodes, edges

    def drawing(self, label: Words, stage: str = "", title: str = "", moves: bool = False) -> str:
        """The diagram as SVG, complete, or with one stage highlighted; `moves` adds what the script needs.

        Raises ValueError where there is no such stage.
        """
        if stage and stage not in self.stages:
            raise ValueError(f"there is no stage {stage!r}: name one of {', '.join(self.stages)}")
        found = {name: self.parts(name) for name in self.stages}
        numbers = {name: k for k, name in enumerate(self.stages, 1)} if moves else {}

        def part(kind: str, names: list[str], inside: Iterable[str], attributes: str = "") -> str:
            """A group; `data-s` has the numbers of the stages that highlight it, for the script."""
            data = f' data-s="{" ".join(str(numbers[name]) for name in names)}"{attributes}' if moves else ""
            return f'<g class="{kind.strip()}{" on" if stage in names else ""}"{data}>{"".join(inside)}</g>'

        drawn = [text(4, 12, title, "left number")] if title else []
        for edge in self.edges:
            drawn.append(part(f"edge {edge.kind}", [n for n in found if edge in found[n][1]], self._arrow(edge)))
        for name, node in self.nodes.items():
            kind = f"{node.kind} {node.symbol if node.kind == 'layer' else ''}"
            drawn.append(part(kind, [n for n in found if name in found[n][0]], self._node(node)))
        y = max(node.y for node in self.nodes.values()) + 38
        for name, item in self.stages.items():
            rows = [text(4, y + ROW * k, formula(equation), "left") for k, equation in enumerate(item.equations)]
            drawn.append(part("equation", [name], rows, spoken(item.words)))
            y += ROW * len(rows)
        look = "staged" if stage else ""
        drawn = [f'<g class="{look}{" back" if self.backward else ""}">', *drawn, "</g>"]
        return svg(440, y - ROW + 6, label, drawn)

    def _arrow(self, edge: Edge) -> Iterator[str]:
        """The line of an edge, with a head unless it ends at a dot or a bar."""
        points = self.path(edge)
        yield f'<path d="M{"L".join(f"{x:g} {y:g}" for x, y in points)}"/>'
        if self.nodes[self.ends(edge)[1]].kind not in ("copy", "join"):
            (x0, y0), (x, y) = points[-2:]
            dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
            base = [(x - 7 * dx + side * dy, y - 7 * dy + side * dx) for side in (-4, 4)]
            yield f'<path class="head" d="M{"L".join(f"{a:g} {b:g}" for a, b in [(x, y), *base])}z"/>'

    def _node(self, node: Node) -> Iterator[str]:
        """Outline, sign and symbol of a node; a result of × or + is named at the end of its line."""
        wide, tall = SIZES[node.kind]
        if wide:
            rounded = f"{ROUNDED.get(node.kind, tall):g}"
            yield rect(node.x - wide, node.y - tall, 2 * wide, 2 * tall, "frame", rx=rounded)
        if sign := node.sign or SIGNS.get(node.kind):
            yield text(node.x, node.y + 4.5, formula(sign))
        symbol = formula(f"d{node.symbol}" if self.backward else node.symbol)
        if node.kind in ("input", "output"):
            yield text(node.x, node.y - 9 if node.y < 250 else node.y + 15, symbol, "name")
        elif node.symbol and node.kind in ("layer", "tanh"):
            yield text(node.x + 6, node.y - tall - 6, symbol, "left name")


def formula(source: str) -> str:
    """An equation as text of SVG: `c_t` and `c_{t−1}` get subscripts."""
    first, *pieces = re.split(r"_(\{[^}]*\}|[a-z]+)", source)
    found = first
    for low, after in zip(pieces[::2], pieces[1::2], strict=True):
        found += f'<tspan class="small" dy="3">{low.strip("{}")}</tspan>'
        found += f'<tspan dy="-3">{after}</tspan>' if after else ""
    return found
