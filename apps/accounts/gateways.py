"""Django's log-in machinery: whoever is suspended is nobody."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from apps.accounts.models import User


class ActiveBackend(ModelBackend):
    """Refuse suspended users and users of suspended organisations, at log-in and afterwards."""

    def user_can_authenticate(self, user: Any) -> bool:
        organisation = getattr(user, "organisation", None)
        active = organisation is None or organisation.is_active
        return active and super().user_can_authenticate(user)

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("organisation").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
