"""Code that does not come to an end, or to more than one: time, memory, crashes, processes."""

import pytest

pytestmark = pytest.mark.slow

LATE, ENDED = "still running after 1 seconds", "ended before it returned"
ATTACKS = {
    "an endless loop": ("while True: pass", LATE),
    "a loop that swallows interrupts": (
        """
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
        LATE,
    ),
    "a loop deaf to signals": (
        """
        import signal
        for number in set(signal.Signals) - {9, 19}: signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True: pass
        """,
        LATE,
    ),
    "a loop inside C": ("import itertools; sum(itertools.repeat(0))", LATE),
    "a wait without end": ("import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()", LATE),
    "a sleep of a day": ("import time; time.sleep(86400)", LATE),
    "a power of 10 to the 9th digits": ("return 3 ** 10**9", LATE),
    "a regular expression that explodes": ("import re; re.match(r'(a|a)*b', 'a' * 40)", LATE),
    "keys that all collide": ("return {n * (2**61 - 1): 0 for n in range(10**5)}", LATE),
    "a destructor that loops": (
        "class Late:\n    def __del__(self):\n        while True: pass\nreturn Late()",
        LATE,
    ),
    "a repr that loops": (
        "class Odd(Exception):\n    def __str__(self):\n        while True: pass\nraise Odd",
        LATE,
    ),
    "endless recursion": ("return rnn_step(x_t, h_prev, W_ih, W_hh, b)", "RecursionError"),
    "recursion past the stack": (
        "import sys; sys.setrecursionlimit(10**9)\ndef down(x): return max([x], key=down)\nreturn down(x_t)",
        ENDED,
    ),
    "a generator without end, returned": ("import itertools; return (n for n in itertools.count())", "type generator"),
    "a list that holds itself": ("endless = []; endless.append(endless); return endless", "expected an array"),
    "a list 100,000 deep": ("deep = []\nfor _ in range(10**5): deep = [deep]\nreturn deep", "expected an array"),
    "os._exit(0)": ("import os; os._exit(0)", ENDED),
    "sys.exit": ("import sys; sys.exit(0)", "SystemExit"),
    "an interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "a BaseException of its own": ("raise type('Mine', (BaseException,), {})('gone')", "Mine"),
    "an exception in place of StopIteration": ("raise StopIteration(1)", "StopIteration"),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", ENDED),
    "an abort": ("import os; os.abort()", ENDED),
    "bytecode that reads past its constants": (
        """
        import types
        def f(): return 1
        wild = f.__code__.replace(co_code=bytes([100, 255] * 40), co_consts=(), co_stacksize=1)
        return types.FunctionType(wild, {})()
        """,
        "",
    ),
    "an array of 20 GB": ("return np.ones(20 * 2**27)", "MemoryError"),
    "memory bit by bit": ("x = []\nwhile True: x.append(np.zeros(2**25))", "MemoryError"),
    "memory of its threads": (
        """
        import threading
        def grow(x=b''):
            while True: x += bytes(2**20)
        for _ in range(20): threading.Thread(target=grow, daemon=True).start()
        while True: pass
        """,
        LATE,
    ),
    "a string of all memory": ("return 'x' * 2**34", "MemoryError"),
    "a result that is too large": ("return np.zeros(2**25)", "more than the channel takes"),
    "an array that is large by its strides": (
        "return np.broadcast_to(0.0, (2**20, 2**20))",
        "more than the channel takes",
    ),
    "a fork bomb": ("import os\nwhile True: os.fork()", "PermissionError"),
    "a child left behind": ("import os\nif os.fork() == 0:\n    os.setsid()\n    while True: pass", "PermissionError"),
    "a thread bomb": (
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        "RuntimeError",
    ),
    "another program": ("import subprocess; subprocess.run(['/bin/sh'])", "PermissionError"),
    "all file handles": ("import os\nwhile True: os.dup(0)", "Too many open files"),
    "an alarm that kills": ("import signal; signal.setitimer(signal.ITIMER_REAL, 0.01)\nwhile True: pass", ENDED),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_code_that_does_not_come_back_costs_its_own_exercise(attack, name):
    body, said = ATTACKS[name]
    result = attack(body, seconds=1.0 if said == LATE else 10.0)
    assert result.points == 0 and result.status in ("failed", "error")
    assert said in result.message


LOADING = {
    "a loop in an expression": "x = [0 for _ in iter(int, 1)]\n",
    "a loop in a decorator": "def forever(f):\n    while True: pass\n\n@forever\n",
    "a loop in a metaclass": (
        "class Meta(type):\n    def __new__(*_):\n        while True: pass\n\nclass x(metaclass=Meta): pass\n"
    ),
    "a loop in a global it reads": "while True:\n    x = 1\n",
    "a loop in a comparison": "class x:\n    def __eq__(*_):\n        while True: pass\nx = x() == 1\n",
}


@pytest.mark.parametrize("name", LOADING)
def test_code_that_loops_while_it_is_loaded_does_too(attack, name):
    assert LATE in attack("return x", before=LOADING[name], seconds=1.0).message


SIDE_EFFECTS = {
    "fifty megabytes of prints": "for _ in range(50): print('x' * 10**6, flush=True)\nreturn RIGHT",
    "fifty megabytes past Python": "import os\nfor _ in range(50): os.write(1, b'x' * 10**6)\nreturn RIGHT",
    "a thread that spins on": (
        "import threading\ndef spin():\n    while True: pass\n"
        "threading.Thread(target=spin, daemon=True).start()\nreturn RIGHT"
    ),
    "something to do at exit": "import atexit, time; atexit.register(time.sleep, 99)\nreturn RIGHT",
}


@pytest.mark.parametrize("name", SIDE_EFFECTS)
def test_a_right_answer_keeps_its_points_whatever_it_does_beside(attack, name):
    result = attack(SIDE_EFFECTS[name])
    assert (result.status, result.points) == ("passed", 2), result.message
