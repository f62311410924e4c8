from tests.factories.identity import (
    PASSWORD,
    api_as,
    make_member,
    make_organisation,
    make_project,
    make_user,
)

__all__ = ["PASSWORD", "api_as", "make_member", "make_organisation", "make_project", "make_user"]
