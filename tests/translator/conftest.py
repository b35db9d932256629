"""A tiny corpus and translators that know nothing, for tests that need no training."""

import numpy as np
import pytest
import torch

from translator.config import TrainConfig
from translator.data.bitext import Bitext, vocabularies
from translator.data.corpus import Pair
from translator.data.parts import Parts
from translator.translator import Translator

WORDS = {"cat": "猫", "dog": "狗", "bird": "鸟", "fish": "鱼", "horse": "马", "sheep": "羊"}
VERBS = {"sees": "看", "likes": "爱", "hears": "听"}


def tiny_pairs():
    """108 sentences that a small model learns in seconds: the cat sees a dog = 猫看狗。"""
    return [
        Pair(f"The {a} {v} a {b}.", f"{WORDS[a]}{VERBS[v]}{WORDS[b]}。") for a in WORDS for v in VERBS for b in WORDS
    ]


@pytest.fixture(autouse=True)
def one_thread():
    """The machine is shared, and one thread adds in the same order each time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def pairs():
    return tiny_pairs()


@pytest.fixture
def parts(pairs):
    order = np.random.default_rng(5).permutation(len(pairs))
    shuffled = [pairs[i] for i in order]
    return Parts(shuffled[:88], shuffled[88:98], shuffled[98:], ["tiny"] * 10, [])


@pytest.fixture
def config():
    return TrainConfig(embed=12, encoder=8, hidden=10, dropout=0.0, bf16=False, batch=60, unknown=0.0, rare=0)


@pytest.fixture
def make(pairs):
    """make(config) → a translator whose weights are large and random, so that what it writes varies, and its bitext."""

    def maker(config, seed=0):
        torch.manual_seed(seed)
        # Sentences of many lengths, so that padding is everywhere.
        ragged = [Pair(" ".join([p.english] * (1 + i % 3)), p.chinese * (1 + i % 4)) for i, p in enumerate(pairs)]
        source, target = vocabularies(ragged, 1)
        translator = Translator(config, source, target)
        with torch.no_grad():
            for weight in translator.model.parameters():
                if weight.ndim > 1:
                    weight.normal_(std=1.2)
        translator.model.double().eval()
        return translator, Bitext(ragged, source, target)

    return maker
