"""What can go wrong with posts."""

from ..chassis.errors import NotFound


class PostNotFound(NotFound):
    detail = "There is no post with this id."
