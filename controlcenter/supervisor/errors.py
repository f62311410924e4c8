"""What the supervisor tells a person: what is wrong, where, and what to do."""


class SupervisorError(Exception):
    """The installation cannot start or stop; the message says why and what to do."""
