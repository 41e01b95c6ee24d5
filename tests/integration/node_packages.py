"""Packages of Node for tests, installed once under var/ as their lock file says."""

import shutil
import subprocess


def install(wanted, place):
    """Installs what the folder `wanted` asks for into `place`; why that cannot be, or nothing."""
    if not shutil.which("npm") or not shutil.which("node"):
        return "no Node with npm here"
    place.mkdir(parents=True, exist_ok=True)
    lock = "package-lock.json"
    if (place / "node_modules").is_dir() and (place / lock).read_bytes() == (wanted / lock).read_bytes():
        return None
    for name in ("package.json", lock):
        shutil.copy(wanted / name, place / name)
    try:
        done = subprocess.run(["npm", "ci", "--prefix", place, "--no-audit", "--no-fund", "--loglevel=error"],
                              capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "npm ci: no end after two minutes"
    return None if done.returncode == 0 else "npm ci: " + done.stderr.strip().splitlines()[-1]
