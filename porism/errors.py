"""The one error that a command answers with a single line and exit status 2."""


class InputError(ValueError):
    """The command or its input was wrong; the message is one line and says what would have been right."""
