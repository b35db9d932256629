"""Kernels that say nothing but what the notebook says.

Two lines would reach the reader otherwise: Jupyter's warning, once a notebook, that the kernel's local port is not
encrypted; and Matplotlib's notice, in the first build on a machine, that it is listing fonts, which lands on the page.
"""

from jupyter_client.manager import KernelManager
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def list_fonts(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Have Matplotlib make its list of fonts, where it has none yet, before a notebook asks for it."""
    if any(env.doc2path(name).endswith(".ipynb") for name in docnames):
        import matplotlib.font_manager  # noqa: F401 (half a second, so only where notebooks are read)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    KernelManager.transport_encryption.default_value = "auto"  # nbclient hands no configuration on
    app.connect("env-before-read-docs", list_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
