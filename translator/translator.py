"""A trained translator: weights, vocabularies and how to search, in one object and one file."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lstm_ref.seq2seq.tokens import detokenise, tokenise
from lstm_ref.seq2seq.vocab import Vocabulary
from translator.config import Recipe
from translator.data.pieces import PieceVocabulary
from translator.models.attention import NumpyAttention
from translator.models.build import build
from translator.models.seq2seq import Model
from translator.search import beam as search
from translator.storage import store
from translator.storage.checkpoint import CHECKPOINT_FILE, weights

MODEL_FILE = "model.safetensors"
SHIPPED = files("translator") / "weights" / "hsk.safetensors"


class Translator:
    """English sentences in, Chinese sentences out.

    recipe : Recipe                 what the model is made of
    source : PieceVocabulary        words and endings
    target : Vocabulary             characters
    model : Model                   with its weights; None: weights drawn anew from PyTorch's generator
    about : dict                    how it was trained, and "beam", "alpha" and "consensus", how to search
    """

    def __init__(
        self,
        recipe: Recipe,
        source: Vocabulary,
        target: Vocabulary,
        model: Model | None = None,
        about: dict | None = None,
    ):
        self.recipe, self.source, self.target = recipe, source, target
        self.model = model or build(recipe, len(source), len(target))
        self.about = {"beam": 5, "alpha": 1.0, "consensus": 0.0, **(about or {})}

    @classmethod
    def load(cls, path: str | Path | None = None) -> "Translator":
        """A saved translator: a file, the folder that a training wrote, or None for the one that ships.

        Raises StoreError if it cannot be read.
        """
        path = Path(str(path or SHIPPED))
        if path.is_dir():  # after a kill there is only the checkpoint
            path = next(
                (path / name for name in (MODEL_FILE, CHECKPOINT_FILE) if (path / name).exists()), path / MODEL_FILE
            )
        tensors, about = store.read(path)
        tensors = weights(tensors) or tensors
        try:
            recipe = Recipe(**about.pop("recipe"))
            translator = cls(recipe, PieceVocabulary(about.pop("source")), Vocabulary(about.pop("target")), about=about)
            translator.model.load_state_dict(store.grow(tensors))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise store.StoreError(f"{path} is not a model of this program ({error})") from error
        translator.model.eval()
        return translator

    def save(self, path: str | Path, kind: str = "fp32") -> None:
        """Write it to a file, weights in "fp32", "fp16" or "int8"."""
        vocabularies = {"source": self.source.tokens, "target": self.target.tokens}
        about = {"recipe": self.recipe.as_dict(), **vocabularies, **self.about}
        store.write(Path(path), store.shrink(self.model.state_dict(), kind), about)

    def plug(self, attention: Callable) -> None:
        """Decode with a learner's NumPy `attention` (exercise 6.7) from now on.

        Raises ValueError for a model without attention.
        """
        for member in getattr(self.model, "members", [self.model]):
            decoder = getattr(member, "decoder", None)
            trained = getattr(decoder, "attention", None)
            if trained is None:
                raise ValueError(f"a model {self.recipe.model!r} has no attention to put another in the place of")
            decoder.attention = NumpyAttention(attention, getattr(trained, "trained", trained))

    def numbered(self, sentences: list[str]) -> tuple[Tensor, Tensor]:
        """Sentences as src (S, N) and lengths (N,); none of them may be without a word."""
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

        sentences : list      English, one sentence each; one without a word is translated by nothing
        beam : int            hypotheses kept; 1 is greedy; None: what was chosen on the dev part
        alpha : float         of the length norm; None: what was chosen on the dev part
        consensus : float     0: the likeliest hypothesis; above: the one that the others agree with most, see
                              `translator.search.beam.pick`; None: what was chosen on the dev part
        top_k : int           above 0: draw among so many at each step, instead of searching
        temperature : float   of the draw
        seed : int            of the draw
        batch : int           sentences at a time
        Returns translations (list)
        """
        beam = self.about["beam"] if beam is None else beam
        alpha = self.about["alpha"] if alpha is None else alpha
        consensus = self.about["consensus"] if consensus is None else consensus
        generator = torch.Generator().manual_seed(seed)
        translations = [""] * len(sentences)
        for some, src, lengths in self._batches(sentences, batch):
            if top_k:
                found = search.draw(self.model, src, lengths, top_k, temperature, generator)
            elif beam == 1:
                found = search.greedy(self.model, src, lengths)
            else:
                among = search.hypotheses(self.model, src, lengths, beam)
                found = [search.pick(hypotheses, alpha, consensus)[0] for hypotheses in among]
            for i, numbers in zip(some, found, strict=True):
                translations[i] = self.written(numbers)
        return translations

    def hypotheses(self, sentences: list[str], beam: int, batch: int = 128) -> list[list[search.Hypothesis]]:
        """All that a beam finds for each sentence, for `translator.search.beam.pick` to choose from."""
        found = [[search.Hypothesis([], 1, 0.0)] for _ in sentences]  # for one without a word
        for some, src, lengths in self._batches(sentences, batch):
            for i, hypotheses in zip(some, search.hypotheses(self.model, src, lengths, beam), strict=True):
                found[i] = hypotheses
        return found

    def written(self, numbers: list[int]) -> str:
        """A translation as text, given its characters' numbers."""
        return detokenise(self.target.decode(numbers), "zh")

    def _batches(self, sentences: list[str], batch: int) -> Iterator[tuple[list[int], Tensor, Tensor]]:
        """The sentences with a word, so many at a time: their places, src (S, N) and lengths (N,)."""
        self.model.eval()
        worded = [i for i, sentence in enumerate(sentences) if tokenise(sentence, "en")]
        worded.sort(key=lambda i: len(sentences[i]))  # like lengths together: little padding
        for begin in range(0, len(worded), batch):
            some = worded[begin : begin + batch]
            yield some, *self.numbered([sentences[i] for i in some])

    def attention(self, sentence: str) -> tuple[list[str], list[str], np.ndarray]:
        """A greedy translation and where each of its characters looked.

        Returns words and endings (list of S), characters (list of T, <eos> the last), weights (T, S)

        Raises ValueError for a model without attention, or a sentence without a word.
        """
        words = self.source.cut(tokenise(sentence, "en"))
        if not words:
            raise ValueError("there is no word in the sentence")
        self.model.eval()
        src, lengths = self.numbered([sentence])
        found, weights = search.write(self.model, src, lengths, lambda logits: logits.argmax(dim=1))
        if weights is None:
            raise ValueError(f"a model {self.recipe.model!r} has no attention to show")
        characters = [*self.target.decode(found[0]), "<eos>"][: weights.shape[1]]
        return words, characters, weights[0].numpy()
