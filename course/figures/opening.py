"""The front page's figure: a translation, where each character looks, and what the decoder's forget gates keep."""

import base64
import io
from html import escape
from pathlib import Path

import numpy as np
from IPython.display import HTML
from matplotlib.colors import to_rgb
from PIL import Image

from course.style import BLUE, ORANGE

UNITS = 16  # rows of the heat map
WIDTH, TOP, ROW = 440, 144, 8  # of the drawing; where the heat map begins; the height of its rows
END = "end"  # is drawn for the symbol that ends a sentence


def opening(sentence: str, words: list[str], characters: list[str], looks: np.ndarray, keeps: np.ndarray, caption: str):
    """The figure as an HTML output; it is complete before its script runs.

    words, characters : the pieces of the sentence and of its translation, S and T of them
    looks : (T, S)   attention of each character to each word
    keeps : (T, H)   the decoder's forget gate at each character; the units that vary most are drawn
    """
    words = [word.replace("@@", "-") for word in words]  # endings are pieces of their own
    shown = [END if character == "<eos>" else character for character in characters]
    liveliest = np.argsort(keeps.std(axis=0))[-UNITS:]
    keeps = keeps[:, liveliest[np.argsort(keeps[:, liveliest].mean(axis=0))]]
    ends = np.cumsum([0] + [len(word) * 8 + 14 for word in words])
    at_word = (ends[:-1] + ends[1:]) / 2 * min(1, WIDTH / ends[-1]) + max(0, WIDTH - ends[-1]) / 2
    gap = min(40, (WIDTH - 10) / len(shown))
    at_character = WIDTH / 2 + gap * (np.arange(len(shown)) - (len(shown) - 1) / 2)
    says = [_says(t, words, shown, looks, keeps) for t in range(len(shown))]
    drawing = [f'<text x="{x:.0f}" y="18">{escape(word)}</text>' for x, word in zip(at_word, words, strict=True)]
    for t, (x, name) in enumerate(zip(at_character, shown, strict=True)):
        lines = "".join(
            f'<path d="M{at_word[s]:.0f} 26L{x:.0f} 108" opacity="{looks[t, s]:.2f}"/>'
            for s in range(len(words))
            if looks[t, s] >= 0.05
        )
        language = ' style="font-size:14px"' if name == END else ' lang="zh"'
        drawing.append(
            f'<g data-t="{t}" data-say="{escape(says[t])}">{lines}<text{language} x="{x:.0f}" y="132">{name}</text></g>'
        )
    left, across, down = f"{at_character[0] - gap / 2:.0f}", f"{gap * len(shown):.0f}", ROW * UNITS
    label = escape(
        f"“{sentence}” becomes {''.join(shown[:-1])}. Lines lead from each character to the words that it looks at. "
        "Below each character a column shows how much each unit's forget gate keeps. The text below says the numbers."
    )
    picture = f'<image width="{across}" height="{down}" preserveAspectRatio="none" href="{_heat_map(keeps)}"/>'
    css, js = (Path(__file__).with_suffix(end).read_text("utf8") for end in (".css", ".js"))
    colours = f"--line: {ORANGE}; --gate: {BLUE}"
    return HTML(f"""<figure class="opening" data-left="{left}" data-gap="{gap:.1f}" style="{colours}">
<style>{css}</style>
<svg viewBox="0 0 {WIDTH} {TOP + down}" role="img" aria-label="{label}">
{chr(10).join(drawing)}
<g transform="translate({left} {TOP})">{picture}</g>
<rect class="veil" x="{WIDTH}" y="{TOP}" width="{across}" height="{down}"/>
</svg>
<div class="controls"><button type="button">Pause</button><label>step <input type="range" min="1" max="{len(shown)}"
 step="1" value="{len(shown)}"></label></div>
<p class="words" aria-live="polite">{escape(says[-1])}</p>
<figcaption>{caption}</figcaption>
<script>{js}</script>
</figure>""")


def _says(t: int, words: list[str], shown: list[str], looks: np.ndarray, keeps: np.ndarray) -> str:
    """What the picture shows at character t, in words."""
    first, *rest = (s for s in np.argsort(-looks[t]) if looks[t, s] >= 0.1)
    also = " and at " + ", ".join(f"“{words[s]}” ({looks[t, s]:.2f})" for s in rest) if rest else ""
    return (
        f"{t + 1} of {len(shown)}: {'the end' if shown[t] == END else shown[t]}, looking at “{words[first]}” "
        f"({looks[t, first]:.2f}){also}. Units that keep more than half: {(keeps[t] > 0.5).sum()} of {UNITS}."
    )


def _heat_map(keeps: np.ndarray) -> str:
    """The address of a picture of one pixel a number: a blue whose opacity is the gate."""
    pixels = np.full((keeps.shape[1], len(keeps), 4), (*np.round(np.multiply(255, to_rgb(BLUE))), 0), dtype=np.uint8)
    pixels[..., 3] = np.round(255 * keeps.T)
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
