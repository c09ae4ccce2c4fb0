"""Resources in one command, and out again: `just new`, `just change`, `just remove`.

`fields.py` reads the language in which they are told, `stencil/` is what they are made of, and
`resources/` of the project says which there are.
"""


class Refused(Exception):
    """What can't be done, in a sentence for the person who asked; nothing was changed."""


class Stopped(Exception):
    """What went wrong half way, and what to do about it."""
