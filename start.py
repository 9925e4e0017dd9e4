"""Start here: `python3 start.py demo | test | check | bench | help`. Needs Python 3.11 and nothing else.

Written so that every Python since 2.7 can read it: an old one has to be able to say that it is too old.
What the commands do is in tools/launch/.
"""

from __future__ import print_function

import os
import sys

OLDEST = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")


def newer_python():
    """The name of a Python on this machine that would do, or an empty string."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for name in NEWER_NAMES:
        if any(os.access(os.path.join(folder, name), os.X_OK) for folder in folders):
            return name
    return ""


def refuse_old_python():
    """Say in two lines what is wrong and what to do."""
    print("Delphi needs Python 3.11 or newer; this is Python %d.%d." % tuple(sys.version_info[:2]))
    name = newer_python()
    if name:
        print("This machine seems to have one. Try: %s start.py %s" % (name, " ".join(sys.argv[1:])))
    else:
        print(
            "Install a newer Python (python.org, or your system's package manager) and start again with it."
        )
    return 1


if __name__ == "__main__":
    if tuple(sys.version_info[:2]) < OLDEST:
        sys.exit(refuse_old_python())
    from tools.launch.commands import main

    sys.exit(main(sys.argv[1:]))
