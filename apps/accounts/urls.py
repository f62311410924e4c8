from django.urls import URLPattern, URLResolver, path

from apps.accounts.api.notices import NotificationsApi, NotificationsReadApi
from apps.accounts.api.session import SessionApi
from apps.accounts.api.views import MeApi, TokenApi
from apps.accounts.views.sessions import LoginPage, LogoutPage

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/token/", TokenApi.as_view(), name="auth-token"),
    path("auth/session/", SessionApi.as_view(), name="session"),
    path("users/me/", MeApi.as_view(), name="me"),
    path("notifications/", NotificationsApi.as_view(), name="notifications"),
    path("notifications/read/", NotificationsReadApi.as_view(), name="notifications-read"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", LoginPage.as_view(), name="login"),
    path("logout/", LogoutPage.as_view(), name="logout"),
]
