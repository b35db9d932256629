"""What a page says of a stored experiment: its claim, its criterion, its verdict, and where its numbers come from."""

from html import escape

from IPython.display import HTML


def report(result: dict) -> HTML:
    """A short list about an experiment, for a page.

    result : dict   what `lstm_ref.results.load` returned
    """
    minutes = f"{result['seconds'] / 60:.2g} minutes of one core"
    items = {
        "Claim": result["claim"],
        "Criterion": result["criterion"],
        "Verdict": f"{result['verdict']}.",
        "Note": result["note"],
        "Run": f"<code>{escape(result['command'])}</code>, {len(result['seeds'])} seeds, {minutes}, {result['date']}",
    }
    text = {name: value if name == "Run" else escape(value) for name, value in items.items()}
    return HTML(f"<ul>{''.join(f'<li><b>{name}.</b> {value}</li>' for name, value in text.items())}</ul>")
