"""Files that earlier versions wrote: their names become the present ones when a file is read."""

import re

from torch import Tensor

RENAMED_WEIGHTS = (  # of the transformer, old pattern → new
    (r"\bown\.", "self_attention."),
    (r"\bnorm_own\.", "norm_self."),
    (r"\bcross\.", "cross_attention."),
    (r"\binner\.", "feed_forward."),
    (r"\bnorm_inner\.", "norm_feed_forward."),
    (r"\bboth\.", "key_value."),
)
RENAMED_KEYS = {"recipe": "config", "asked": "request", "place": "next_batch", "since": "since_mark"}


def present_weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under their present names.

    tensors : dict   name → tensor, from a file of any version
    Returns tensors (dict)
    """
    renamed = {}
    for name, tensor in tensors.items():
        for old, new in RENAMED_WEIGHTS:
            name = re.sub(old, new, name)
        renamed[name] = tensor
    return renamed


def present_about(about: dict) -> dict:
    """What a file says about its tensors, under the present keys.

    about : dict   from a file of any version
    Returns about (dict)
    """
    renamed = {RENAMED_KEYS.get(key, key): value for key, value in about.items()}
    if isinstance(renamed.get("request"), dict):
        renamed["request"] = {RENAMED_KEYS.get(key, key): value for key, value in renamed["request"].items()}
    return renamed
