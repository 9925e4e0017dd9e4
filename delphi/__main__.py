"""The `delphi` command, installed or as `python -m delphi` from a checkout."""

import gc

# Of what a start loads nothing is garbage, and looking for some takes a tenth of it; `run` looks again.
gc.disable()

from delphi.app import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
