"""Log in and out in a browser."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import FormView, View

from apps.accounts.services import login_check
from apps.core.domain.problems import status_of
from apps.core.errors import DomainError
from apps.core.policy import PUBLIC
from apps.core.views import PageAccessMixin


class LoginForm(forms.Form):
    username = forms.CharField(
        max_length=150,
        label="User name",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class LoginPage(PageAccessMixin, FormView):  # type: ignore[type-arg]
    """The form; a wrong try is counted, so it runs outside a request transaction."""

    access = PUBLIC
    template_name = "accounts/login.html"
    form_class = LoginForm

    def form_valid(self, form: Any) -> HttpResponse:
        address = self.request.META.get("REMOTE_ADDR", "")
        try:
            user = login_check(**form.cleaned_data, address=address, request=self.request)
        except DomainError as exc:
            form.add_error(None, f"{exc.message} {exc.advice}")
            return self.render_to_response(self.get_context_data(form=form), status=status_of(exc))
        login(self.request, user)
        return HttpResponseRedirect(next_of(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "next": self.request.GET.get("next", self.request.POST.get("next", "")),
            "demo": settings.DEMO,
        }


class LogoutPage(PageAccessMixin, View):
    """Ends the session; by POST only, since a GET changes nothing."""

    access = PUBLIC
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


def next_of(request: HttpRequest) -> str:
    """Return where to go after the log-in: a path of this site, or the start page."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and allowed else resolve_url(settings.LOGIN_REDIRECT_URL)
