"""`python -m delphi`: the `delphi` command from a checkout that is not installed."""

from delphi.app import main

if __name__ == "__main__":
    main()
