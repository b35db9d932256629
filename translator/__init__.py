"""The translator from English to Chinese as a program: data, models, training, search, scores, commands.

This module is the package's public interface. `import translator` imports no PyTorch: each name below is imported from
its module when it is first used. What a model offers to search, evaluation and ensembles stands in `protocol`.

    data       corpora, their division into parts, vocabularies, batches
    models     the networks; `build_model` makes one from a configuration
    search     greedy search, beam search, sampling, and the choice among hypotheses
    storage    files of weights and of interrupted trainings
    training   the trainer and what it needs
    commands   `python -m translator train|translate|evaluate|export`

Further modules: `config`, `protocol`, `translator`, `scores`, `tuning`, `plots`.

One legend: S steps of the source, T steps of the target, N sentences, V tokens; time-major, (S, N), (T, N).
The formulas of the networks, one step at a time and in NumPy, stand in `lstm_ref.seq2seq`.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from translator.config import TrainConfig
    from translator.data.bitext import Batch, Bitext
    from translator.data.corpus import CorpusError, Pair
    from translator.data.parts import Parts, divide, sentence_keys
    from translator.models.build import build_model
    from translator.protocol import EncodedSource, TranslationModel
    from translator.search.hypothesis import Hypothesis
    from translator.storage.store import StoreError
    from translator.training.trainer import Training
    from translator.translator import Translator

__all__ = [
    "Batch",
    "Bitext",
    "CorpusError",
    "EncodedSource",
    "Hypothesis",
    "Pair",
    "Parts",
    "StoreError",
    "TrainConfig",
    "Training",
    "TranslationModel",
    "Translator",
    "build_model",
    "divide",
    "sentence_keys",
]

_MODULES = {
    "config": ("TrainConfig",),
    "data.bitext": ("Batch", "Bitext"),
    "data.corpus": ("CorpusError", "Pair"),
    "data.parts": ("Parts", "divide", "sentence_keys"),
    "models.build": ("build_model",),
    "protocol": ("EncodedSource", "TranslationModel"),
    "search.hypothesis": ("Hypothesis",),
    "storage.store": ("StoreError",),
    "training.trainer": ("Training",),
    "translator": ("Translator",),
}
_HOME = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """The public names, whether or not they have been imported yet."""
    return sorted({*globals(), *__all__})
