"""What a model offers to search, evaluation and ensembles. Importing this module imports no PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from torch import Tensor


@runtime_checkable
class EncodedSource(Protocol):
    """What a model keeps of N sources while it decodes; opaque to the search, which only selects rows of it."""

    def rows(self, index: Tensor) -> EncodedSource:
        """The sources of some rows.

        index : (B,)   int64, from 0 to N - 1; a row may occur several times, once a hypothesis
        Returns source (EncodedSource): of B rows
        """
        ...


@runtime_checkable
class TranslationModel(Protocol):
    """A model that search, evaluation, training and ensembles can use.

    All token numbers are int64 and time-major. Padding (`PAD`, 0) follows each sentence and changes no result.
    In evaluation mode, a sentence gets the same results alone and in a batch.
    """

    def __call__(self, src: Tensor, lengths: Tensor, tgt_in: Tensor, tgt_out: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss of a batch under teacher forcing.

        src : (S, N)        the sources
        lengths : (N,)      steps of each source, from 1 to S
        tgt_in : (T, N)     the input tokens of the decoder: <bos> and the sentence
        tgt_out : (T, N)    the tokens to predict: the sentence and <eos>
        smoothing : float   label smoothing, from 0 up to but not 1
        Returns loss (): in nats, summed over the real tokens of tgt_out
        """
        ...

    def states(self, src: Tensor, lengths: Tensor, tgt_in: Tensor) -> Tensor:
        """The vectors that `logits` makes scores of, for all steps at once; arguments as of the loss.

        Returns s (T, N, D): D is the model's own
        """
        ...

    def logits(self, s: Tensor) -> Tensor:
        """The scores before the softmax: s (…, D) → logits (…, V)."""
        ...

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[EncodedSource, tuple[Tensor, ...]]:
        """Encode sources and give the decoder's states before the first step.

        src : (S, N)     the sources
        lengths : (N,)   steps of each source, from 1 to S
        Returns source (EncodedSource), states (tuple): of N rows, and tensors whose axis 0 has N rows
        """
        ...

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: EncodedSource
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """One step of the decoder.

        last : (B,)              the token before, <bos> at the first step
        states : tuple           what `begin` or the step before gave; axis 0 has B rows
        source : EncodedSource   of B rows
        Returns logits (B, V), states (tuple), attention (B, S): attention is None for a model without; the caller may
        write into logits
        """
        ...
