"""The network's pieces against PyTorch, and a sentence alone against the same in a batch."""

import numpy as np
import pytest
import torch

from lstm_ref.seq2seq.encoder_decoder import attention, attentional, decode_step, encode


def normal(rng, *shape):
    return rng.normal(size=shape)


def weights_of(lstm, suffix=""):
    found = [getattr(lstm, f"{name}_l0{suffix}").detach().numpy() for name in ("weight_ih", "weight_hh")]
    return [*found, (getattr(lstm, f"bias_ih_l0{suffix}") + getattr(lstm, f"bias_hh_l0{suffix}")).detach().numpy()]


def test_encode_agrees_with_pytorch(rng):
    lstm = torch.nn.LSTM(3, 4, bidirectional=True, dtype=torch.float64)
    tokens, lengths, W_e = rng.integers(9, size=(6, 3)), np.array([6, 2, 4]), normal(rng, 9, 3)
    W_ih, W_hh, b = (np.stack(both) for both in zip(weights_of(lstm), weights_of(lstm, "_reverse"), strict=True))
    W_h, b_h, W_c, b_c = normal(rng, 5, 8), normal(rng, 5), normal(rng, 5, 8), normal(rng, 5)
    memory, h_0, c_0 = encode(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c)
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.tensor(W_e[tokens]), lengths, enforce_sorted=False)
    with torch.no_grad():
        out, (h, c) = lstm(packed)
    np.testing.assert_allclose(memory, torch.nn.utils.rnn.pad_packed_sequence(out)[0], atol=1e-12)
    h, c = (torch.cat([*state], dim=1).numpy() for state in (h, c))
    np.testing.assert_allclose(h_0, np.tanh(h @ W_h.T + b_h), atol=1e-12)
    np.testing.assert_allclose(c_0, c @ W_c.T + b_c, atol=1e-12)


def test_a_sentence_is_read_alike_alone_and_in_a_batch(rng):
    weights = normal(rng, 2, 8, 3), normal(rng, 2, 8, 2), normal(rng, 2, 8)
    bridge = normal(rng, 5, 4), normal(rng, 5), normal(rng, 5, 4), normal(rng, 5)
    tokens, lengths, W_e = rng.integers(9, size=(6, 3)), np.array([6, 2, 4]), normal(rng, 9, 3)
    together = encode(tokens, lengths, W_e, *weights, *bridge)
    for n, length in enumerate(lengths):
        memory, h_0, c_0 = encode(tokens[:length, [n]], lengths[[n]], W_e, *weights, *bridge)
        np.testing.assert_allclose(together[0][:length, [n]], memory, atol=1e-12)
        np.testing.assert_allclose(together[1][[n]], h_0, atol=1e-12)
        np.testing.assert_allclose(together[2][[n]], c_0, atol=1e-12)


def test_decode_step_agrees_with_pytorch(rng):
    cell = torch.nn.LSTMCell(3, 4, dtype=torch.float64)
    previous, h, c, W_e = rng.integers(9, size=2), normal(rng, 2, 4), normal(rng, 2, 4), normal(rng, 9, 3)
    W_o, b_o = normal(rng, 9, 4), normal(rng, 9)
    with torch.no_grad():
        h_t, c_t = (s.numpy() for s in cell(torch.tensor(W_e[previous]), (torch.tensor(h), torch.tensor(c))))
        W_ih, W_hh, b = cell.weight_ih.numpy(), cell.weight_hh.numpy(), (cell.bias_ih + cell.bias_hh).numpy()
    for ours, theirs in zip(
        decode_step(previous, h, c, W_e, W_ih, W_hh, b, W_o, b_o), (h_t @ W_o.T + b_o, h_t, c_t), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 2000.0])
def test_attention_agrees_with_pytorch(rng, scale):
    h_t, memory, W_a = scale * normal(rng, 3, 4), normal(rng, 6, 3, 5), normal(rng, 4, 5)
    mask = np.arange(6)[:, None] < np.array([6, 2, 4])
    context, weights = attention(h_t, memory, mask, W_a)
    scores = torch.einsum("nk,km,snm->sn", *map(torch.tensor, (h_t, W_a, memory)))
    theirs = torch.softmax(scores.masked_fill(torch.tensor(~mask), -torch.inf), dim=0).numpy()
    np.testing.assert_allclose(weights, theirs, atol=1e-12)
    np.testing.assert_allclose(context, np.einsum("sn,snm->nm", theirs, memory), atol=1e-12)


def test_attention_to_nothing_is_nothing(rng):
    mask = np.array([[True, False], [False, False]])
    context, weights = attention(normal(rng, 2, 3), normal(rng, 2, 2, 4), mask, normal(rng, 3, 4))
    np.testing.assert_array_equal(weights, [[1, 0], [0, 0]])
    np.testing.assert_array_equal(context[1], np.zeros(4))
    empty, none = attention(normal(rng, 2, 3), np.zeros((0, 2, 4)), np.zeros((0, 2), dtype=bool), normal(rng, 3, 4))
    assert none.shape == (0, 2) and not empty.any()


def test_attentional_reads_the_context_first(rng):
    h_t, context, b_s = normal(rng, 2, 3), normal(rng, 2, 4), normal(rng, 3)
    W_s = np.hstack([np.zeros((3, 4)), np.eye(3)])
    np.testing.assert_allclose(attentional(h_t, context, W_s, b_s), np.tanh(h_t + b_s), atol=1e-12)
