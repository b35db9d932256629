"""The scorecard as JSON, for programs; `scorecard.schema.json` describes it."""

import json
from pathlib import Path

from autograde.judging.scorecard import Scorecard

SCHEMA = Path(__file__).parents[1] / "scorecard.schema.json"


def text(card: Scorecard) -> str:
    """The scorecard's JSON, one field on each line."""
    return json.dumps(card.as_dict(), ensure_ascii=False, indent=1) + "\n"
