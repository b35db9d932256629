"""Converts plots on the site to WebP without loss: the PNG of a plot is two to three times as large."""

from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


class WebP(SphinxPostTransform):
    """Replaces each PNG that a cell has drawn by a lossless WebP."""

    default_priority = 900  # after MyST-NB has chosen which of a cell's outputs to show
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Convert the page's figures, each once: a figure's file name is the digest of its content."""
        for image in self.document.findall(nodes.image):
            source = Path(self.app.srcdir, image["uri"])
            if source.suffix != ".png" or "jupyter_execute" not in source.parts:
                continue
            target = source.with_suffix(".webp")
            if not target.exists():
                with Image.open(source) as figure:
                    figure.save(target, lossless=True, method=4)
            image["uri"] = Path(image["uri"]).with_suffix(".webp").as_posix()
            image["candidates"] = {"*": image["uri"]}
            self.env.images.add_file(self.env.docname, image["uri"])


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_post_transform(WebP)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
