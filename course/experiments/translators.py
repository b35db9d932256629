"""Small translators that a page trains and measures, and what it compares them with."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sacrebleu
import torch
from numpy import ndarray

from lstm_ref import vocabulary
from lstm_ref.functions import log_softmax
from lstm_ref.seq2seq.tokens import tokenise
from translator import Bitext, Pair, TrainConfig, Training, Translator
from translator.data.parts import Parts

NEVER_WRITTEN = [vocabulary.PAD, vocabulary.BOS, vocabulary.UNK]
SIZES = {"embed": 128, "encoder": 96, "hidden": 128, "batch": 400, "rate": 8e-3}


def train(model: str, parts: Parts, pairs: list[Pair], epochs: int, seed: int = 1) -> Translator:
    """Train a small translator on some pairs; the dev part chooses its search settings.

    model : str   "naive", "fixed" or "attention"
    """
    config = TrainConfig(model=model, **SIZES, bf16=False, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        training = Training(config, parts._replace(train=pairs), Path(folder), epochs=epochs)
        return training.run(show=False)


def score(hypotheses: list[str], references: list[str]) -> float:
    """sacreBLEU's BLEU over Chinese characters."""
    return sacrebleu.corpus_bleu(hypotheses, [references], tokenize="zh").score


def joined(pairs: list[Pair], n: int, count: int, rng: np.random.Generator) -> list[Pair]:
    """Make `count` texts, each of n different pairs in a row."""
    texts = []
    for _ in range(count):
        some = [pairs[i] for i in rng.choice(len(pairs), n, replace=False)]
        texts.append(Pair(" ".join(p.english for p in some), "".join(p.chinese for p in some)))
    return texts


class Predictions:
    """What a translator predicts for each position of given translations, all in one batch.

    translator : Translator
    pairs : list   of Pair, N
    """

    def __init__(self, translator: Translator, pairs: list[Pair]):
        self.model = translator.model
        numbered = Bitext(pairs, translator.source, translator.target)
        self.batch = numbered.batch(np.arange(len(numbered)))
        self.tgt_in, self.tgt_out = self.batch.tgt_in.numpy(), self.batch.tgt_out.numpy()
        self.real = self.tgt_out != vocabulary.PAD

    @torch.inference_mode()
    def logits(self, tgt_in: ndarray) -> ndarray:
        """Scores (T, N, V) of the next token, given the decoder's input (T, N); T may be less than the batch's."""
        states = self.model.states(self.batch.src, self.batch.lengths, torch.from_numpy(tgt_in))
        return self.model.logits(states).numpy()

    def log_probabilities(self) -> ndarray:
        """Log-probability (T, N) of each token of the translations after the tokens before it; 0 at padding."""
        log_p = log_softmax(self.logits(self.tgt_in).astype(np.float64))
        return np.take_along_axis(log_p, self.tgt_out[:, :, None], axis=2)[:, :, 0] * self.real

    def likeliest(self, tgt_in: ndarray) -> ndarray:
        """The likeliest next token (T, N), given the decoder's input (T, N)."""
        scores = self.logits(tgt_in)
        scores[:, :, NEVER_WRITTEN] = -np.inf
        return scores.argmax(axis=2)

    def free_running(self, tgt_in: ndarray, start: int, steps: int) -> ndarray:
        """The input (T, N) with the decoder's own likeliest tokens in `steps` places after place `start`."""
        tgt_in = tgt_in.copy()
        for t in range(start, min(start + steps, len(tgt_in) - 1)):
            tgt_in[t + 1] = self.likeliest(tgt_in[: t + 1])[t]
        return tgt_in


def log_probabilities(translator: Translator, sources: list[str], translations: list[str]) -> ndarray:
    """Log-probability of each translation (N,), given its source; the end of the sentence counts."""
    pairs = [Pair(*pair) for pair in zip(sources, translations, strict=True)]
    return Predictions(translator, pairs).log_probabilities().sum(axis=0)


def decoder_of(translator: Translator, sentence: str) -> tuple[Callable, tuple, int]:
    """What `beam_search` needs for one sentence: step, first states, the most tokens."""
    with torch.inference_mode():
        src, lengths = translator.encode_batch([sentence])
        encoded, states = translator.model.begin(src, lengths)

    @torch.inference_mode()
    def step(last: ndarray, state: tuple) -> tuple[ndarray, tuple]:
        rows = encoded.rows(torch.zeros(len(last), dtype=torch.long))
        z, after, _ = translator.model.step(torch.from_numpy(last), tuple(map(torch.from_numpy, state)), rows)
        z[:, NEVER_WRITTEN] = -1e9
        return log_softmax(z.double().numpy()), tuple(part.numpy() for part in after)

    return step, tuple(part.numpy() for part in states), 2 * len(src) + 10


def look_up(train: list[Pair], asked: list[Pair]) -> list[str]:
    """For each asked pair the Chinese of the training pair whose English is nearest: cosine of TF–IDF vectors."""
    lines = [set(tokenise(pair.english, "en")) for pair in [*train, *asked]]
    column = {word: k for k, word in enumerate(sorted(set().union(*lines)))}
    holds = np.zeros((len(lines), len(column)), dtype=np.float32)
    for row, line in zip(holds, lines, strict=True):
        row[[column[word] for word in line]] = 1
    holds *= np.log(len(lines) / holds.sum(axis=0))  # a rare word counts more
    holds /= np.linalg.norm(holds, axis=1, keepdims=True)
    nearest = (holds[len(train) :] @ holds[: len(train)].T).argmax(axis=1)
    return [train[i].chinese for i in nearest]
