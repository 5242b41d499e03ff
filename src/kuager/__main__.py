"""``python -m kuager`` is the command ``kuager``."""

from kuager.cli import main

main()
