"""From a recipe to a model."""

from translator.config import Recipe
from translator.models.ensemble import Ensemble
from translator.models.naive import Naive
from translator.models.seq2seq import Model, Seq2Seq
from translator.models.transformer import Transformer

KINDS = {"attention": Seq2Seq, "fixed": Seq2Seq, "naive": Naive, "transformer": Transformer}


def build(recipe: Recipe, V_source: int, V_target: int) -> Model:
    """The model that the recipe names, its weights drawn anew from PyTorch's generator.

    recipe : Recipe            which model, and its sizes
    V_source, V_target : int   sizes of the vocabularies

    Raises ValueError if there is no such model.
    """
    if recipe.model not in KINDS:
        raise ValueError(f"there is no model {recipe.model!r}; there are {', '.join(KINDS)}")
    members = [KINDS[recipe.model](V_source, V_target, recipe) for _ in range(recipe.members)]
    return members[0] if len(members) == 1 else Ensemble(members)
