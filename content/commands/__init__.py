"""The commands of `hoistway-content`, one file for each kind: the words it takes, and what it does with them."""


class BadInput(ValueError):
    """The command cannot be done so; the text says what to change."""
