"""An experiment, and its record: a JSON file with the runs, their settings, versions, code digest and verdict."""

import argparse
import ast
import datetime
import hashlib
import inspect
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from course.dependencies import import_closure, imported_names
from research.experiments.summary import summarise

ROOT = Path(__file__).resolve().parents[2]
JUDGEMENT = {"EXPERIMENT", "QUICK", "verdict"}  # names in a script that change no run


@dataclass(frozen=True)
class Experiment:
    """A paper's claim and the runs that test it.

    name : str            of the script and of the JSON file
    claim : str           the paper's claim, in our words
    citation : str        key in references.bib
    criterion : str       the measure of success
    settings : dict       everything that the runs depend on; `seeds` is a list
    quick : dict          the settings that `--quick` replaces
    jobs : Callable       settings → list of dicts, the arguments of each run, `seed` among them
    run : Callable        (settings, **job) → dict of results
    by, metrics, pairs    as in `research.experiments.summary.summarise`
    headline : list       [group, metric, what it is] of the summary's figures that the table shows
    verdict : Callable    summary → "agrees", "partly" or "does not"
    note : str            differences to the paper, and parts of the claim that the runs do not support
    """

    name: str
    claim: str
    citation: str
    criterion: str
    settings: dict
    quick: dict
    jobs: Callable
    run: Callable
    by: list
    metrics: list
    headline: list
    verdict: Callable
    note: str
    pairs: dict | None = field(default=None)

    def main(self, words: list[str] | None = None) -> None:
        """Run what is missing or out of date, and write the JSON file; `words` is the command line."""
        parser = argparse.ArgumentParser(prog=f"python -m research.experiments.{self.name}", description=self.claim)
        parser.add_argument("--quick", action="store_true", help="a tiny run, only to show that it works")
        parser.add_argument("--again", action="store_true", help="run again although the file is up to date")
        parser.add_argument(
            "--output", type=Path, default=ROOT / "research" / "results", help="folder of the JSON file"
        )
        arguments = parser.parse_args(words)
        torch.set_num_threads(1)
        torch.nn.LSTM(2, 2)(torch.zeros(2, 1, 2))[0].sum().backward()  # start-up costs count for no run
        settings = self.settings | (self.quick if arguments.quick else {})
        path = arguments.output / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        script = inspect.getsourcefile(self.run)
        assert script is not None, "an experiment is a script"
        code = digest(Path(script), settings)
        record = json.loads(path.read_text("utf8")) if path.exists() else {}
        if arguments.again or record.get("code") != code:
            record = self.measure(settings, code, path.with_suffix(".partial"), arguments.again)
            record["quick"] = arguments.quick
        else:
            log(f"{self.name}: up to date")
        path.write_text(as_json(self.judged(record)), "utf8")

    def measure(self, settings: dict, code: str, partial: Path, again: bool) -> dict:
        """All runs, including those of an earlier attempt that was interrupted."""
        if again:
            partial.unlink(missing_ok=True)
        lines = [json.loads(line) for line in partial.read_text("utf8").splitlines()] if partial.exists() else []
        done = {json.dumps(line["job"]): line["run"] for line in lines if line["code"] == code}
        runs, jobs = [], self.jobs(settings)
        for number, job in enumerate(jobs, 1):
            run = done.get(json.dumps(job))
            if run is None:
                begin = time.process_time()
                run = job | self.run(settings, **job)
                run["seconds"] = round(time.process_time() - begin, 2)
                with partial.open("a", encoding="utf8") as file:
                    file.write(json.dumps({"code": code, "job": job, "run": run}) + "\n")
            shown = {k: v for k, v in run.items() if not isinstance(v, (dict, list))}
            log(f"{self.name} {number}/{len(jobs)} " + " ".join(f"{k}={v}" for k, v in shown.items()))
            runs.append(run)
        partial.unlink(missing_ok=True)
        return {
            "settings": settings,
            "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
            "threads": 1,
            "seconds": round(sum(run["seconds"] for run in runs), 1),  # of one core
            "date": datetime.date.today().isoformat(),
            "code": code,
            "runs": runs,
        }

    def judged(self, record: dict) -> dict:
        """The content of the file: claim, settings, runs, summary and verdict."""
        summary = summarise(record["runs"], self.by, self.metrics, self.pairs)
        quick = " --quick" if record["quick"] else ""
        return {
            "name": self.name,
            "claim": self.claim,
            "citation": self.citation,
            "criterion": self.criterion,
            "verdict": self.verdict(summary),
            "note": self.note,
            "headline": [[group, metric, what] for group, metric, what in self.headline if group in summary],
            "command": f"python -m research.experiments.{self.name}{quick}",
            "quick": record["quick"],
            "seeds": record["settings"]["seeds"],
            **{key: record[key] for key in ("settings", "versions", "threads", "seconds", "date", "code")},
            "by": self.by,
            "metrics": self.metrics,
            "pairs": self.pairs,
            "summary": summary,
            "runs": record["runs"],
        }


def as_json(result: dict) -> str:
    """The file's text: JSON with a line for each run and each group, so that diffs are readable."""

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    entries = []
    for key, value in result.items():
        if key in ("headline", "runs"):
            text = "[\n" + ",\n".join(f"  {line(item)}" for item in value) + "\n ]"
        elif key in ("settings", "summary"):
            text = "{\n" + ",\n".join(f"  {line(k)}: {line(v)}" for k, v in value.items()) + "\n }"
        else:
            text = line(value)
        entries.append(f" {line(key)}: {text}")
    return "{\n" + ",\n".join(entries) + "\n}\n"


def log(line: str) -> None:
    """Print a line of progress to stderr at once."""
    print(line, file=sys.stderr, flush=True)


def digest(script: Path, settings: dict) -> str:
    """A digest of everything that the runs depend on: settings, script, and the repository's modules that it imports.

    Comments, docstrings, layout, and the code that only judges the runs do not count.
    """
    ignored = {"record.py", "summary.py", "__init__.py"}  # they change no run
    names = imported_names(script.read_text("utf8"), ("research", "experiments"))
    files = {script} | import_closure(names, ROOT, ("research", "lstm_ref", "course"), ignored)
    sha = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for file in sorted(files):
        sha.update(file.name.encode() + normalised_code(file.read_text("utf8")).encode())
    return sha.hexdigest()[:16]


def normalised_code(source: str) -> str:
    """Python code without comments, docstrings, layout, and the code of a script that only judges its runs.

    Imports are removed too: the digest covers the imported modules, and their location changes no run.
    """
    tree = ast.parse(source)
    kept = []
    for node in tree.body:
        names = {target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)}
        judges = (names | {getattr(node, "name", None)}) & JUDGEMENT
        if not judges and not isinstance(node, ast.If | ast.Import | ast.ImportFrom):
            kept.append(node)
    tree.body = kept
    for node in ast.walk(tree):
        match node:
            case ast.AST(body=[ast.Expr(ast.Constant()), *rest]):
                setattr(node, "body", rest or [ast.Pass()])  # noqa: B010 (the kinds of nodes that have a body are many)
    return ast.unparse(tree)
