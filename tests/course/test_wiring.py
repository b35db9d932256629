"""The wiring diagrams are the cells: evaluating each graph gives the reference's step, and a stage its equation."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from course.figures import wiring
from course.figures.cells import BACKWARD, COUPLED, GRU, LSTM, PEEPHOLE
from course.figures.diagram import SIZES
from lstm_ref.functions import sigmoid
from lstm_ref.gru import gru_step_torch
from lstm_ref.lstm import lstm_step, lstm_step_backward
from lstm_ref.lstm_cells import lstm_step_coupled, lstm_step_peephole

DIAGRAMS = {"lstm": LSTM, "backward": BACKWARD, "peephole": PEEPHOLE, "coupled": COUPLED, "gru": GRU}
STAGES = [(name, stage) for name, diagram in DIAGRAMS.items() for stage in diagram.stages]
N, D, H = 3, 2, 4


def sources(diagram, name):
    return [edge.source for edge in diagram.edges if edge.target == name]


def evaluate(diagram, inputs, weights):
    """The value of every node, found from those of its sources.

    weights : dict   name of a layer → weights of the input and of the hidden state, bias, and of a peephole
    """
    values = dict(inputs)

    def value(name):
        if name not in values:
            node, read = diagram.nodes[name], [value(source) for source in sources(diagram, name)]
            values[name] = {
                "join": lambda x_t, h_prev: (x_t, h_prev),
                "copy": lambda a: a,
                "output": lambda a: a,
                "times": lambda a, b: a * b,
                "plus": lambda a, b: a + b,
                "one_minus": lambda a: 1 - a,
                "tanh": np.tanh,
                "linear": lambda a: a @ weights[name][0].T + weights[name][1],
                "layer": lambda *read: layer(node, weights[name], *read),
            }[node.kind](*read)
        return values[name]

    return {name: value(name) for name in diagram.nodes}


def layer(node, own, *read):
    """What reads the joined vector, and where there is a peephole the cell state too."""
    W_x, W_h, b, *p = own
    z = sum(a[0] @ W_x.T + a[1] @ W_h.T + b if isinstance(a, tuple) else p[0] * a for a in read)
    return {"σ": sigmoid, "tanh": np.tanh}[node.sign](z)


def example(rows):
    """Inputs of a step and its weights, as the reference takes them."""
    rng = np.random.default_rng(rows)
    states = {"x_t": rng.normal(size=(N, D)), "h_prev": rng.normal(size=(N, H)), "c_prev": rng.normal(size=(N, H))}
    W = rng.normal(size=(rows * H, D)), rng.normal(size=(rows * H, H)), rng.normal(size=rows * H)
    return states, W, rng


def by_layer(gates, *W):
    return dict(zip(gates, zip(*(np.split(w, len(gates)) for w in W), strict=True), strict=True))


def test_the_lstm_is_lstm_step():
    states, W, _ = example(4)
    found = evaluate(LSTM, states, by_layer("ifgo", *W))
    h_t, c_t, cache = lstm_step(**states, W_ih=W[0], W_hh=W[1], b=W[2])
    for name, wanted in zip(["h_t", "c_t", *"ifgo", "squashed"], [h_t, c_t, *cache[3:]], strict=True):
        np.testing.assert_allclose(found[name], wanted, atol=1e-12, err_msg=name)


def test_the_lstm_with_peepholes_is_lstm_step_peephole():
    states, W, rng = example(4)
    p = dict(zip("ifo", rng.normal(size=(3, H)), strict=True))
    weights = by_layer("ifgo", *W)
    found = evaluate(PEEPHOLE, states, weights | {name: (*weights[name], p[name]) for name in p})
    h_t, c_t, _ = lstm_step_peephole(*states.values(), *W, *p.values())
    np.testing.assert_allclose(found["h_t"], h_t, atol=1e-12)
    np.testing.assert_allclose(found["c_t"], c_t, atol=1e-12)


def test_the_coupled_cell_is_lstm_step_coupled():
    states, W, _ = example(3)
    found = evaluate(COUPLED, states, by_layer("fgo", *W))
    h_t, c_t, _ = lstm_step_coupled(*states.values(), *W)
    np.testing.assert_allclose(found["h_t"], h_t, atol=1e-12)
    np.testing.assert_allclose(found["c_t"], c_t, atol=1e-12)


def test_the_gru_is_gru_step_torch():
    states, (W_ih, W_hh, b_ih), rng = example(3)
    b_hh = rng.normal(size=3 * H)
    weights = by_layer("rzn", W_ih, W_hh, b_ih + b_hh)
    weights |= {"W_in": (W_ih[2 * H :], b_ih[2 * H :]), "W_hn": (W_hh[2 * H :], b_hh[2 * H :])}
    found = evaluate(GRU, {name: states[name] for name in ("x_t", "h_prev")}, weights)
    h_t, cache = gru_step_torch(states["x_t"], states["h_prev"], W_ih, W_hh, b_ih, b_hh)
    for name, wanted in zip(["h_t", *"rzn", "W_hn"], [h_t, *cache[2:]], strict=True):
        np.testing.assert_allclose(found[name], wanted, atol=1e-12, err_msg=name)


def test_gradients_along_the_reversed_arrows_are_those_of_lstm_step_backward():
    states, W, rng = example(4)
    own = by_layer("ifgo", *W)
    values = evaluate(BACKWARD, states, own)
    dh_t, dc_t = rng.normal(size=(2, N, H))

    def at(name, edge):
        """The gradient that an edge carries back from its target."""
        d, node = gradient(edge.target), BACKWARD.nodes[edge.target]
        if node.kind == "times":
            (other,) = [a for a in sources(BACKWARD, edge.target) if a != name]
            return d * values[other]
        if node.kind == "tanh":
            return d * (1 - values[edge.target] ** 2)
        if node.kind == "layer":  # to both parts of the joined vector
            y = values[edge.target]
            dz = d * (1 - y**2 if node.sign == "tanh" else y * (1 - y))
            return np.concatenate([dz @ own[edge.target][0], dz @ own[edge.target][1]], axis=1)
        if node.kind == "join":
            return d[:, :D] if name == "x_t" else d[:, D:]
        return d  # sums, dots and results

    def gradient(name):
        arriving = {"h_t": dh_t, "c_t": dc_t}.get(name, 0)
        return arriving + sum(at(name, edge) for edge in BACKWARD.edges if edge.source == name)

    *_, cache = lstm_step(*states.values(), *W)
    dx_t, dh_prev, dc_prev, *_ = lstm_step_backward(dh_t, dc_t, cache, *W[:2])
    for name, wanted in {"x_t": dx_t, "h_prev": dh_prev, "c_prev": dc_prev}.items():
        np.testing.assert_allclose(gradient(name), wanted, atol=1e-12, err_msg=name)


def right_sides(equations):
    """The named values on the right of the equations; weights, biases and sums z belong to the layers."""
    text = " ".join(part.split("=")[-1] for equation in equations for part in re.split(r", (?=[a-z_]+ =)", equation))
    return {*re.findall(r"dc_next|\bd?[a-z](?:_t|_\{t−1\})?(?![\w_])", text)}


@pytest.mark.parametrize(("name", "stage"), [pair for pair in STAGES if pair[0] != "backward"])
def test_a_stage_highlights_what_its_equation_names(name, stage):
    diagram = DIAGRAMS[name]
    nodes, edges = diagram.parts(stage)
    own = {*diagram.stages[stage].nodes}
    read = {diagram.nodes[node].symbol for node in nodes - own} - {""}
    named = right_sides(diagram.stages[stage].equations) & {node.symbol for node in diagram.nodes.values()}
    if stage == "peepholes":
        named |= {"x_t", "h_{t−1}"}  # they are in z_i, z_f and z_o
    assert named == read
    assert all(edge.source in nodes and edge.target in nodes for edge in edges)
    assert own <= {edge.target for edge in edges}


@pytest.mark.parametrize("stage", BACKWARD.stages)
def test_a_stage_of_the_gradients_highlights_the_paths_that_its_equation_adds(stage):
    nodes, edges = BACKWARD.parts(stage)
    own = {*BACKWARD.stages[stage].nodes}
    symbols = {BACKWARD.nodes[node].symbol for node in nodes - own} - {""}
    renamed = {"c_t": "dc_next", "dc_t": "dc_t"}  # at the step's output the next step's part arrives, inside is the sum
    arriving = {renamed.get(symbol, f"d{symbol}") for symbol in symbols}
    named = {name for name in right_sides(BACKWARD.stages[stage].equations) if re.match("d[a-z]", name)}
    assert arriving == {"dh_t": {"dh_t"}, "inputs": {"df", "di", "dg", "do"}}.get(stage, named)
    assert own <= {edge.source for edge in edges}


@pytest.mark.parametrize("name", ["lstm", "gru", "backward"])
def test_the_stages_together_highlight_every_edge(name):
    diagram = DIAGRAMS[name]
    assert {edge for stage in diagram.stages for edge in diagram.parts(stage)[1]} == {*diagram.edges}


@pytest.mark.parametrize("name", DIAGRAMS)
def test_an_arrow_begins_and_ends_at_the_outline_of_a_node(name):
    diagram = DIAGRAMS[name]
    for edge in diagram.edges:
        path = diagram.path(edge)
        for end, node in zip((path[0], path[-1]), diagram.ends(edge), strict=True):
            (x, y), at = end, diagram.nodes[node]
            wide, tall = SIZES[at.kind]
            assert (abs(x - at.x), abs(y - at.y)) in [(wide, 0), (0, tall)], f"{edge} ends beside the middle of a side"
        assert all((a[0] == b[0]) != (a[1] == b[1]) for a, b in pairwise(path)), f"{edge} is not straight"


@pytest.mark.parametrize("name", DIAGRAMS)
def test_nodes_stand_apart_and_no_arrow_crosses_one(name):
    diagram = DIAGRAMS[name]
    for one, node in diagram.nodes.items():
        wide, tall = SIZES[node.kind]
        for edge in diagram.edges:
            if one not in (edge.source, edge.target):
                for (x0, y0), (x1, y1) in pairwise(diagram.path(edge)):
                    beside = max(x0, x1) < node.x - wide or min(x0, x1) > node.x + wide
                    above = max(y0, y1) < node.y - tall or min(y0, y1) > node.y + tall
                    assert beside or above, f"{edge} runs through {one}"


STILL = [wiring.lstm(), wiring.lstm("cell"), wiring.peephole(), wiring.coupled(), wiring.gru()]


@pytest.mark.parametrize("figure", STILL)
def test_a_still_has_no_script_and_is_well_formed(figure):
    assert "<script" not in figure.data and 'class="moving wiring still"' in figure.data
    for drawing in re.findall(r"<svg.*?</svg>", figure.data, re.DOTALL):
        assert len(ElementTree.fromstring(drawing).get("aria-label")) > 40


def test_a_stage_is_marked_in_the_drawing_and_a_complete_diagram_marks_none():
    assert wiring.lstm().data.count(' on"') == 0
    nodes, edges = LSTM.parts("forget")
    assert wiring.lstm("forget").data.count(' on"') == len(nodes) + len(edges) + 1  # and the equation


def test_an_unknown_stage_is_named_with_those_that_exist():
    with pytest.raises(ValueError, match="no stage 'forgot'.*sums, forget"):
        wiring.lstm("forgot")
