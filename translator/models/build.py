"""A model from its configuration."""

from translator.config import TrainConfig
from translator.models.ensemble import Ensemble
from translator.models.naive import Naive
from translator.models.seq2seq import Model, Seq2Seq
from translator.models.transformer import Transformer

MODEL_CLASSES = {"attention": Seq2Seq, "fixed": Seq2Seq, "naive": Naive, "transformer": Transformer}


def build_model(config: TrainConfig, V_source: int, V_target: int) -> Model:
    """The model that the configuration names, its weights drawn from PyTorch's generator.

    config : TrainConfig       which model, and its sizes
    V_source, V_target : int   sizes of the vocabularies
    Returns model (Model): an `Ensemble` where config.members is above 1

    Raises ValueError if there is no such model.
    """
    if config.model not in MODEL_CLASSES:
        raise ValueError(f"there is no model {config.model!r}; there are {', '.join(MODEL_CLASSES)}")
    members = [MODEL_CLASSES[config.model](V_source, V_target, config) for _ in range(config.members)]
    return members[0] if len(members) == 1 else Ensemble(members)
