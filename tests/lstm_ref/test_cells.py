"""Single cells: the parts of the LSTM, the latch, the start of training, and the cells as PyTorch modules."""

import numpy as np
import pytest
import torch

from lstm_ref import torch_cells
from lstm_ref.functions import sigmoid
from lstm_ref.gru import gru_forward_torch, gru_step, gru_step_torch
from lstm_ref.init import init_gru, init_lstm, init_rnn, orthogonal
from lstm_ref.lstm import cell_update, hidden_output, latch_weights, lstm_forward, lstm_step, split_gates
from lstm_ref.lstm_cells import cell_forward, lstm_step_1997, lstm_step_coupled, lstm_step_peephole
from lstm_ref.lstm_norm import layer_norm, lstm_step_norm


def lstm_arguments(gates, rng, N=3, D=2, H=4):
    return [rng.normal(size=s) for s in [(N, D), (N, H), (N, H), (gates * H, D), (gates * H, H), (gates * H,)]]


def test_gates_stand_in_the_order_i_f_g_o():
    parts = split_gates(np.arange(24.0).reshape(2, 12))
    assert [p.tolist() for p in parts] == [
        [[3.0 * k, 3 * k + 1, 3 * k + 2], [12 + 3.0 * k, 13 + 3 * k, 14 + 3 * k]] for k in range(4)
    ]


def test_cell_and_output():
    c_prev, i, f, g, o = (np.array([[v]]) for v in (2.0, 0.5, 0.25, -1.0, 0.5))
    assert cell_update(c_prev, i, f, g).item() == 0.0
    assert hidden_output(o, c_prev).item() == pytest.approx(0.5 * np.tanh(2.0))


def test_the_latch_holds_a_bit_for_100_steps(rng):
    weights = latch_weights()
    bits = rng.choice([-1.0, 1.0], size=(301, 8))
    write = np.zeros((301, 8))
    write[[0, 100, 150]] = 1
    hs, _, c_T, _ = lstm_forward(np.stack([bits, write], axis=2), np.zeros((8, 1)), np.zeros((8, 1)), *weights)
    for stored, until in ((0, 100), (100, 150), (150, 301)):
        assert (np.sign(hs[stored:until, :, 0]) == bits[stored]).all()
    assert (np.abs(hs) > 0.99 * np.tanh(1)).all()  # nothing has leaked, and the gate that shows it is open
    assert (np.abs(c_T) > 0.99).all()


def test_without_a_forget_gate_is_a_forget_gate_of_one(rng):
    x_t, h, c, W_ih, W_hh, b = lstm_arguments(4, rng)
    keep = np.r_[0:4, 8:16]
    b_open = b.copy()
    b_open[4:8] = 1e4
    W_open = W_ih.copy(), W_hh.copy()
    expected = lstm_step(x_t, h, c, *W_open, b_open)[:2]
    for a, e in zip(lstm_step_1997(x_t, h, c, W_ih[keep], W_hh[keep], b[keep])[:2], expected, strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-13)


def test_coupled_gates_are_an_lstm_whose_input_gate_mirrors_the_forget_gate(rng):
    x_t, h, c, W_ih, W_hh, b = lstm_arguments(3, rng)
    four = [np.concatenate([-a[:4], a]) for a in (W_ih, W_hh, b)]  # σ(-z) = 1 - σ(z)
    expected = lstm_step(x_t, h, c, *four)[:2]
    for a, e in zip(lstm_step_coupled(x_t, h, c, W_ih, W_hh, b)[:2], expected, strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-12)


def test_layer_norm_is_torchs(rng):
    z, gain = rng.normal(size=(3, 7)), rng.normal(size=7)
    theirs = torch.nn.functional.layer_norm(torch.from_numpy(z), (7,), torch.from_numpy(gain))
    np.testing.assert_allclose(layer_norm(z, gain)[0], theirs.numpy(), rtol=1e-12)


def test_the_normalised_lstm_is_its_formula_in_torch(rng):
    H = 4
    x_t, h, c, W_ih, W_hh, b = lstm_arguments(4, rng)
    gains = [rng.normal(size=k) for k in (4 * H, 4 * H, H)]
    b_c = rng.normal(size=H)
    t = [torch.from_numpy(a) for a in (x_t, h, c, W_ih, W_hh, b, *gains, b_c)]
    norm = lambda v, g: torch.nn.functional.layer_norm(v, v.shape[1:], g)  # noqa: E731
    i, f, g, o = (norm(t[0] @ t[3].T, t[6]) + norm(t[1] @ t[4].T, t[7]) + t[5]).chunk(4, dim=1)
    cell = torch.sigmoid(f) * t[2] + torch.sigmoid(i) * torch.tanh(g)
    hidden = torch.sigmoid(o) * torch.tanh(norm(cell, t[8]) + t[9])
    h_t, c_t, _ = lstm_step_norm(x_t, h, c, W_ih, W_hh, b, *gains, b_c)
    np.testing.assert_allclose(h_t, hidden.numpy(), rtol=1e-11)
    np.testing.assert_allclose(c_t, cell.numpy(), rtol=1e-11)


def test_the_two_grus_differ_only_where_the_reset_acts(rng):
    x_t, h, _, W_ih, W_hh, b = lstm_arguments(3, rng)
    paper, _ = gru_step(x_t, h, W_ih, W_hh, b)
    torchs, _ = gru_step_torch(x_t, h, W_ih, W_hh, b, np.zeros(12))
    assert np.abs(paper - torchs).max() > 1e-3
    W_hh[8:] = np.diag(np.diag(W_hh[8:]))  # a diagonal product commutes with the gate
    paper, _ = gru_step(x_t, h, W_ih, W_hh, b)
    torchs, _ = gru_step_torch(x_t, h, W_ih, W_hh, b, np.zeros(12))
    np.testing.assert_allclose(paper, torchs, rtol=1e-12)


def test_orthogonal(rng):
    Q = orthogonal(6, rng)
    np.testing.assert_allclose(Q @ Q.T, np.eye(6), atol=1e-12)
    determinants = [np.linalg.det(orthogonal(2, rng)) for _ in range(200)]
    assert 60 < sum(d > 0 for d in determinants) < 140  # rotations and reflections alike


@pytest.mark.parametrize("init", [lambda rng: init_lstm(1, 2, 1.0, rng), lambda rng: init_gru(1, 2, rng)])
def test_the_orthogonal_blocks_of_a_gated_cell_are_rotations_and_reflections_alike(init, rng):
    blocks = [block for _ in range(50) for block in np.split(init(rng)[1], len(init(rng)[2]) // 2)]
    assert 0.3 < np.mean([np.linalg.det(block) > 0 for block in blocks]) < 0.7
    assert 0.3 < np.mean([block[0, 0] > 0 for block in blocks]) < 0.7


def test_first_weights(rng):
    W_ih, W_hh, b = init_lstm(30, 20, 1.0, rng)
    assert b.tolist() == [0.0] * 20 + [1.0] * 20 + [0.0] * 40
    for block in np.split(W_hh, 4):
        np.testing.assert_allclose(block @ block.T, np.eye(20), atol=1e-12)
    assert W_ih.std() == pytest.approx(1 / np.sqrt(30), rel=0.1)
    assert init_lstm(3, 2, 5.0, rng)[2][2:4].tolist() == [5.0, 5.0]
    for block in np.split(init_gru(3, 5, rng)[1], 3):
        np.testing.assert_allclose(block @ block.T, np.eye(5), atol=1e-12)
    W_ih, W_hh, b = init_rnn(3, 5, rng)
    assert W_ih.shape == (5, 3) and not b.any()
    np.testing.assert_allclose(W_hh @ W_hh.T, np.eye(5), atol=1e-12)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_torch_cells_are_torchs_layers(name):
    ours = getattr(torch_cells, name)(3, 5, torch.float64)
    theirs = getattr(torch.nn, name)(3, 5, dtype=torch.float64)
    ours.load_state_dict(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(7, 2, 3, dtype=torch.float64, requires_grad=True)
    for states in (None, torch.randn(2, 1, 2, 5, dtype=torch.float64)):
        start = states if states is None else (tuple(states) if name == "LSTM" else states[0])
        gradients = []
        for model in (ours, theirs):
            hs, end = model(x) if start is None else model(x, start)
            assert hs.shape == (7, 2, 5)
            loss = (hs**2).sum() + sum((e**3).sum() for e in (end if name == "LSTM" else (end,)))
            gradients.append([hs, *torch.autograd.grad(loss, [x, *model.parameters()])])
        for a, b in zip(*gradients, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)


def test_the_peephole_lstm_is_its_formula_in_torch(rng):
    arguments = [*lstm_arguments(4, rng), *rng.normal(size=(3, 4))]
    x_t, h, c, W_ih, W_hh, b, p_i, p_f, p_o = map(torch.from_numpy, arguments)
    z_i, z_f, z_g, z_o = torch.nn.functional.linear(torch.cat([x_t, h], 1), torch.cat([W_ih, W_hh], 1), b).chunk(4, 1)
    cell = torch.sigmoid(z_f + p_f * c) * c + torch.sigmoid(z_i + p_i * c) * torch.tanh(z_g)
    hidden = torch.sigmoid(z_o + p_o * cell) * torch.tanh(cell)
    h_t, c_t, _ = lstm_step_peephole(*arguments)
    np.testing.assert_allclose(h_t, hidden.numpy(), rtol=1e-11)
    np.testing.assert_allclose(c_t, cell.numpy(), rtol=1e-11)


def test_a_cell_over_time_is_the_step_again_and_again(rng):
    x, h0, c0 = rng.normal(size=(6, 2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
    weights = [rng.normal(size=s) for s in [(16, 3), (16, 4), (16,)]]
    *found, cache = cell_forward(lstm_step, x, h0, c0, *weights)
    for a, b in zip(found, lstm_forward(x, h0, c0, *weights)[:3], strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(cache) == 6


def test_the_papers_gru_is_its_formula_in_torch(rng):
    x_t, h, _, *weights = lstm_arguments(3, rng)
    x, h_prev, W_ih, W_hh, b = map(torch.from_numpy, (x_t, h, *weights))
    i_r, i_z, i_n = torch.nn.functional.linear(x, W_ih, b).chunk(3, 1)
    W_hr, W_hz, W_hn = W_hh.chunk(3)
    r, z = torch.sigmoid(i_r + h_prev @ W_hr.T), torch.sigmoid(i_z + h_prev @ W_hz.T)
    expected = torch.lerp(torch.tanh(i_n + (r * h_prev) @ W_hn.T), h_prev, z)
    np.testing.assert_allclose(gru_step(x_t, h, *weights)[0], expected.numpy(), rtol=1e-10)


def test_the_torch_gru_is_the_references(rng):
    x, h0 = rng.normal(size=(6, 2, 3)), rng.normal(size=(2, 4))
    gru = torch_cells.GRU(3, 4, torch.float64)
    hs, _ = gru(torch.from_numpy(x), torch.from_numpy(h0)[None])
    weights = [p.detach().numpy() for p in gru.parameters()]
    np.testing.assert_allclose(hs.detach().numpy(), gru_forward_torch(x, h0, *weights)[0], rtol=1e-11)


def test_torch_cells_say_which_shape_is_wrong():
    model = torch_cells.LSTM(3, 5)
    with pytest.raises(ValueError, match=r"\(7, 2, 4\); expected \(T, N, 3\)"):
        model(torch.zeros(7, 2, 4))
    with pytest.raises(ValueError, match=r"\(1, 1, 5\); expected \(1, 2, 5\)"):
        model(torch.zeros(7, 2, 3), (torch.zeros(1, 1, 5), torch.zeros(1, 2, 5)))
    assert model(torch.zeros(0, 2, 3))[0].shape == (0, 2, 5)


def test_sigmoid_gates_never_leave_their_range(rng):
    z = rng.normal(size=1000) * 500
    assert ((sigmoid(z) >= 0) & (sigmoid(z) <= 1)).all()
