"""`python -m voxhelm` is `voxhelm`."""

from voxhelm.cli.main import main

main()
