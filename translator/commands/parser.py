"""The options of the commands."""

import argparse

from translator.config import CELLS, MODELS, SUITED, Recipe

SWITCHES = {  # the choices of a recipe that have a switch of their own
    "embed": int, "encoder": int, "hidden": int, "layers": int, "members": int, "dropout": float, "unknown": float,
    "smoothing": float, "batch": int, "rate": float, "warm_up": float, "average": float, "rare": int, "seed": int,
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """All commands and their switches."""
    top = argparse.ArgumentParser(prog="python -m translator", description="English to Chinese.")
    top.add_argument("--threads", type=int, default=1, help="of the processor (default 1)")
    commands = top.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a model; the same command goes on after an interruption")
    train.add_argument("--data", nargs="+", default=["hsk"], metavar="NAME", help="hsk, tatoeba or files (default hsk)")
    train.add_argument(
        "--dictionary",
        action=argparse.BooleanOptionalAction,
        help="train on the meanings of HSK's words too (default: where hsk is all there is)",
    )
    train.add_argument("--out", required=True, metavar="DIR", help="folder for checkpoint, model and history")
    length = train.add_mutually_exclusive_group()
    length.add_argument("--budget", type=float, default=0.0, metavar="SECONDS", help="of the processor")
    length.add_argument("--epochs", type=float, default=0.0, help="passes over the training part")
    train.add_argument("--model", choices=MODELS, default="attention")
    train.add_argument("--cell", choices=CELLS, default="lstm")
    train.add_argument("--device", help="cpu, cuda, …; a GPU where there is one")
    train.add_argument("--bf16", action=argparse.BooleanOptionalAction, help="where the processor has it")
    for name, kind in SWITCHES.items():
        default = "by data and length" if name in SUITED else getattr(Recipe, name)
        train.add_argument(f"--{name.replace('_', '-')}", type=kind, help=f"default {default}")

    translate = commands.add_parser("translate", help="a sentence a line from standard input, a translation a line out")
    translate.add_argument("--attention", metavar="FILE", help="draw where the first sentence's translation looked")
    evaluate = commands.add_parser("evaluate", help="BLEU and chrF on a test part, or on all of a file")
    evaluate.add_argument("--data", nargs="+", metavar="NAME", help="hsk, tatoeba or files (default: as trained on)")
    evaluate.add_argument("--against", metavar="DIR", help="another model, for the difference and its interval")
    export = commands.add_parser("export", help="a model in one small file")
    export.add_argument("--kind", choices=("fp32", "fp16", "int8"), default="int8", help="of weights (default int8)")
    export.add_argument("--to", required=True, metavar="FILE")
    for command in (translate, evaluate, export):
        command.add_argument("--model", metavar="DIR", help="what train wrote, or an exported file (default: ships)")
    for command in (translate, evaluate):
        command.add_argument("--beam", type=int, help="hypotheses; 1 is greedy (default: chosen on the dev part)")
        command.add_argument("--alpha", type=float, help="length norm (default: chosen on the dev part)")
        agree = "0: the likeliest hypothesis; above: the one most like the others (default: chosen on the dev part)"
        command.add_argument("--consensus", type=float, help=agree)
        command.add_argument("--top-k", type=int, default=0, help="draw among so many at each step instead")
        command.add_argument("--temperature", type=float, default=1.0, help="of the draw")
        command.add_argument("--seed", type=int, default=1, help="of the draw, and of the bootstrap")
    return top
