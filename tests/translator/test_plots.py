"""Pictures: a file comes out, its ground is transparent, and a font without Chinese is said, not drawn as boxes."""

import numpy as np
import pytest
from PIL import Image

from translator import plots


def test_curves(tmp_path):
    history = [{"seconds": s, "train_loss": 5 / s, "dev_loss": 6 / s} for s in (1, 2, 3)]
    plots.plot_losses(history, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as image:
        assert image.convert("RGBA").getpixel((1, 1))[3] == 0


def test_a_heat_map_needs_a_font(tmp_path, monkeypatch):
    weights = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
    monkeypatch.setattr(plots, "chinese_font", lambda: None)
    with pytest.raises(ValueError, match="apt-get install"):
        plots.plot_attention(["a", "cat"], ["一", "猫", "<eos>"], weights, tmp_path / "map.png")
    monkeypatch.setattr(plots, "chinese_font", lambda: "DejaVu Sans")
    plots.plot_attention(["a", "cat"], ["A", "B", "<eos>"], weights, tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as image:
        assert image.convert("RGBA").getpixel((1, 1))[3] == 0
