"""Whether this Python can run Digit Lab, told before anything is installed; runs on any Python, however old, and needs nothing."""

import platform
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
# For these systems and machines TensorFlow 2.21 has a ready-made package.
MACHINES = {
    "Linux": ("x86_64", "aarch64"),
    "Darwin": ("arm64",),
    "Windows": ("AMD64",),
}
CONTAINER = "or run it in a container, as the README says"


def known():
    """What is looked at: version, implementation, whether of 64 bits, system, machine, and C library."""
    return (
        tuple(sys.version_info[:3]),
        platform.python_implementation(),
        sys.maxsize > 2**32,
        platform.system(),
        platform.machine(),
        platform.libc_ver()[0],
    )


def objection(version, implementation, wide, system, machine, libc):
    """Why such a Python cannot run the app and what to do, in one or two sentences; None when it can."""
    wanted = "Python %s to %s" % (".".join(map(str, OLDEST)), ".".join(map(str, NEWEST)))
    name = ".".join(map(str, version))
    if not OLDEST <= tuple(version[:2]) <= NEWEST or implementation != "CPython":
        found = name if implementation == "CPython" else "%s %s" % (implementation, name)
        return (
            "Digit Lab needs %s, but this is %s (%s). Install one of those from python.org or with your system's packages, "
            "then: make run PYTHON=python%d.%d" % ((wanted, found, sys.executable, NEWEST[0], NEWEST[1]))
        )
    if not wide:
        return "Digit Lab needs a Python of 64 bits, but this is one of 32. Install the other from python.org."
    if machine not in MACHINES.get(system, ()):
        if (system, machine) == ("Darwin", "x86_64"):
            return (
                "TensorFlow, which trains the networks, has no package for Macs with an Intel processor. On a Mac with Apple "
                "silicon take a Python made for it (arm64); else use Linux or Windows, %s." % CONTAINER
            )
        return (
            "TensorFlow, which trains the networks, has no package for %s on %s. Use Linux or Windows on a PC, a Mac with "
            "Apple silicon, %s." % (system, machine, CONTAINER)
        )
    if system == "Linux" and libc and libc != "glibc":
        return "TensorFlow has no package for this Linux (C library %s). Use one with glibc, %s." % (libc, CONTAINER)
    return None


if __name__ == "__main__":
    sys.exit(objection(*known()))
