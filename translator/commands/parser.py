"""The options of the commands."""

import argparse

from translator.config import CELLS, DATA_DEPENDENT, MODELS, TrainConfig

CONFIG_OPTIONS = {  # fields of TrainConfig that are options of `train`, and their types
    "embed": int, "encoder": int, "hidden": int, "layers": int, "members": int, "dropout": float, "unknown": float,
    "smoothing": float, "batch": int, "rate": float, "warm_up": float, "average": float, "rare": int, "seed": int,
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The parser of all commands and their options."""
    top = argparse.ArgumentParser(prog="python -m translator", description="Translate English to Chinese.")
    top.add_argument("--threads", type=int, default=1, help="threads of the processor (default 1)")
    commands = top.add_subparsers(dest="command", required=True)
    _add_train(commands.add_parser("train", help="train a model; the same command resumes an interrupted training"))
    translate = commands.add_parser("translate", help="read a sentence a line, print a translation a line")
    translate.add_argument("--attention", metavar="FILE", help="draw the attention of the first translation")
    evaluate = commands.add_parser("evaluate", help="print BLEU and chrF on a test part, or on all pairs of a file")
    evaluate.add_argument("--data", nargs="+", metavar="NAME", help="hsk, tatoeba or files (default: as trained on)")
    evaluate.add_argument("--against", metavar="DIR", help="another model: print the difference and its interval")
    export = commands.add_parser("export", help="write a model to one small file")
    export.add_argument("--kind", choices=("fp32", "fp16", "int8"), default="int8", help="of weights (default int8)")
    export.add_argument("--to", required=True, metavar="FILE")
    for command in (translate, evaluate, export):
        command.add_argument("--model", metavar="DIR", help="folder of a training, or file (default: the one included)")
    for command in (translate, evaluate):
        _add_search(command)
    return top


def _add_train(train: argparse.ArgumentParser) -> None:
    """Add the options of `train`."""
    train.add_argument("--data", nargs="+", default=["hsk"], metavar="NAME", help="hsk, tatoeba or files (default hsk)")
    train.add_argument(
        "--dictionary",
        action=argparse.BooleanOptionalAction,
        help="train on the words of the HSK sentences and their meanings too (default: if hsk is the only corpus)",
    )
    train.add_argument("--out", required=True, metavar="DIR", help="folder for checkpoint, model and history")
    length = train.add_mutually_exclusive_group()
    length.add_argument("--budget", type=float, default=0.0, metavar="SECONDS", help="processor time")
    length.add_argument("--epochs", type=float, default=0.0, help="passes over the training part")
    train.add_argument("--model", choices=MODELS, default="attention")
    train.add_argument("--cell", choices=CELLS, default="lstm")
    train.add_argument("--device", help="cpu, cuda, … (default: a GPU where there is one)")
    bf16 = "matrix products in bfloat16 (default: where the processor has it)"
    train.add_argument("--bf16", action=argparse.BooleanOptionalAction, help=bf16)
    for name, kind in CONFIG_OPTIONS.items():
        default = "depends on data and length" if name in DATA_DEPENDENT else getattr(TrainConfig, name)
        train.add_argument(f"--{name.replace('_', '-')}", type=kind, help=f"default {default}")


def _add_search(command: argparse.ArgumentParser) -> None:
    """Add the options of the search."""
    command.add_argument("--beam", type=int, help="hypotheses; 1 is greedy (default: chosen on the dev part)")
    command.add_argument("--alpha", type=float, help="length norm (default: chosen on the dev part)")
    consensus = "0: the likeliest hypothesis; above 0: the one most similar to the others (default: chosen on dev)"
    command.add_argument("--consensus", type=float, help=consensus)
    command.add_argument("--top-k", type=int, default=0, help="sample among so many tokens at each step instead")
    command.add_argument("--temperature", type=float, default=1.0, help="of the sampling")
    command.add_argument("--seed", type=int, default=1, help="of the sampling and of the bootstrap")
