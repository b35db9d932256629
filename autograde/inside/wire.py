"""Values over a pipe without pickle: one JSON header and the raw bytes of the arrays it names.

Both ends use this file, so it imports only the standard library and NumPy; tensors travel where PyTorch has been
imported already. What arrives is checked against what was announced before a byte of it is used; anything odd is a
`WireError`, never a crash.
"""

import json
import math
import re
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

PREFIX = struct.Struct("!II")  # bytes of the header, bytes of the arrays
HEADER_CAP = 4 * 2**20
BODY_CAP = 32 * 2**20  # also bounds the values that a test has to compare
DEPTH_CAP = 32
KEYS_CAP = 1000  # of a dict whose keys are not all text: numbers can be chosen so that all their hashes collide
EMPTY_CAP = 2**16  # of each axis of an empty array, whose header may claim any shape at no cost
KINDS = "biufc"  # bool, integers, floats, complex: the dtypes whose bytes are their value
TENSORS = ("float64", "float32", "int64", "int32", "bool")  # the dtypes of tensors that travel
DTYPE = re.compile(rf"[<>|=][{KINDS}]\d{{1,2}}")  # checked first, since NumPy parses many other texts


class WireError(Exception):
    """What came over the pipe is not a message: cut off, too large, or not what it announced."""


class Opaque:
    """Stands for a value that cannot travel, such as a figure or a class; `kind` names its type."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


def pack(value: Any, arrays: list[bytes], functions: list | None, depth: int = 0) -> Any:
    """Turn `value` into JSON, appending each array's bytes to `arrays` and each callable to `functions`.

    Only exact types travel as themselves: a subclass of ndarray or float may carry code of its own.
    """
    kind = type(value)
    if depth >= DEPTH_CAP:
        return {"o": "value nested deeper than 32 levels"}
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return {"x": value.hex()}  # exact, and NaN and infinity with it
    if kind in (list, tuple):
        return {kind.__name__[0]: [pack(item, arrays, functions, depth + 1) for item in value]}
    if kind is dict:
        return {
            "d": [
                [pack(k, arrays, functions, depth + 1), pack(v, arrays, functions, depth + 1)] for k, v in value.items()
            ]
        }
    if kind is np.ndarray or isinstance(value, np.generic):
        if value.dtype.kind not in KINDS:
            return {"o": f"array of dtype {value.dtype}"}
        if value.nbytes > BODY_CAP:
            raise WireError(f"an array of {value.nbytes / 2**20:.0f} MiB is more than the channel takes")
        arrays.append(np.ascontiguousarray(value).tobytes())
        return {"a" if kind is np.ndarray else "s": [value.dtype.str, list(value.shape)]}
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(kind, torch.Tensor):
        return _pack_tensor(value, kind, arrays, torch)
    if kind is np.random.Generator and type(value.bit_generator) is np.random.PCG64:
        return {"g": value.bit_generator.state}
    if callable(value) and functions is not None:
        functions.append(value)
        return {"f": len(functions) - 1}
    return {"o": kind.__name__}


def _pack_tensor(value: Any, kind: type, arrays: list[bytes], torch: Any) -> dict[str, Any]:
    if kind not in (torch.Tensor, torch.nn.Parameter):
        return {"o": kind.__name__}
    name = str(value.dtype).removeprefix("torch.")
    if value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized or name not in TENSORS:
        layout = str(value.layout).removeprefix("torch.")
        return {"o": f"Tensor ({name}, {layout}, on {value.device.type}), which does not travel"}
    size = value.numel() * value.element_size()  # of an expanded tensor: all that it stands for
    if size > BODY_CAP:
        raise WireError(f"a tensor of {size / 2**20:.0f} MiB is more than the channel takes")
    arrays.append(value.detach().resolve_conj().resolve_neg().contiguous().numpy().tobytes())
    return {"T": [name, list(value.shape), bool(value.requires_grad)]}


def unpack(tree: Any, body: "_Body", remote: Callable[[int], Callable] | None = None, depth: int = 0) -> Any:
    """Rebuild a value from `pack`'s JSON; `body` is an iterator over the arrays' bytes.

    remote : turns the number of a callable into something to call; without it callables are refused.
    """
    if depth > DEPTH_CAP:
        raise WireError("a value nested too deeply")
    if tree is None or type(tree) in (bool, int, str):
        return tree
    if type(tree) is not dict or len(tree) != 1:
        raise WireError("a value of no known kind")
    ((kind, content),) = tree.items()
    if kind == "x":
        return float.fromhex(content)
    if kind in ("l", "t"):
        items = [unpack(item, body, remote, depth + 1) for item in content]
        return items if kind == "l" else tuple(items)
    if kind == "d":
        if len(content) > KEYS_CAP and not all(type(key) is str for key, _ in content):
            raise WireError("a dict of too many numbers")
        return {unpack(k, body, remote, depth + 1): unpack(v, body, remote, depth + 1) for k, v in content}
    if kind in ("a", "s"):
        return _unpack_array(kind, content, body)
    if kind == "T":
        return _unpack_tensor(content, body)
    if kind == "g":
        generator = np.random.Generator(np.random.PCG64())
        generator.bit_generator.state = content
        return generator
    if kind == "f" and remote is not None:
        return remote(int(content))
    if kind == "o":
        return Opaque(str(content)[:100])
    raise WireError("a value of no known kind")


def _unpack_array(kind: str, content: Any, body: "_Body") -> Any:
    name, shape = content
    if type(name) is not str or not DTYPE.fullmatch(name):
        raise WireError("an array of a kind that does not travel")
    array = _array(np.dtype(name), shape, body)
    return array if kind == "a" else array[()]


def _unpack_tensor(content: Any, body: "_Body") -> Any:
    torch = sys.modules.get("torch")
    name, shape, requires_grad = content
    if torch is None:
        raise WireError("a tensor where there is no PyTorch")
    if type(name) is not str or name not in TENSORS or type(requires_grad) is not bool:
        raise WireError("a tensor of a kind that does not travel")
    tensor = torch.from_numpy(_array(np.dtype(name), shape, body))
    if requires_grad and not tensor.is_floating_point():
        raise WireError("integers that carry a gradient")
    return tensor.requires_grad_(requires_grad)


def _array(dtype: np.dtype, shape: Any, body: "_Body") -> np.ndarray:
    if type(shape) is not list or len(shape) > DEPTH_CAP:
        raise WireError("an array of a kind that does not travel")
    if not all(type(n) is int and 0 <= n <= (BODY_CAP if all(shape) else EMPTY_CAP) for n in shape):
        raise WireError("an array of an impossible shape")
    return np.frombuffer(body.take(math.prod(shape) * dtype.itemsize), dtype).reshape(shape).copy()


class _Body:
    """The bytes of the arrays, handed out in order and only once."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = memoryview(data), 0

    def take(self, size: int) -> memoryview:
        if self.at + size > len(self.data):
            raise WireError("fewer bytes than were announced")
        self.at += size
        return self.data[self.at - size : self.at]


def send(stream: BinaryIO, message: dict[str, Any], functions: list | None = None) -> None:
    """Write one message, a dict of plain names to values, to a binary stream.

    Raises WireError when it is larger than the other end would take.
    """
    arrays = []
    tree = {name: pack(value, arrays, functions) for name, value in message.items()}
    header, size = json.dumps(tree).encode(), sum(map(len, arrays))
    if len(header) > HEADER_CAP or size > BODY_CAP:
        raise WireError(f"a result of {(len(header) + size) / 2**20:.0f} MiB is more than the channel takes")
    body = b"".join(arrays)
    stream.write(PREFIX.pack(len(header), len(body)))
    stream.write(header)
    stream.write(body)
    stream.flush()


def receive(stream: BinaryIO, remote: Callable[[int], Callable] | None = None) -> dict[str, Any]:
    """Read one message that `send` wrote.

    Raises EOFError when the other end is gone, WireError when what came is not a message.
    """
    header_size, body_size = PREFIX.unpack(_exactly(stream, PREFIX.size))
    if header_size > HEADER_CAP or body_size > BODY_CAP:
        raise WireError(f"a reply of {(header_size + body_size) / 2**20:.0f} MiB, more than the channel takes")
    header, body = _exactly(stream, header_size), _Body(_exactly(stream, body_size))
    try:
        tree = json.loads(header)
        return {str(name): unpack(value, body, remote) for name, value in tree.items()}
    except WireError:
        raise
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        RecursionError,
        MemoryError,
        OverflowError,
    ) as error:
        raise WireError(f"no message: {type(error).__name__}") from None


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if data is None or len(data) < size:
        raise EOFError("the other end closed the pipe")
    return data
