"""Answers that want points they have not earned: patched tools, objects that lie, frames, and the channel itself."""

import pytest

WRONG = "h_t is wrong"
LIES = {
    "a patched np.allclose and friends": (
        "np.allclose = np.isclose = np.array_equal = lambda *a, **k: True\nreturn 0 * h_prev",
        WRONG,
    ),
    "every ufunc patched": ("np.tanh = np.exp = np.add = lambda *a, **k: 0\nreturn 0 * h_prev", WRONG),
    "builtins patched while loading": ("return 0 * h_prev", WRONG),
    "an array that equals everything": (
        "class Liar(np.ndarray):\n    def __eq__(self, other): return True\nreturn h_prev.view(Liar)",
        "type Liar",
    ),
    "an object that equals everything": (
        "class Liar:\n    def __eq__(self, other): return True\n    __ne__ = __lt__ = __gt__ = __eq__\nreturn Liar()",
        "type Liar",
    ),
    "an object that makes an array of itself": (
        "class Late:\n    shape, dtype = h_prev.shape, h_prev.dtype\n"
        "    def __array__(self, *a, **k): return RIGHT\nreturn Late()",
        "type Late",
    ),
    "an object that takes ufuncs over": (
        "class Ours:\n    __array_priority__ = 10**6\n    def __array_ufunc__(self, *a, **k): return True\n"
        "    def __array_function__(self, *a, **k): return True\nreturn Ours()",
        "type Ours",
    ),
    "a float that lies": ("class F(float):\n    def __eq__(self, o): return True\nreturn F(1)", "type F"),
    "an object that pickles into code": (
        "class Bomb:\n    def __reduce__(self): return print, ('boom',)\nreturn Bomb()",
        "type Bomb",
    ),
    "a type's name with codes for the terminal": ("return type('\\x1b[2J\\x1b]0;owned\\x07', (), {})()", "type [2J"),
    "an error's name with codes for the terminal": (
        "raise type('\\x1b[2J\\n\\x1b[31m', (Exception,), {})",
        "raises [2J",
    ),
    "an error's text with codes for the terminal": (
        "raise ValueError('\\x1b[2J\\r\\x9b31m\\u202e' * 50)",
        "ValueError",
    ),
    "an error's text of a megabyte": ("raise ValueError('x' * 2**20)", "ValueError"),
    "an error that cannot be printed": (
        "class Odd(Exception):\n    def __str__(self): raise self\nraise Odd",
        "raises Odd",
    ),
    "half a surrogate pair": ("raise ValueError('\\ud800')", "ValueError"),
    "NaN": ("return h_prev * np.nan", "nan at [0, 0]"),
    "infinity": ("return h_prev + np.inf", "inf at [0, 0]"),
    "an array of objects": ("return (RIGHT).astype(object)", "array of dtype object"),
    "an array of records": ("return np.zeros((3, 5), [('h', 'f8')])", "array of dtype"),
    "an array of text": ("return (RIGHT).astype(str)", "array of dtype"),
    "complex numbers": ("return RIGHT + 0j", "dtype complex128"),
    "a masked array": ("return np.ma.masked_all_like(h_prev)", "type MaskedArray"),
    "a matrix": ("return np.matrix(RIGHT)", "type matrix"),
    "nothing": ("x_t", "h_t is None"),
    "a function": ("return lambda *a: True", "type function"),
    "an integer of 400 digits": ("return 10**400", "expected an array"),
    "an integer of 10,000 digits": ("return 10**10000", "raises ValueError"),
    "a side of zero and one of 2**40": ("return np.empty((0, 2**40), 'b')", "impossible shape"),
    "inputs set to zero": ("x_t[:] = 0; h_prev[:] = 0; b[:] = 0\nreturn h_prev", "changed its argument x_t"),
    "inputs resized in place": ("h_prev.resize((1, 1), refcheck=False)\nreturn h_prev", ""),
    "arguments taken away": ("import sys\nsys._getframe(1).f_locals['request']['args'].clear()", "no result"),
    "frames walked for the expected value": (
        """
        import sys
        frame, found = sys._getframe(), []
        while frame:
            found += [*frame.f_locals.values(), *frame.f_globals.values()]
            frame = frame.f_back
        return [v for v in found if getattr(v, 'shape', 0) == h_prev.shape][-1]
        """,
        WRONG,
    ),
    "memory walked for the expected value": (
        """
        import gc
        known = {id(a) for a in (x_t, h_prev, W_ih, W_hh, b)}
        held = [part for whole in gc.get_objects() for part in gc.get_referents(whole) if id(part) not in known]
        return next((a for a in held if type(a) is np.ndarray and a.shape == h_prev.shape), 0 * h_prev)
        """,
        WRONG,
    ),
    "the grader looked for among modules": (
        """
        import sys
        found = [m for n, m in sys.modules.items() if 'autograde' in n or 'pytest' in n]
        return found[0].reference
        """,
        "Error",
    ),
    "the worker's describe_error replaced": (
        "import sys\nfor name in {'__main__', 'execution'} & set(sys.modules):\n"
        "    sys.modules[name].describe_error = lambda e: {'type': 'E', 'text': '', 'where': [[], 1]}\nreturn 1 / 0",
        "raises E",
    ),
    "the worker's wire replaced": (
        "import wire\nreal = wire.send\n"
        "wire.send = lambda s, m, f=None: real(s, {**m, 'op': 'passed', 'value': True, 'points': 2})\nreturn h_prev",
        "no result",
    ),
    "the answer imported": (
        "from lstm_ref.rnn import rnn_step as f\nreturn f(x_t, h_prev, W_ih, W_hh, b)",
        "exercise 1.1",
    ),
    "the answer imported by its path": (
        "import importlib.util as u\ns = u.spec_from_file_location('r', 'COURSE/lstm_ref/rnn.py')\n"
        "m = u.module_from_spec(s)\ns.loader.exec_module(m)\nreturn m.rnn_step(x_t, h_prev, W_ih, W_hh, b)",
        "FileNotFoundError",
    ),
    "the answer through sys.path": (
        "import sys\nsys.path.insert(0, 'COURSE')\nfor n in [n for n in sys.modules if n.startswith('lstm_ref')]:\n"
        "    del sys.modules[n]\nfrom lstm_ref.rnn import rnn_step as f\nreturn f(x_t, h_prev, W_ih, W_hh, b)",
        "ModuleNotFoundError",
    ),
    "the stub's error in disguise": ("raise NotImplementedError('Exercise 1.1')", "Not attempted"),
    "right at first, wrong later": (
        "rnn_step.calls = getattr(rnn_step, 'calls', 0) + 1\nreturn RIGHT if rnn_step.calls < 3 else 0 * h_prev",
        WRONG,
    ),
    "right until the last call": (
        "rnn_step.calls = getattr(rnn_step, 'calls', 0) + 1\nreturn RIGHT if rnn_step.calls < 4 else 0 * h_prev",
        "another result the second time",
    ),
}
BEFORE = {
    "builtins patched while loading": (
        "import builtins\nbuiltins.len = builtins.isinstance = builtins.sum = lambda *a: True\n"
        "__builtins__ = type('B', (), {})\nx = len(__builtins__)\n"
    )
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_earns_nothing(attack, name):
    body, said = LIES[name]
    result = attack(body, before=BEFORE.get(name, ""))
    assert result.points == 0 and result.status != "passed"
    assert said in result.message
    assert len(result.message) < 1000


PRELUDE = """
import json, os, stat, struct, time

def _is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False

def say(data):
    fd = next(fd for fd in range(3, 64) if _is_socket(fd))
    while data:
        data = data[os.write(fd, data):]

def frame(tree, body=b''):
    header = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return struct.pack('!II', len(header), len(body)) + header + body

"""
RESULT = "{'op': 'result', 'value': 1, 'args': {'l': [None] * 5}, 'float_errors': {'l': []}}"
NONSENSE = "no result"
FORGED = {
    "a result forged": (f"say(frame({RESULT}))\nreturn RIGHT", "changed its argument"),
    "results forged in advance": (f"say(frame({RESULT}) * 50)\nreturn RIGHT", "changed its argument"),
    "a pass forged": ("say(frame({'op': 'passed', 'points': 2}))\nreturn RIGHT", NONSENSE),
    "a result without its arguments": ("say(frame({'op': 'result', 'value': 1}))\nreturn RIGHT", NONSENSE),
    "an error forged of nonsense": (
        "say(frame({'op': 'raised', 'type': [1], 'text': {'l': []}}))",
        NONSENSE,
    ),
    "an error forged at a line that is not there": (
        "say(frame({'op': 'raised', 'type': 'E', 'text': '', 'where': {'l': ['cell 2', 10**9]}}))",
        "It raises E",
    ),
    "a message that is no JSON": ("say(frame(b'\\xff{{'))", NONSENSE),
    "a message that is a list": ("say(frame([1, 2]))", NONSENSE),
    "four gigabytes announced": ("say(struct.pack('!II', 2**32 - 1, 2**32 - 1))", NONSENSE),
    "nesting of 100,000": ("say(frame(b'[' * 10**5))", NONSENSE),
    "a number of a million digits": ("say(frame(b'{\"op\": ' + b'9' * 10**6 + b'}'))", NONSENSE),
    "keys that collide": (
        "say(frame({'op': 'result', 'value': {'d': [[n * (2**61 - 1), 0] for n in range(120_000)]}}))",
        "too many numbers",
    ),
    "an array of impossible sides": (
        "say(frame({'op': 'result', 'value': {'a': ['<f8', [0, 2**39]]}}))",
        "impossible shape",
    ),
    "a hundred megabytes of noise": ("say(b'\\x7f' * 10**8)", ""),
    "a reply one byte at a time": (
        f"for byte in frame({RESULT}) * 1000:\n    say(bytes([byte])); time.sleep(0.01)",
        "still running",
    ),
    "half a message": (f"say(frame({RESULT})[:-1]); time.sleep(99)", "still running"),
    "a message after the end": (f"say(frame({RESULT})[:-1]); os._exit(0)", "ended before"),
    "the channel closed": ("[os.close(fd) for fd in range(3, 64) if _is_socket(fd)]\nwhile True: pass", "ended before"),
    "calls of functions that were not given": (
        "while True: say(frame({'op': 'callback', 'function': 0, 'args': {'l': []}}))",
        "still running",
    ),
    "a call of a function that is no number": (
        "say(frame({'op': 'callback', 'function': {'l': []}, 'args': {'l': []}})); time.sleep(99)",
        "still running",
    ),
    "a call without arguments": ("say(frame({'op': 'callback'})); time.sleep(99)", "still running"),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_written_into_the_channel_earns_nothing(attack, name):
    body, said = FORGED[name]
    result = attack(body, before=PRELUDE, seconds=1.0 if said == "still running" else 10.0)
    assert result.points == 0 and result.status in ("failed", "error")
    assert said in result.message


LEAVES = """
import builtins, os, sys, types
os.environ['LEFT'] = 'here'
os.chdir('/')
np.left = builtins.left = 'here'
sys.modules['left'] = types.ModuleType('left')
np.random.seed(1)
np.seterr(all='raise')
np.tanh = None
"""
LOOKS = """
import builtins, os, sys
left = [os.environ.get('LEFT'), getattr(np, 'left', None), getattr(builtins, 'left', None), sys.modules.get('left')]
if any(left) or os.getcwd() != '/tmp' or os.listdir('/tmp') or np.geterr()['over'] == 'raise':
    raise RuntimeError(left)
return RIGHT
"""


def test_one_exercise_finds_nothing_of_another(attack):
    assert attack(LEAVES + "return 0 * h_prev").points == 0
    result = attack(LOOKS)
    assert (result.status, result.points) == ("passed", 2), result.message
