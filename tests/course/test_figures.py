"""The figures as cells return them: drawings that parse, numbers that are the reference's, nothing from elsewhere."""

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course.figures import wiring
from course.figures.attention import attention_matrix
from course.figures.beam import beam_steps, watch_beam
from course.figures.gru import gru_beside_lstm
from course.figures.lstm import lstm_cell
from course.figures.reach import reach_explorer
from course.figures.rnn import unrolled_rnn
from course.figures.svg import number, significant
from lstm_ref.functions import log_softmax
from lstm_ref.rnn import rnn_forward
from lstm_ref.seq2seq.decoding import beam_search
from lstm_ref.vocabulary import EOS

V, NAMES = 6, ["<pad>", "<bos>", "<eos>", "a", "b", "&"]


def decoder(seed):
    """A step and a first state for `beam_search`: a random network that reads its last token."""
    rng = np.random.default_rng(seed)
    W_e, W_hh, W_o = rng.normal(size=(V, 4)), rng.normal(size=(4, 4)), 2 * rng.normal(size=(V, 4))

    def step(last, state):
        h_t = np.tanh(W_e[last] + state[0] @ W_hh.T)
        logits = h_t @ W_o.T
        logits[:, :2] = -1e9
        return log_softmax(logits), (h_t,)

    return step, (rng.normal(size=(1, 4)),)


def make_all():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(3), size=4)
    half = np.full(5, 0.5)
    yield "rnn", unrolled_rnn(rng.uniform(-1, 1, (4, 2)), rng.normal(size=(3, 2)), rng.normal(size=(3, 3)), np.ones(3))
    yield "lstm", lstm_cell(-1.0, 3.0, 0.5, 0.0, -1.5)
    yield "gru", gru_beside_lstm(rng.uniform(-1, 1, 5), dict.fromkeys("ifozr", half))
    yield "reach", reach_explorer([1, 2, 9], {1.0: [1, 0.1, 1e-30]}, {"LSTM, bias 1": [2, 3, 1e12]})
    sentence = {"Is <b> 'x' & y?": (["is", "<b>", "&"], ["你", "&", "好", "<eos>"], weights)}
    yield "attention", attention_matrix(sentence)
    yield "beam", beam_steps({2: watch_beam(*decoder(1), 2, 6, 0.0)}, NAMES, "a < b & c")
    yield "wiring", wiring.lstm_steps()


FIGURES = dict(make_all())


@pytest.fixture(params=FIGURES)
def figure(request):
    return request.param, FIGURES[request.param].data


def test_the_drawing_is_well_formed_and_says_what_it_shows(figure):
    name, html = figure
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert drawings
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root.get("role") == "img" and len(root.get("aria-label")) > 40
        assert "nan" not in drawing and "inf" not in drawing.replace("information", "")


def test_it_has_no_id_and_asks_nobody_for_anything(figure):
    name, html = figure
    assert html.count(f'class="moving {name}"') == 1
    assert not re.search(r"""\bid=|\bsrc=|\bhref=|https?:|@import|url\(|\bfetch\(|\bXMLHttp""", html)


def test_its_numbers_are_json_and_close_no_script(figure):
    name, html = figure
    data = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)[1]
    json.loads(data)
    assert "<" not in data
    assert html.count("<script") == html.count("</script>") == 2


def test_the_same_numbers_make_the_same_bytes():
    assert {name: html.data for name, html in make_all()} == {name: html.data for name, html in FIGURES.items()}


@pytest.mark.parametrize(
    ("x", "digits", "text"), [(-0.004, 2, "0.00"), (-1, 2, "−1.00"), (0.9996, 3, "1.000"), (0, 1, "0.0")]
)
def test_numbers_have_a_true_minus_and_no_minus_at_zero(x, digits, text):
    assert number(x, digits) == text


def test_three_significant_digits_survive_and_the_rest_does_not():
    assert significant(1.23456e-7) == 1.23e-7
    assert significant(0.1 + 0.2) == 0.3


def test_the_unrolled_states_are_those_of_rnn_forward():
    rng = np.random.default_rng(3)
    x, W_ih, W_hh, b = rng.uniform(-1, 1, (4, 1)), rng.normal(size=(2, 1)), rng.normal(size=(2, 2)), rng.normal(size=2)
    html = unrolled_rnn(x, W_ih, W_hh, b).data
    hs, _ = rnn_forward(x[:, None], np.zeros((1, 2)), W_ih, W_hh, b)
    drawn = re.findall(r'class="number">([^<]+)<', html)
    shown = [float(text.replace("−", "-")) for text in drawn]
    wanted = [value for t in range(4) for value in (x[t, 0], *hs[t, 0])]
    assert shown == pytest.approx(wanted, abs=5.01e-3)


@pytest.mark.parametrize("beam", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_what_was_watched_is_the_search(seed, beam, alpha):
    step, state = decoder(seed)
    search = watch_beam(step, state, beam, 7, alpha)
    assert (search.tokens, search.score) == beam_search(step, state, beam, 7, alpha)
    room, kept = beam, [()]
    for candidates, has_room in search.steps:
        assert has_room == room
        scores = [candidate.score for candidate in candidates]
        assert scores == sorted(scores, reverse=True)
        ways = [(*kept[candidate.parent], candidate.token) for candidate in candidates]
        assert len({*ways}) == len(ways)
        for way, score in zip(ways, scores, strict=True):
            assert score == pytest.approx(log_probability(step, state, way))
        assert all(kept[candidate.parent] is not None for candidate in candidates), "it goes on from what was dropped"
        kept = [way if k < room and way[-1] != EOS else None for k, way in enumerate(ways)]
        room -= sum(way[-1] == EOS for way in ways[:room])


def log_probability(step, state, tokens):
    """Of some tokens one after the other, without any search."""
    total, last = 0.0, 1
    for token in tokens:
        log_p, state = step(np.array([last]), state)
        total, last = total + log_p[0, token], token
    return total
