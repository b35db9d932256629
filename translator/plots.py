"""Two plots, written to files: the losses of a training, and the attention of a translation.

Matplotlib is imported when a plot is drawn, so that a translation does not wait for the import.
"""

from pathlib import Path

import numpy as np

GREY, BLUE, ORANGE = "#888888", "#4a8fc4", "#d08030"  # of middle tone: visible on a light and on a dark page
CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
    *("PingFang SC", "Heiti SC", "Microsoft YaHei", "SimHei", "Arial Unicode MS", "Droid Sans Fallback"),
)


def chinese_font() -> str | None:
    """The name of an installed font that has Chinese characters; None where there is none."""
    from matplotlib import font_manager

    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), None)


def _axes(width: float, height: float):
    """A figure and its axes, both with a transparent background."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.add_subplot()
    axes.patch.set_alpha(0)
    axes.tick_params(colors=GREY)
    for spine in axes.spines.values():
        spine.set_color(GREY)
    return figure, axes


def plot_losses(history: list[dict], path: str | Path) -> None:
    """Draw the losses of a training against its seconds.

    history : list        what `history.json` holds
    path : str or Path    PNG, SVG or PDF, by its suffix
    """
    figure, axes = _axes(6.4, 3.6)
    seconds = [row["seconds"] for row in history]
    axes.plot(seconds, [row["train_loss"] for row in history], "o-", color=BLUE, label="training, smoothed, dropout")
    axes.plot(seconds, [row["dev_loss"] for row in history], "s-", color=ORANGE, label="dev")
    axes.set_xlabel("seconds", color=GREY)
    axes.set_ylabel("loss (nats a token)", color=GREY)
    axes.legend(frameon=False, labelcolor=GREY)
    figure.savefig(path)


def plot_attention(words: list[str], characters: list[str], weights: np.ndarray, path: str | Path) -> None:
    """Draw the attention weights of a translation.

    words : list             S words of the source
    characters : list        T characters of the translation
    weights : (T, S)         each row adds to 1
    path : str or Path       PNG, SVG or PDF, by its suffix

    Raises ValueError if no installed font has Chinese characters.
    """
    from matplotlib.colors import to_rgb

    font = chinese_font()
    if font is None:
        raise ValueError("no font with Chinese characters is installed; on Debian: apt-get install fonts-wqy-zenhei")
    figure, axes = _axes(1.6 + 0.5 * len(words), 1.2 + 0.36 * len(characters))
    pixels = np.zeros((*weights.shape, 4))
    pixels[..., :3] = to_rgb(BLUE)
    pixels[..., 3] = weights / max(weights.max(), 1e-9)
    axes.imshow(pixels, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(len(words)), words, rotation=45, ha="left", rotation_mode="anchor")
    axes.set_yticks(range(len(characters)), characters, fontfamily=[font, "DejaVu Sans"])
    axes.xaxis.tick_top()
    figure.savefig(path)
