"""Optimisers against torch.optim, step by step."""

import numpy as np
import pytest
import torch

from lstm_ref.optim import Adam, adam_step, clip_by_global_norm


def test_adam_is_torchs(rng):
    start = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}
    ours = {name: w.copy() for name, w in start.items()}
    theirs = {name: torch.nn.Parameter(torch.from_numpy(w.copy())) for name, w in start.items()}
    optimiser, oracle = Adam(ours, lr=0.05), torch.optim.Adam(theirs.values(), lr=0.05)
    for _ in range(20):
        grads = {name: rng.normal(size=w.shape) for name, w in start.items()}
        kept = {name: g.copy() for name, g in grads.items()}
        for name, parameter in theirs.items():
            parameter.grad = torch.from_numpy(grads[name])
        optimiser.step(grads)
        oracle.step()
        for name in start:
            np.testing.assert_allclose(ours[name], theirs[name].detach().numpy(), rtol=1e-10, atol=1e-12)
            np.testing.assert_array_equal(grads[name], kept[name])


def test_adam_step_returns_new_arrays(rng):
    w, dw, m, v = (rng.random(size=4) for _ in range(4))
    before = [a.copy() for a in (w, dw, m, v)]
    adam_step(w, dw, m, v, 1, 0.1, 0.9, 0.999, 1e-8)
    for a, b in zip((w, dw, m, v), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_adam_keeps_float32():
    w = {"w": np.ones(2, np.float32)}
    optimiser = Adam(w)
    optimiser.step({"w": np.ones(2, np.float32)})
    assert w["w"].dtype == optimiser.m["w"].dtype == np.float32


def test_clipping_scales_all_by_one_factor_and_only_when_needed(rng):
    grads = [rng.normal(size=(3, 2)), rng.normal(size=5)]
    length = np.sqrt(sum((g**2).sum() for g in grads))
    clipped, norm = clip_by_global_norm(grads, 0.5)
    assert norm == pytest.approx(length)
    for c, g in zip(clipped, grads, strict=True):
        np.testing.assert_allclose(c, g * 0.5 / length, rtol=1e-12)
    untouched, _ = clip_by_global_norm(grads, 100.0)
    for c, g in zip(untouched, grads, strict=True):
        np.testing.assert_array_equal(c, g)
        assert c is not g
    assert clip_by_global_norm([np.zeros(2)], 1.0)[1] == 0.0
    big = [np.full(4, 1e30, np.float32)]  # its square overflows float32
    assert np.linalg.norm(clip_by_global_norm(big, 1.0)[0][0]) == pytest.approx(1.0, rel=1e-5)


def test_clipping_refuses_what_is_not_a_number():
    with pytest.raises(FloatingPointError, match="nan"):
        clip_by_global_norm([np.ones(2), np.array([np.nan])], 1.0)
