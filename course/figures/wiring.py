"""Wiring diagrams of the LSTM, its gradients and variants, and the GRU: still, or highlighted equation by equation."""

from IPython.display import HTML

from course.figures.cells import BACKWARD, COUPLED, GRU, LSTM, PEEPHOLE
from course.figures.diagram import Diagram
from course.figures.svg import Phrase, output, phrase

KEY = phrase(
    "A box is a layer with weights, a round sign works entry by entry, a dot copies, a bar joins two vectors into one."
)
BACKWARD_KEY = phrase(
    "The arrows carry gradients. A product hands each factor its gradient times the other factor; a dot adds the "
    "gradients of its branches."
)
LSTM_LABEL = phrase(
    "Wiring of one LSTM step. The old cell state runs along the top: the forget gate multiplies it, then input gate "
    "times candidate is added. Below, four layers read the input and the old hidden state. On the right the output "
    "gate multiplies tanh of the new cell state, which gives the new hidden state."
)
BACKWARD_LABEL = phrase(
    "The wiring of one LSTM step with its arrows reversed. Gradients run from the hidden state and the cell state "
    "on the right to the old cell state, the old hidden state and the input."
)
PEEPHOLE_LABEL = phrase(
    "Wiring of one LSTM step with peepholes. Dashed arrows lead from the old cell state into the input and forget "
    "gates, and from the new cell state into the output gate."
)
COUPLED_LABEL = phrase(
    "Wiring of one LSTM step with a coupled gate: the input gate has no layer. The forget gate f multiplies the old "
    "cell state, and 1 − f multiplies the candidate."
)
GRU_LABEL = phrase(
    "Wiring of one GRU step. The old hidden state runs along the top: the update gate z multiplies it, then 1 − z "
    "times the candidate is added. The reset gate multiplies a product of the old hidden state inside the "
    "candidate."
)
GRU_WORDS = phrase(
    "The GRU has no cell state beside its hidden state, and one gate less. Here, as in PyTorch, its reset gate r "
    "acts after the product W_hn h_prev + b_hn; in the paper it acts before the product."
)


def lstm(stage: str = "") -> HTML:
    """One LSTM step, complete, or with one stage highlighted: sums, forget, input, cell or output."""
    return _still(LSTM, LSTM_LABEL, stage)


def lstm_steps() -> HTML:
    """One LSTM step, through which the reader goes equation by equation."""
    return _moving(LSTM, LSTM_LABEL)


def lstm_backward_steps() -> HTML:
    """The gradients of one LSTM step, through which the reader goes equation by equation."""
    return _moving(BACKWARD, BACKWARD_LABEL)


def peephole() -> HTML:
    """One LSTM step whose gates read the cell state, what is new highlighted."""
    return _still(PEEPHOLE, PEEPHOLE_LABEL, "peepholes")


def coupled() -> HTML:
    """One LSTM step with one gate for forget and input, what is new highlighted."""
    return _still(COUPLED, COUPLED_LABEL, "coupled")


def gru() -> HTML:
    """One step of PyTorch's GRU beside one of the LSTM."""
    drawings = LSTM.drawing(LSTM_LABEL, title="LSTM") + GRU.drawing(GRU_LABEL, title="GRU")
    return output("wiring", drawings, [GRU_WORDS], None, KEY)


def _still(diagram: Diagram, label: Phrase, stage: str) -> HTML:
    drawing = diagram.drawing(label, stage)
    words = [diagram.stages[stage].words] if stage else _sentences(diagram)
    return output("wiring", drawing, words, None, _key(diagram))


def _moving(diagram: Diagram, label: Phrase) -> HTML:
    return output("wiring", diagram.drawing(label, moves=True), _sentences(diagram), len(diagram.stages), _key(diagram))


def _sentences(diagram: Diagram) -> list[Phrase]:
    return [stage.words for stage in diagram.stages.values()]


def _key(diagram: Diagram) -> Phrase:
    return BACKWARD_KEY if diagram.backward else KEY
