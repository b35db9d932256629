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

    def replace(self, **changes) -> "Recipe":
        """The same recipe with some choices changed."""
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict:
        """The choices by name, as JSON can hold them."""
        return dataclasses.asdict(self)
