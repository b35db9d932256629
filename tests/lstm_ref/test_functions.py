"""The plain functions, against SciPy-free oracles: torch, and the definitions written out."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.functions import (
    embed,
    embed_backward,
    log_softmax,
    masked_cross_entropy,
    masked_cross_entropy_backward,
    perplexity,
    sample,
    sigmoid,
    softmax,
)
from lstm_ref.gradcheck import check_gradient


def batch(T, N, V, rng):
    return rng.normal(size=(T, N, V)) * 3, rng.integers(0, V, (T, N)), rng.random((T, N)) < 0.7


def test_sigmoid_is_stable_and_exact():
    z = np.array([-1000, -700.0, -1.5, 0, 2, 1000])
    np.testing.assert_allclose(sigmoid(z), torch.sigmoid(torch.from_numpy(z)).numpy(), rtol=1e-12, atol=0)
    assert sigmoid(np.array([-1000, 0, 3])).dtype == np.float64  # integers
    assert sigmoid(np.zeros(2, np.float32)).dtype == np.float32
    assert float(sigmoid(np.array(0.0))) == 0.5


def test_softmax_and_its_logarithm(rng):
    z = rng.normal(size=(4, 3, 7)) * 10
    np.testing.assert_allclose(softmax(z), torch.softmax(torch.from_numpy(z), -1).numpy(), rtol=1e-12)
    np.testing.assert_allclose(log_softmax(z), torch.log_softmax(torch.from_numpy(z), -1).numpy(), atol=1e-12)
    extreme = np.array([[1e4, -1e4, 0.0]])
    assert softmax(extreme).tolist() == [[1.0, 0.0, 0.0]]
    assert log_softmax(extreme).tolist() == [[0.0, -2e4, -1e4]]


def test_embedding_and_its_gradient_add_up_repeated_tokens(rng):
    tokens = np.array([[0, 2], [2, 2], [1, 0]])
    W_e, dx = rng.normal(size=(4, 3)), rng.normal(size=(3, 2, 3))
    table = torch.from_numpy(W_e).requires_grad_()
    x = torch.nn.functional.embedding(torch.from_numpy(tokens), table)
    (x * torch.from_numpy(dx)).sum().backward()
    np.testing.assert_array_equal(embed(tokens, W_e), x.detach().numpy())
    np.testing.assert_allclose(embed_backward(dx, tokens, 4), table.grad.numpy(), rtol=1e-13)
    assert not embed_backward(dx, tokens, 4)[3].any()


@given(st.tuples(*[st.integers(1, 6)] * 3), st.integers(0, 2**32 - 1))
def test_masked_cross_entropy(size, seed):
    logits, targets, mask = batch(*size, np.random.default_rng(seed))
    given_logits = torch.from_numpy(logits).requires_grad_()
    hidden = torch.from_numpy(np.where(mask, targets, -100))
    loss = torch.nn.functional.cross_entropy(given_logits.flatten(0, 1), hidden.flatten(), reduction="sum")
    loss = loss / max(mask.sum(), 1)
    loss.backward()
    assert masked_cross_entropy(logits, targets, mask) == pytest.approx(loss.item(), abs=1e-12)
    found = masked_cross_entropy_backward(logits, targets, mask)
    np.testing.assert_allclose(found, given_logits.grad.numpy(), atol=1e-13)


def test_masked_cross_entropy_at_the_edges(rng):
    logits, targets, mask = batch(5, 3, 4, rng)
    assert masked_cross_entropy(logits, targets, np.zeros_like(mask)) == 0.0
    assert not masked_cross_entropy_backward(logits, targets, np.zeros_like(mask)).any()
    garbage = np.where(mask, targets, -100)  # what stands at padding is not read
    assert masked_cross_entropy(logits, garbage, mask) == masked_cross_entropy(logits, targets, mask)
    huge = np.array([[[1e4, -1e4]]])
    one = np.ones((1, 1), bool)
    assert masked_cross_entropy(huge, np.array([[1]]), one) == 2e4
    assert masked_cross_entropy(huge, np.array([[0]]), one) == 0.0
    error = check_gradient(
        lambda z: masked_cross_entropy(z, targets, mask),
        logits,
        masked_cross_entropy_backward(logits, targets, mask),
    )
    assert error < 1e-8


def test_perplexity_of_a_fair_guess_is_the_number_of_choices():
    nll = np.full((6, 4), np.log(27))
    mask = np.ones((6, 4), bool)
    mask[3:, 1:] = False
    nll[~mask] = np.nan  # padding is not read
    assert perplexity(nll, mask) == pytest.approx(27)
    assert perplexity(nll, np.zeros_like(mask)) == 1.0
    assert perplexity(nll[:1, :1], mask[:1, :1]) == pytest.approx(27)


def test_sample_follows_the_softmax_and_only_the_given_generator():
    logits = np.array([[0.0, 1.0, 2.0, -1e4]])
    many = np.repeat(logits, 20_000, axis=0)
    for temperature in (0.5, 1.0, 3.0):
        tokens = sample(many, temperature, np.random.default_rng(3))
        frequencies = np.bincount(tokens, minlength=4) / len(tokens)
        np.testing.assert_allclose(frequencies, softmax(logits / temperature)[0], atol=0.015)
    assert tokens.dtype == np.int64 and tokens.shape == (20_000,)
    again = sample(many, 3.0, np.random.default_rng(3))
    np.testing.assert_array_equal(tokens, again)
    assert sample(many[:0], 1.0, np.random.default_rng(0)).shape == (0,)
    assert sample(logits.astype(np.float32), 1, np.random.default_rng(0)).shape == (1,)
