"""Prevents two messages of kernels that do not come from the notebook.

Jupyter warns once a notebook that the kernel's local port is not encrypted. In the first build on a machine Matplotlib
prints onto the page that it is listing fonts.
"""

from jupyter_client.manager import KernelManager
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def list_fonts(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Make Matplotlib's list of fonts, where there is none yet, before a notebook needs it."""
    if any(env.doc2path(name).endswith(".ipynb") for name in docnames):
        import matplotlib.font_manager  # noqa: F401 (half a second, so only where notebooks are read)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    # jupyter_client 8.10 has this option for a configuration file alone, and nbclient 0.11 reads none: so we change the
    # option's default. Without it the log has the warning, and nothing else differs.
    KernelManager.transport_encryption.default_value = "auto"
    app.connect("env-before-read-docs", list_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
