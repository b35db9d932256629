"""The configuration of a model and its training, saved with the weights."""

import dataclasses

MODELS = ("attention", "fixed", "naive", "transformer")
CELLS = ("lstm", "gru", "ours")


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """All settings; the defaults suit a training of some minutes on one core.

    model : str          "attention", "fixed" (the decoder gets the encoder's last state alone), "naive" (one target
                         token a source position) or "transformer"
    cell : str           "lstm" and "gru" are PyTorch's, "ours" is `lstm_ref.torch_cells.LSTM`
    embed : int          size of embeddings; the output layer shares the target's
    encoder : int        hidden size of each direction of the encoder
    hidden : int         hidden size of the decoder (of the transformer, half the width of its feed-forward part)
    layers : int         layers of the transformer; the others have one
    members : int        models of this kind, trained side by side; the search averages their probabilities
    dropout : float      on embeddings, memory and the state before the output
    unknown : float      share of source words replaced by <unk> in training, so that its embedding is trained
    smoothing : float    label smoothing
    batch : int          target tokens a batch, at most, <eos> and padding counted
    rate : float         the highest learning rate
    warm_up : float      share of the training in which the learning rate rises
    clip : float         largest norm of the gradient of a model
    average : float      share of the training, at its end, over which weights are averaged
    rare : int           a source word that occurs at most so often is split into a word and an ending, where it can be
    bf16 : bool or None  matrix products in bfloat16; None: where the processor has it in hardware
    seed : int           of all random numbers
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
            raise ValueError(f"--members is {self.members}; at least 1 is needed")

    def replace(self, **changes) -> "TrainConfig":
        """The same configuration with some fields changed."""
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict:
        """The fields by name, as JSON can hold them."""
        return dataclasses.asdict(self)


DATA_DEPENDENT = ("members", "dropout", "unknown", "batch")  # the fields that `defaults_for` chooses
FEW_PAIRS = 12_000
PAIRS_PER_SECOND = 1000  # about what one core trains on


def defaults_for(pairs: int, epochs: float = 0.0, budget: float = 0.0) -> dict:
    """The settings that did best on dev parts, by amount of data and length of training.

    pairs : int      sentence pairs in the training part
    epochs : float   passes over them; or
    budget : float   seconds of one core
    Returns settings (dict): name → value, for `TrainConfig.replace`

    The more passes over the sentences, the more dropout. Where the time suffices to train several models well, an
    ensemble scores better than one model that is trained longer.
    """
    if pairs < FEW_PAIRS:
        return {"members": 1, "dropout": 0.4, "unknown": 0.05, "batch": 320}
    members = 1 + (budget >= 250) + (budget >= 900)
    passes = epochs or budget * PAIRS_PER_SECOND / members / pairs
    dropout = 0.1 if passes < 4 else 0.15 if passes < 8 else 0.2
    return {"members": members, "dropout": dropout, "unknown": 0.02, "batch": 500}
