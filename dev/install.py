"""Makes `.venv` and installs the locked packages into it; runs on the standard library alone."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
LOG = ROOT / ".data" / "logs" / "install.log"


def main() -> int:
    """Returns the exit code; everything that can go wrong is one line on standard error."""
    if not usable():
        try:
            import ensurepip  # noqa: F401  # Debian ships it apart; only its presence matters

            venv.create(VENV, clear=True, with_pip=True, symlinks=True)
        except (ImportError, subprocess.CalledProcessError):
            shutil.rmtree(VENV, ignore_errors=True)
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            return fail(
                f"Python {version} here cannot make virtual environments: "
                f"apt-get install python{version}-venv (or your system's equal)."
            )
        except OSError as error:
            return fail(f"Cannot make {VENV.name}: {error}")
    return install()


def usable() -> bool:
    """Whether `.venv` exists with a living Python that is new enough and has pip."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install() -> int:
    """Installs the lock; on a terminal a line counts the packages."""
    total = sum(1 for line in LOCK.read_text().splitlines() if "==" in line)
    print(f"Installing {total} packages into {VENV.name} …", flush=True)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--requirement", str(LOCK)]
    command += ["--progress-bar", "off", "--no-input", "--disable-pip-version-check"]
    seen, reason = 0, ""
    with (
        LOG.open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip,
    ):
        assert pip.stdout  # piped above
        for line in pip.stdout:
            log.write(line)
            if line.startswith("ERROR: ") and not reason:
                reason = line.removeprefix("ERROR: ").strip()
            elif line.startswith(("Collecting ", "Requirement already satisfied: ")):
                seen += 1
                progress(f"{seen}/{total} {line.split()[1].split('==')[0]}")
            elif line.startswith("Installing collected packages"):
                progress("unpacking")
    progress("")
    if pip.returncode:
        return fail(f"pip could not install the packages: {reason or 'see the log'} ({LOG})")
    (VENV / ".installed").touch()
    return 0


def progress(text: str) -> None:
    """Rewrites the current line of a terminal; silent elsewhere."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text[:70]}")
        sys.stdout.flush()


def fail(line: str) -> int:
    """Prints the one line a person needs."""
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
