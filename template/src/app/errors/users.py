"""What can go wrong with users."""

from ..chassis.errors import Conflict, NotFound


class UserNotFound(NotFound):
    detail = "There is no user with this id."


class EmailTaken(Conflict):
    detail = "Another user has this e-mail address."
