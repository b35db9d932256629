"""Sentences a second that a translator translates: greedily and by beam, in batches and one by one.

    python research/benchmarks/translator_speed.py [--model MODEL] [--sentences N] [--repeats N]

MODEL is a folder that `python -m translator train` wrote, or an exported file; by default, the model of the course.
The script exports its weights as fp32 and as int8 and loads them again. Both translate the HSK test sentences by turns
on one thread, and the best of three runs counts, so that other load on the machine slows both. Integers of eight
bits make the file smaller and not the search faster: they become float32 when they are loaded.
Prints a table and one JSON line a kind, {"kind", "megabytes", "greedy", "greedy_alone", "beam", "bleu"}, in sentences a
second of the processor.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from translator import Translator, divide
from translator.scores import metrics
from translator.training.malloc import keep_freed_memory

ALONE = 100  # sentences that are translated one by one
SEARCHES = {"greedy": {"beam": 1}, "beam": {"beam": 5}, "greedy_alone": {"beam": 1, "batch": 1}}


def speed(translate: Callable[..., list[str]], sentences: list[str], **search: int) -> tuple[float, list[str]]:
    """Sentences a second of the processor, and the translations."""
    begin = time.process_time()
    found = translate(sentences, **search)
    return len(sentences) / (time.process_time() - begin), found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", metavar="DIR")
    parser.add_argument("--sentences", type=int, help="of the test part (default: all)")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    pairs = divide(["hsk"]).test[: options.sentences]
    english, references = [pair.english for pair in pairs], [[pair.chinese for pair in pairs]]
    rows, kinds = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("fp32", "int8"):
            path = Path(folder) / f"{kind}.safetensors"
            Translator.load(options.model).save(path, kind)
            kinds[kind] = Translator.load(path)
            rows[kind] = {"kind": kind, "megabytes": round(path.stat().st_size / 1e6, 2)}
    for _ in range(options.repeats):
        for kind, translator in kinds.items():
            for name, search in SEARCHES.items():
                some = english[:ALONE] if name == "greedy_alone" else english
                pace, found = speed(translator.translate, some, **search)
                rows[kind][name] = round(max(pace, rows[kind].get(name, 0.0)), 1)
                if name == "beam":
                    rows[kind]["bleu"] = round(metrics()[0].corpus_score(found, references).score, 2)
    for row in rows.values():
        print(json.dumps(row))
    print(f"\n{'weights':9}{'MB':>7}{'greedy':>9}{'alone':>9}{'beam 5':>9}{'BLEU':>7}   sentences a second of one core")
    for row in rows.values():
        numbers = f"{row['greedy']:9.0f}{row['greedy_alone']:9.0f}{row['beam']:9.0f}{row['bleu']:7.1f}"
        print(f"{row['kind']:9}{row['megabytes']:7.2f}{numbers}")
    ratios = {name: round(rows["int8"][name] / rows["fp32"][name], 2) for name in SEARCHES}
    print("int8 / fp32: " + ", ".join(f"{name} {ratio}" for name, ratio in ratios.items()))


if __name__ == "__main__":
    main()
