"""What the numbers were measured on."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("voxhelm", "uvicorn", "uvloop", "fastapi", "av", "numpy", "soxr", "pocketsphinx", "espeakng-loader")


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} missing"


def describe() -> list[str]:
    """The machine, the software and the day, a line each."""
    cores = len(os.sched_getaffinity(0))
    return [
        f"{cores} cores of {_cpu_model()}, {_memory_bytes() / 2**30:.1f} GiB, Linux {platform.release()}",
        f"Python {platform.python_version()}, " + ", ".join(_version(package) for package in PACKAGES),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    ]
