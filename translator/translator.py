"""A trained translator: model, vocabularies and search settings, in one object and one file."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lstm_ref.seq2seq.tokens import detokenise, tokenise
from lstm_ref.vocabulary import Vocabulary
from translator.config import TrainConfig
from translator.data.pieces import PieceVocabulary
from translator.models.attention import NumpyAttention
from translator.models.build import build_model
from translator.models.seq2seq import Model
from translator.search.beam import beam_hypotheses
from translator.search.hypothesis import Hypothesis, select_hypothesis
from translator.search.stepwise import decode_stepwise, greedy, sample_top_k
from translator.storage import store
from translator.storage.checkpoint import CHECKPOINT_FILE, model_weights
from translator.storage.quantisation import dequantise, quantise

MODEL_FILE = "model.safetensors"
SHIPPED = files("translator") / "weights" / "hsk.safetensors"


class Translator:
    """Translates English sentences into Chinese.

    config : TrainConfig       of the model
    source : PieceVocabulary   words and endings
    target : Vocabulary        characters
    model : Model              with its weights; None: weights drawn from PyTorch's generator
    about : dict               how it was trained, and the search settings "beam", "alpha" and "consensus"
    """

    def __init__(
        self,
        config: TrainConfig,
        source: PieceVocabulary,
        target: Vocabulary,
        model: Model | None = None,
        about: dict | None = None,
    ):
        self.config, self.source, self.target = config, source, target
        self.model = model or build_model(config, len(source), len(target))
        self.about = {"beam": 5, "alpha": 1.0, "consensus": 0.0, **(about or {})}

    @classmethod
    def load(cls, path: str | Path | None = None) -> "Translator":
        """Load a saved translator.

        path : str or Path   a file, or the folder of a training; None: the weights that come with the package
        Returns translator (Translator): in evaluation mode

        Raises StoreError if it cannot be read.
        """
        path = Path(str(path or SHIPPED))
        if path.is_dir():  # a training that was killed has left only a checkpoint
            path = next(
                (path / name for name in (MODEL_FILE, CHECKPOINT_FILE) if (path / name).exists()), path / MODEL_FILE
            )
        tensors, about = store.read(path)
        tensors = model_weights(tensors) or tensors
        try:
            config = TrainConfig(**about.pop("config"))
            translator = cls(config, PieceVocabulary(about.pop("source")), Vocabulary(about.pop("target")), about=about)
            translator.model.load_state_dict(dequantise(tensors))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise store.StoreError(f"{path} is not a model of this program ({error})") from error
        translator.model.eval()
        return translator

    def save(self, path: str | Path, kind: str = "fp32") -> None:
        """Write the translator to a file, its weights in "fp32", "fp16" or "int8"; see `quantise`."""
        vocabularies = {"source": self.source.tokens, "target": self.target.tokens}
        about = {"config": self.config.as_dict(), **vocabularies, **self.about}
        store.write(Path(path), quantise(self.model.state_dict(), kind), about)

    def replace_attention(self, attention: Callable) -> None:
        """Decode with a learner's NumPy `attention` (exercise 6.7) instead of the trained module.

        attention : callable   as `lstm_ref.seq2seq.encoder_decoder.attention`

        Raises ValueError for a model without attention.
        """
        for member in getattr(self.model, "members", [self.model]):
            decoder = getattr(member, "decoder", None)
            trained = getattr(decoder, "attention", None)
            if trained is None:
                raise ValueError(f"a model {self.config.model!r} has no attention that could be replaced")
            decoder.attention = NumpyAttention(attention, getattr(trained, "trained", trained))

    def encode_batch(self, sentences: list[str]) -> tuple[Tensor, Tensor]:
        """Sentences as a padded batch.

        sentences : list   N strings, each with at least one word
        Returns src (S, N), lengths (N,), int64
        """
        ids = [self.source.encode(tokenise(sentence, "en")) for sentence in sentences]
        lengths = torch.tensor([len(numbers) for numbers in ids])
        src = torch.zeros(int(lengths.max()), len(ids), dtype=torch.long)
        for n, numbers in enumerate(ids):
            src[: len(numbers), n] = torch.tensor(numbers)
        return src, lengths

    def translate(
        self,
        sentences: list[str],
        beam: int | None = None,
        alpha: float | None = None,
        consensus: float | None = None,
        top_k: int = 0,
        temperature: float = 1.0,
        seed: int = 1,
        batch: int = 128,
    ) -> list[str]:
        """Translations, in the order of the sentences.

        sentences : list      English, one sentence each; a string without a word has the translation ""
        beam : int            hypotheses kept; 1 is greedy; None: the value chosen on the dev part
        alpha : float         exponent of the length norm; None: the value chosen on the dev part
        consensus : float     0: the likeliest hypothesis; above 0: the one most similar to the others, see
                              `translator.search.hypothesis.select_hypothesis`; None: the value chosen on the dev part
        top_k : int           above 0: sample among so many tokens at each step, instead of searching
        temperature : float   of the sampling
        seed : int            of the sampling
        batch : int           sentences at a time
        Returns translations (list)
        """
        beam = self.about["beam"] if beam is None else beam
        alpha = self.about["alpha"] if alpha is None else alpha
        consensus = self.about["consensus"] if consensus is None else consensus
        generator = torch.Generator().manual_seed(seed)
        translations = [""] * len(sentences)
        for indices, src, lengths in self._batches(sentences, batch):
            if top_k:
                found = sample_top_k(self.model, src, lengths, top_k, temperature, generator)
            elif beam == 1:
                found = greedy(self.model, src, lengths)
            else:
                hypotheses = beam_hypotheses(self.model, src, lengths, beam)
                found = [select_hypothesis(some, alpha, consensus)[0] for some in hypotheses]
            for i, tokens in zip(indices, found, strict=True):
                translations[i] = self.decode_text(tokens)
        return translations

    def hypotheses(self, sentences: list[str], beam: int, batch: int = 128) -> list[list[Hypothesis]]:
        """All hypotheses of a beam search, for `select_hypothesis` to choose from.

        sentences, batch   as in `translate`
        beam : int         hypotheses kept
        Returns hypotheses (list): a list of Hypothesis for each sentence
        """
        found = [[Hypothesis([], 1, 0.0)] for _ in sentences]  # stays where the sentence has no word
        for indices, src, lengths in self._batches(sentences, batch):
            for i, hypotheses in zip(indices, beam_hypotheses(self.model, src, lengths, beam), strict=True):
                found[i] = hypotheses
        return found

    def decode_text(self, tokens: list[int]) -> str:
        """A translation as text, given the numbers of its characters."""
        return detokenise(self.target.decode(tokens), "zh")

    def _batches(self, sentences: list[str], batch: int) -> Iterator[tuple[list[int], Tensor, Tensor]]:
        """The sentences with a word, `batch` at a time: their indices, src (S, N) and lengths (N,)."""
        self.model.eval()
        indices = [i for i, sentence in enumerate(sentences) if tokenise(sentence, "en")]
        indices.sort(key=lambda i: len(sentences[i]))  # similar lengths together: little padding
        for begin in range(0, len(indices), batch):
            some = indices[begin : begin + batch]
            yield some, *self.encode_batch([sentences[i] for i in some])

    def attention(self, sentence: str) -> tuple[list[str], list[str], np.ndarray]:
        """A greedy translation with its attention weights.

        sentence : str   English
        Returns words (list), characters (list), weights (T, S): the S words and endings of the source, the T characters
        of the translation with <eos>, and each character's weights

        Raises ValueError for a model without attention, or a sentence without a word.
        """
        words = self.source.segment(tokenise(sentence, "en"))
        if not words:
            raise ValueError("there is no word in the sentence")
        self.model.eval()
        src, lengths = self.encode_batch([sentence])
        found, weights = decode_stepwise(self.model, src, lengths, lambda logits: logits.argmax(dim=1))
        if weights is None:
            raise ValueError(f"a model {self.config.model!r} has no attention to show")
        characters = [*self.target.decode(found[0]), "<eos>"][: weights.shape[1]]
        return words, characters, weights[0].numpy()
