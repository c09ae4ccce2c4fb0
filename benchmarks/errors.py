"""What ends a run."""


class MeasurementError(RuntimeError):
    """With a message for whoever started the run."""
