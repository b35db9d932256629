"""`tools/install.py` makes .venv anew where it must, and asks for PyTorch where it is to be had."""

import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import install
import pytest
from install import Environment, InstallError, answers, install_torch, pins

TORCH = pins(install.REQUIREMENTS.read_text("utf8"))["torch"]


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An environment that has not been made, without uv, and the commands of pip that it is asked to run."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    made = Environment(tmp_path / ".venv")
    made.asked = []
    monkeypatch.setattr(made, "pip", lambda *command, env=None: made.asked.append([str(part) for part in command]))
    return made


@pytest.fixture
def linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def index():
    """The address of an index on this machine that has PyTorch."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/cpu/torch/" else 404)
            self.end_headers()

        def log_message(self, *arguments):
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_whole_environment_is_kept(environment):
    environment.make()
    (environment.folder / "kept").touch()
    environment.make()
    assert (environment.folder / "kept").exists()


@pytest.mark.parametrize("broken", ["no pip", "no python", "broken off", "empty"])
def test_a_half_made_environment_is_made_anew(environment, broken, capsys):
    environment.make()
    (environment.folder / "old").touch()
    if broken == "no pip":
        (pip,) = environment.folder.glob("lib/*/site-packages/pip")
        shutil.rmtree(pip)
    elif broken == "no python":
        environment.python.unlink()
    elif broken == "broken off":
        environment.unfinished.touch()
    else:
        shutil.rmtree(environment.folder)
        environment.folder.mkdir()
    assert not environment.works()
    environment.make()
    assert environment.works() and not (environment.folder / "old").exists()
    assert "half made: making it anew" in capsys.readouterr().out


def test_what_a_link_leads_to_is_not_removed(environment, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    environment.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InstallError, match="link"):
        environment.make()
    assert (tmp_path / "elsewhere").is_dir()


def test_an_environment_of_another_checkout_is_left_as_it_is(tmp_path, monkeypatch, capsys):
    def fail(*arguments):
        raise AssertionError("installs")

    (tmp_path / ".venv").symlink_to(sys.prefix)
    monkeypatch.setattr(sys, "argv", ["install.py"])
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(Environment, "find_uv", fail)
    assert install.main() == 0
    assert "link" in capsys.readouterr().out and not Path(sys.prefix, ".installing").exists()


def test_a_python_that_cannot_make_environments_leaves_nothing_and_says_what_to_install(environment, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(InstallError, match="apt install python3"):
        environment.make()
    assert not environment.folder.exists()


@pytest.mark.parametrize("build, has", [("cpu", "2.13.0+cpu"), ("cuda", "2.13.0"), ("cuda", "2.13.0+cu130")])
def test_the_build_that_is_there_stays(environment, linux, monkeypatch, build, has):
    monkeypatch.setattr(environment, "torch", lambda: has.replace("2.13.0", TORCH.partition("==")[2]))
    install_torch(environment, build, Path("constraints.txt"), {})
    assert environment.asked == []


def test_the_cpu_build_comes_from_its_index_alone(environment, linux, monkeypatch, index):
    monkeypatch.setattr(install, "CPU_INDEX", f"{index}/cpu")
    monkeypatch.setattr(environment, "torch", lambda: "")
    install_torch(environment, "cpu", Path("constraints.txt"), {})
    assert environment.asked == [["install", "--no-deps", "--index-url", f"{index}/cpu", TORCH]]


def test_another_build_of_the_same_version_gives_way(environment, linux, monkeypatch, index):
    monkeypatch.setattr(environment, "torch", lambda: TORCH.partition("==")[2] + "+cu130")
    install_torch(environment, f"{index}/cpu", Path("constraints.txt"), {})
    assert [command[0] for command in environment.asked] == ["uninstall", "install"]


def test_an_index_that_does_not_answer_stops_nothing(environment, linux, monkeypatch, capsys):
    monkeypatch.setattr(install, "CPU_INDEX", "http://127.0.0.1:9/cpu")
    monkeypatch.setattr(environment, "torch", lambda: "")
    install_torch(environment, "cpu", Path("constraints.txt"), {})
    assert environment.asked == [["install", "-c", "constraints.txt", TORCH]]
    assert "http://127.0.0.1:9/cpu does not answer" in capsys.readouterr().out


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_where_pypi_has_the_cpu_build_nothing_is_asked(environment, monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    install_torch(environment, "cpu", Path("constraints.txt"), {})
    assert environment.asked == []


def test_an_index_without_pytorch_does_not_answer(index):
    assert answers(f"{index}/cpu") and answers(f"{index}/cpu/")
    assert not answers(f"{index}/other") and not answers("no address")


def test_uv_is_told_what_pip_has_been_told(environment, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a.example https://b.example")
    monkeypatch.setenv("PIP_FIND_LINKS", "/one /two")
    environment.make()
    told = environment.settings()
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert told["UV_INDEX"] == "https://a.example https://b.example" and told["UV_FIND_LINKS"] == "/one,/two"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    assert "UV_DEFAULT_INDEX" not in environment.settings()


def test_a_command_that_fails_ends_in_one_line(tmp_path, monkeypatch, capsys):
    def fail(*arguments):
        install.run(sys.executable, "-c", "import sys; sys.exit('no space left')")

    monkeypatch.setattr(sys, "argv", ["install.py"])
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(Environment, "make", lambda self: self.folder.mkdir())
    monkeypatch.setattr(Environment, "find_uv", fail)
    assert install.main() == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "Traceback" not in line and "run the same again" in line
    assert (tmp_path / ".venv/.installing").exists(), "the next run must see that this one was broken off"


def test_it_needs_nothing_but_python():
    command = [sys.executable, "-I", "-S", install.__file__, "--help"]
    assert subprocess.run(command, capture_output=True).returncode == 0
