"""What a translator is made of and how it is trained: every choice, in one record that is saved with the weights."""

import dataclasses

MODELS = ("attention", "fixed", "naive", "transformer")
CELLS = ("lstm", "gru", "ours")


@dataclasses.dataclass(frozen=True)
class Recipe:
    """All choices; the defaults suit some minutes on one core.

    model : str          "attention", "fixed" (the context is the last state alone), "naive" (one target token a
                         source position, as popular articles have it) or "transformer"
    cell : str           "lstm" and "gru" are PyTorch's, "ours" is `lstm_ref.torch_cells.LSTM`
    embed : int          size of embeddings; the output layer shares the target's
    encoder : int        hidden size of each direction of the encoder
    hidden : int         hidden size of the decoder (and width of the transformer's inner layer, times 2)
    layers : int         layers of the transformer; the others have one
    members : int        models of this kind, trained side by side, whose probabilities are averaged in the search
    dropout : float      on embeddings, memory and the state before the output
    unknown : float      share of source words that are read as <unk> in training, so that it learns to mean something
    smoothing : float    label smoothing
    batch : int          target tokens a batch, at most, <eos> and padding counted
    rate : float         the highest learning rate
    warm_up : float      share of the training in which the rate rises to it
    clip : float         largest norm of the gradient
    average : float      share of the training, at its end, over whose weights the final ones are the mean
    rare : int           a source word that stands at most so often is read as a word and an ending, if it can be
    bf16 : bool or None  products in bfloat16; None: where the processor multiplies it in hardware
    seed : int           of everything that is left to chance
    """

    model: str = "attention"
    cell: str = "lstm"
    embed: int = 256
    encoder: int = 128
    hidden: int = 256
    layers: int = 2
    members: int = 1
    dropout: float = 0.2
    unknown: float = 0.02
    smoothing: float = 0.1
    batch: int = 500
    rate: float = 8e-3
    warm_up: float = 0.05
    clip: float = 1.0
    average: float = 0.0
    rare: int = 1
    bf16: bool | None = None
    seed: int = 1

    def __post_init__(self):
        if self.cell not in CELLS:
            raise ValueError(f"there is no cell {self.cell!r}; there are {', '.join(CELLS)}")
        if self.members < 1:
            raise ValueError(f"there must be a model at least; --members is {self.members}")

    def replace(self, **changes) -> "Recipe":
        """The same recipe with some choices changed."""
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict:
        """The choices by name, as JSON can hold them."""
        return dataclasses.asdict(self)


SUITED = ("members", "dropout", "unknown", "batch")  # what `suited` chooses
FEW_PAIRS = 12_000
PAIRS_A_SECOND = 1000  # that one core trains on, about


def suited(pairs: int, epochs: float = 0.0, budget: float = 0.0) -> dict:
    """The choices that did best on dev parts, for so much data and so long a training.

    pairs : int      in the training part
    epochs : float   passes over them, or
    budget : float   seconds of one core
    Returns choices (dict): name → value, for `Recipe.replace`

    The more often a sentence comes round, the more dropout. Where there is time for several models to be trained well,
    several are better than one that is trained longer.
    """
    if pairs < FEW_PAIRS:
        return {"members": 1, "dropout": 0.4, "unknown": 0.05, "batch": 320}
    members = 1 + (budget >= 250) + (budget >= 900)
    passes = epochs or budget * PAIRS_A_SECOND / members / pairs
    dropout = 0.1 if passes < 4 else 0.15 if passes < 8 else 0.2
    return {"members": members, "dropout": dropout, "unknown": 0.02, "batch": 500}
