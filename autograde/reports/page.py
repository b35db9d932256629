"""The scorecard as a web page in one file, to be sent to a student or stored with their work."""

from autograde.judging.result import Result
from autograde.judging.scorecard import Scorecard
from autograde.reports.markup import escape, grid, page, verdict
from autograde.reports.terminal import isolation_note


def text(card: Scorecard) -> str:
    """The page: the points, then a table with a row for each exercise and the reason for its verdict."""
    parts = [f"<p><strong>{card.points} of {card.max_points} points</strong></p>"]
    if trust := isolation_note(card):
        parts.append(f"<p>{escape(trust)}</p>")
    for chapter, results in card.by_chapter().items():
        caption = f"Chapter {chapter}: {sum(r.points for r in results)} of {sum(r.max_points for r in results)} points"
        parts.append(grid(caption, ["exercise", "#points", "verdict", "why, and what to try"], map(_row, results)))
    parts.append(f"<p>Course {card.course_version}, seed {card.seed}: with it the same inputs are drawn again.</p>")
    return page(f"Scorecard: {card.submission}", "\n".join(parts))


def _row(r: Result) -> tuple[str, str, str, str]:
    message = "" if r.message == "Not attempted." else r.message
    why = f'<div class="message">{escape(message)}</div>' if message else ""
    hint = f'<div class="message"><em>Hint:</em> {escape(r.hint)}</div>' if r.hint else ""
    return escape(f"{r.id} {r.name}"), f"{r.points} / {r.max_points}", verdict(r.status), why + hint
