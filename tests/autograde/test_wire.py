"""Values over a pipe: what goes in comes out, and nothing that comes in can hurt."""

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograde.inside import wire

ARRAYS = npst.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.complex128]),
    npst.array_shapes(min_dims=0, min_side=0),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def round_trip(value):
    stream = io.BytesIO()
    wire.send(stream, {"value": value})
    stream.seek(0)
    return wire.receive(stream)["value"]


def assert_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            assert_same(one[key], other[key])
    else:
        assert one == other or one != one


@given(VALUES)
def test_what_goes_in_comes_out(value):
    assert_same(value, round_trip(value))


def test_scalars_keep_their_type():
    for value in (np.float64(0.1), np.float32(0.1), np.int64(7), np.bool_(True)):
        assert_same(value, round_trip(value))


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(3)
    rng.normal(size=5)
    assert round_trip(rng).normal() == rng.normal()


def test_arrays_of_another_order_arrive_right():
    array = np.arange(12.0).reshape(3, 4)
    for other in (array.T, array[::2, ::-1], np.asfortranarray(array)):
        assert np.array_equal(round_trip(other), other)


class Liar(np.ndarray):
    def __eq__(self, other):
        return True


@pytest.mark.parametrize(
    "value", [np.array([object()]), np.zeros(2).view(Liar), np.ma.array([1.0]), object(), len, {1, 2}, b"bytes"]
)
def test_what_carries_code_of_its_own_does_not_travel(value):
    assert isinstance(round_trip(value), wire.Opaque)


def test_deep_values_are_cut_not_followed():
    value = []
    for _ in range(5000):
        value = [value]
    round_trip(value)


def frame(tree, body=b""):
    header = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return wire.PREFIX.pack(len(header), len(body)) + header + body


@pytest.mark.parametrize(
    "data",
    [
        frame(b"not json"),
        frame([1, 2]),
        frame({"v": {"a": ["<f8", [2**39]]}}),
        frame({"v": {"a": ["<f8", [3]]}}, b"12345678"),
        frame({"v": {"a": ["|O", [1]]}}, b"12345678"),
        frame({"v": {"a": ["V8", [1]]}}, b"12345678"),
        frame({"v": {"a": ["<f8", [-1]]}}),
        frame({"v": {"a": ["<f8", "x"]}}),
        frame({"v": {"a": ["no dtype", [1]]}}),
        frame({"v": {"f": 0}}),
        frame({"v": {"x": "no number"}}),
        frame({"v": {"g": {"bit_generator": "PCG64"}}}),
        frame({"v": {"d": [[{"l": []}, 1]]}}),
        frame({"v": {"?": 1}}),
        frame({"v": {"a": 1, "s": 2}}),
        frame(b'{"v": ' + b'{"l": [' * 60 + b"]}" * 60 + b"}"),
        frame(b"[" * 100_000),
        frame(b'{"v": ' + b"9" * 10_000 + b"}"),
        wire.PREFIX.pack(2**31, 0),
        wire.PREFIX.pack(0, 2**31),
    ],
)
def test_a_forged_message_is_refused(data):
    with pytest.raises(wire.WireError):
        wire.receive(io.BytesIO(data))


def test_a_message_cut_anywhere_is_the_end():
    whole = frame({"v": {"a": ["<f8", [2]]}}, b"0123456701234567")
    for length in range(len(whole)):
        with pytest.raises(EOFError):
            wire.receive(io.BytesIO(whole[:length]))


def test_ten_thousand_damaged_messages_do_no_harm(still_read):
    message = {"op": "result", "value": (np.eye(3), [1.5, "text"], {"k": None}), "args": [np.arange(4)]}
    assert 0 < still_read(message, seed=1) < 10_000


def test_what_is_too_large_is_not_sent():
    with pytest.raises(wire.WireError, match="MiB"):
        wire.send(io.BytesIO(), {"value": np.broadcast_to(0.0, wire.BODY_CAP)})
