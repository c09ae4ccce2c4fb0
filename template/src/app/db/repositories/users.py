"""Questions about users."""

from ...chassis.db.repository import Repository
from ...errors.users import EmailTaken
from ..models.user import User


class UserRepository(Repository[User]):
    model = User
    violations = {"uq_users_email": EmailTaken}
