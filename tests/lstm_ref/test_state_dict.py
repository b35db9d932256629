"""State dicts of torch.nn, read and written."""

import numpy as np
import pytest
import torch

from lstm_ref.state_dict import from_state_dict, to_state_dict

KINDS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def module(kind, **options):
    return KINDS[kind](3, 4, dtype=torch.float64, **options)


@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True}, {"bias": False}], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_written_weights_give_torch_the_same_outputs(kind, options):
    theirs, copy = module(kind, **options), module(kind, **options)
    found_kind, layers = from_state_dict(theirs.state_dict())
    written = to_state_dict(layers, biases=2 if options.get("bias", True) else 0)
    copy.load_state_dict({name: torch.from_numpy(value) for name, value in written.items()})
    x = torch.randn(5, 2, 3, dtype=torch.float64)
    torch.testing.assert_close(copy(x)[0], theirs(x)[0], rtol=1e-12, atol=1e-12)
    assert found_kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_shared(kind):
    theirs = module(kind)
    _, layers = from_state_dict(theirs.state_dict())
    layers[0][0][0][...] = 0
    assert theirs.weight_ih_l0.detach().any()
    written = to_state_dict(layers)
    written["weight_hh_l0"][...] = 0
    written["bias_ih_l0"][...] = 7
    assert layers[0][0][1].any() and not (layers[0][0][2] == 7).any()


def test_one_bias_is_read_and_written():
    _, layers = from_state_dict(module("lstm").state_dict())
    one = to_state_dict(layers, biases=1)
    assert "bias_hh_l0" not in one
    _, again = from_state_dict(one)
    for a, b in zip(layers[0][0], again[0][0], strict=True):
        np.testing.assert_array_equal(a, b)


def test_no_bias_is_lost_in_silence():
    _, lstm = from_state_dict(module("lstm").state_dict())
    with pytest.raises(ValueError, match="would be lost"):
        to_state_dict(lstm, biases=0)
    _, gru = from_state_dict(module("gru").state_dict())
    with pytest.raises(ValueError, match="reset gate"):
        to_state_dict(gru, biases=1)
    gru[0][0][3][8:] = 0  # b_hn
    summed = to_state_dict(gru, biases=1)["bias_ih_l0"]
    np.testing.assert_array_equal(summed, gru[0][0][2] + gru[0][0][3])


def test_what_is_no_recurrent_layer_is_refused():
    with pytest.raises(ValueError, match="weight, bias"):
        from_state_dict(torch.nn.Linear(2, 2).state_dict())
    half = module("lstm", num_layers=3).state_dict()
    del half["weight_ih_l1"]
    with pytest.raises(KeyError, match="weight_ih_l2"):
        from_state_dict(half)
    with pytest.raises(ValueError, match="weight_hr_l0"):
        from_state_dict(torch.nn.LSTM(3, 4, proj_size=2).state_dict())
    with pytest.raises(ValueError, match=r"\(8, 4\)"):
        from_state_dict({"weight_hh_l0": np.zeros((8, 4)), "weight_ih_l0": np.zeros((8, 3))})
