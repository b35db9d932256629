"""The wiring of the course's cells as graphs: the LSTM, its gradients and variants, and PyTorch's GRU.

A test evaluates each graph and finds the reference's step. Symbols are those of the notation.
"""

from dataclasses import replace

from course.figures.diagram import Diagram, Edge, Node, Stage
from course.figures.svg import phrase

TOP, BUS, LAYERS = 46, 214, 170  # y of the state, of the line that feeds the layers, and of the layers
SUM = "W_ih x_t + W_hh h_{t−1} + b"
FORGET, INPUT, CANDIDATE, OUTPUT = 108, 168, 228, 288  # x of the layers
SHOWN = 348  # x of what makes h_t


def _layer(x: float, symbol: str, sign: str = "σ") -> Node:
    return Node(x, LAYERS, "layer", symbol, sign)


LSTM_NODES = {
    "c_prev": Node(22, TOP, "input", "c_{t−1}"),
    "h_prev": Node(22, BUS, "input", "h_{t−1}"),
    "x_t": Node(62, 262, "input", "x_t"),
    "join": Node(62, BUS, "join"),
    "copy_f": Node(FORGET, BUS, "copy"),
    "copy_i": Node(INPUT, BUS, "copy"),
    "copy_g": Node(CANDIDATE, BUS, "copy"),
    "f": _layer(FORGET, "f"),
    "i": _layer(INPUT, "i"),
    "g": _layer(CANDIDATE, "g", "tanh"),
    "o": _layer(OUTPUT, "o"),
    "kept": Node(FORGET, TOP, "times"),
    "added": Node(CANDIDATE, 112, "times"),
    "cell": Node(CANDIDATE, TOP, "plus", "c_t"),
    "copy_c": Node(SHOWN, TOP, "copy"),
    "squashed": Node(SHOWN, 88, "tanh"),
    "shown": Node(SHOWN, 134, "times", "h_t"),
    "c_t": Node(414, TOP, "output", "c_t"),
    "h_t": Node(414, BUS, "output", "h_t"),
}
LSTM_EDGES = (
    Edge("x_t", "join"),
    Edge("h_prev", "join"),
    Edge("join", "copy_f"),
    Edge("copy_f", "copy_i"),
    Edge("copy_i", "copy_g"),
    Edge("copy_f", "f"),
    Edge("copy_i", "i"),
    Edge("copy_g", "g"),
    Edge("copy_g", "o", ((OUTPUT, BUS),)),
    Edge("c_prev", "kept"),
    Edge("f", "kept"),
    Edge("i", "added", ((INPUT, 112),)),
    Edge("g", "added"),
    Edge("kept", "cell"),
    Edge("added", "cell"),
    Edge("cell", "copy_c"),
    Edge("copy_c", "c_t"),
    Edge("copy_c", "squashed"),
    Edge("squashed", "shown"),
    Edge("o", "shown", ((OUTPUT, 134),)),
    Edge("shown", "h_t", ((SHOWN, BUS),)),
)
LSTM_STAGES = {
    "sums": Stage(
        ("f", "i", "g", "o"),
        (f"z_i, z_f, z_g, z_o = {SUM}", "i = σ(z_i), f = σ(z_f), g = tanh(z_g), o = σ(z_o)"),
        phrase("Four layers read the same input and hidden state; each has weights of its own."),
    ),
    "forget": Stage(
        ("kept",), ("f ⊙ c_{t−1}",), phrase("The forget gate f multiplies the old cell state, entry by entry.")
    ),
    "input": Stage(("added",), ("i ⊙ g",), phrase("The input gate i multiplies the candidate g, entry by entry.")),
    "cell": Stage(
        ("cell", "copy_c", "c_t"),
        ("c_t = f ⊙ c_{t−1} + i ⊙ g",),
        phrase("The sum of both products is the new cell state."),
    ),
    "output": Stage(
        ("squashed", "shown", "h_t"),
        ("h_t = o ⊙ tanh(c_t)",),
        phrase("The output gate o multiplies tanh of the new cell state; the product is the new hidden state."),
    ),
}
LSTM = Diagram(LSTM_NODES, LSTM_EDGES, LSTM_STAGES)

BACKWARD = Diagram(
    LSTM_NODES | {"cell": replace(LSTM_NODES["cell"], symbol="dc_t")},
    LSTM_EDGES,
    {
        "dh_t": Stage(
            ("shown",),
            ("dh_t",),
            phrase("The gradient of the hidden state arrives from all that reads the hidden state."),
        ),
        "do": Stage(
            ("o",),
            ("do = dh_t ⊙ tanh(c_t)",),
            phrase("The output gate gets dh_t times the other factor, tanh of the cell state."),
        ),
        "cell": Stage(
            ("cell",),
            ("dc_t = dh_t ⊙ o ⊙ (1 − tanh²(c_t)) + dc_next",),
            phrase("Gradients arrive at the cell state along two paths, from the next step and through h_t, and add."),
        ),
        "gates": Stage(
            ("f", "i", "g"),
            ("df = dc_t ⊙ c_{t−1}, di = dc_t ⊙ g, dg = dc_t ⊙ i",),
            phrase("The sum hands its gradient on unchanged; each factor gets it times the other factor."),
        ),
        "dc_prev": Stage(
            ("c_prev",),
            ("dc_prev = dc_t ⊙ f",),
            phrase("The old cell state gets the gradient times the forget gate, without a weight matrix or a slope."),
        ),
        "inputs": Stage(
            ("x_t", "h_prev"),
            (
                "dz_f = df ⊙ f ⊙ (1 − f), dz_g = dg ⊙ (1 − g²), … for i and o as for f",
                "dx_t = W_ihᵀ dz, dh_{t−1} = W_hhᵀ dz",
                "dW_ih = dz x_tᵀ, dW_hh = dz h_{t−1}ᵀ, db = dz",
            ),
            phrase(
                "Each layer multiplies by the slope of its nonlinearity; in x_t and in h_prev the four gradients add."
            ),
        ),
    },
    backward=True,
)

PEEPHOLE = Diagram(
    LSTM_NODES
    | {
        "peep_f": Node(78, TOP, "copy"),
        "peep_i": Node(78, LAYERS, "copy"),
        "peep_o": Node(258, TOP, "copy"),
    },
    (
        *(edge for edge in LSTM_EDGES if edge not in (Edge("c_prev", "kept"), Edge("cell", "copy_c"))),
        Edge("c_prev", "peep_f"),
        Edge("peep_f", "kept"),
        Edge("peep_f", "peep_i", kind="peephole"),
        Edge("peep_i", "f", kind="peephole"),
        Edge("peep_i", "i", ((78, 194), (138, 194), (138, LAYERS)), kind="peephole"),
        Edge("cell", "peep_o"),
        Edge("peep_o", "copy_c"),
        Edge("peep_o", "o", ((258, LAYERS),), kind="peephole"),
    ),
    {
        "peepholes": Stage(
            ("f", "i", "o"),
            ("i = σ(z_i + p_i ⊙ c_{t−1}), f = σ(z_f + p_f ⊙ c_{t−1})", "o = σ(z_o + p_o ⊙ c_t)"),
            phrase("The input gate and the forget gate also read the old cell state, the output gate the new one."),
        )
    },
)
COUPLED = Diagram(
    {name: node for name, node in LSTM_NODES.items() if name not in ("i", "copy_i")}
    | {"copy_gate": Node(FORGET, 112, "copy"), "rest": Node(INPUT, 112, "one_minus")},
    (
        *(
            edge
            for edge in LSTM_EDGES
            if not {edge.source, edge.target} & {"i", "copy_i"} and edge != Edge("f", "kept")
        ),
        Edge("copy_f", "copy_g"),
        Edge("f", "copy_gate"),
        Edge("copy_gate", "kept"),
        Edge("copy_gate", "rest"),
        Edge("rest", "added"),
    ),
    {
        "coupled": Stage(
            ("kept", "added", "cell"),
            ("c_t = f ⊙ c_{t−1} + (1 − f) ⊙ g",),
            phrase("One gate serves twice: f multiplies the old cell state, and 1 − f multiplies the candidate."),
        )
    },
)

RESET, UPDATE, NEW = 168, 100, 250  # x of the GRU's columns
MIXED = 390
GRU = Diagram(
    {
        "h_prev": Node(16, TOP, "input", "h_{t−1}"),
        "x_t": Node(66, 292, "input", "x_t"),
        "copy_top": Node(34, TOP, "copy"),
        "copy_h": Node(34, BUS, "copy"),
        "copy_x": Node(66, 266, "copy"),
        "join": Node(66, BUS, "join"),
        "copy_gates": Node(UPDATE, BUS, "copy"),
        "z": _layer(UPDATE, "z"),
        "r": _layer(RESET, "r"),
        "copy_z": Node(UPDATE, 90, "copy"),
        "kept": Node(UPDATE, TOP, "times"),
        "W_hn": Node(NEW, 180, "linear", sign="W_hn"),
        "reset": Node(NEW, 134, "times"),
        "W_in": Node(320, 180, "linear", sign="W_in"),
        "both": Node(320, 134, "plus"),
        "n": Node(MIXED, 134, "tanh", "n"),
        "rest": Node(320, 90, "one_minus"),
        "added": Node(MIXED, 90, "times"),
        "mixed": Node(MIXED, TOP, "plus", "h_t"),
        "h_t": Node(430, TOP, "output", "h_t"),
    },
    (
        Edge("h_prev", "copy_top"),
        Edge("copy_top", "kept"),
        Edge("copy_top", "copy_h"),
        Edge("copy_h", "W_hn", ((34, 242), (NEW, 242))),
        Edge("x_t", "copy_x"),
        Edge("copy_x", "join"),
        Edge("copy_h", "join"),
        Edge("copy_x", "W_in", ((320, 266),)),
        Edge("join", "copy_gates"),
        Edge("copy_gates", "z"),
        Edge("copy_gates", "r", ((RESET, BUS),)),
        Edge("z", "copy_z"),
        Edge("copy_z", "kept"),
        Edge("copy_z", "rest"),
        Edge("r", "reset", ((RESET, 134),)),
        Edge("W_hn", "reset"),
        Edge("reset", "both"),
        Edge("W_in", "both"),
        Edge("both", "n"),
        Edge("n", "added"),
        Edge("rest", "added"),
        Edge("kept", "mixed"),
        Edge("added", "mixed"),
        Edge("mixed", "h_t"),
    ),
    {
        "gates": Stage(
            ("r", "z"),
            ("r = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)", "z = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)"),
            phrase("The reset gate r and the update gate z read the input and the old hidden state."),
        ),
        "candidate": Stage(
            ("n",),
            ("n = tanh(W_in x_t + b_in + r ⊙ (W_hn h_{t−1} + b_hn))",),
            phrase("In PyTorch the reset gate multiplies the product W_hn h_prev + b_hn."),
        ),
        "state": Stage(
            ("kept", "rest", "added", "mixed", "h_t"),
            ("h_t = z ⊙ h_{t−1} + (1 − z) ⊙ n",),
            phrase("The update gate keeps the share z of the old hidden state and takes the rest from the candidate."),
        ),
    },
)
