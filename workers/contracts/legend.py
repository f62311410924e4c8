from typing import Annotated

from pydantic import Field

from workers.contracts.base import Contract


class LegendClass(Contract):
    """One class of a nomenclature: code 0-253 (254 unclassifiable, 255 nodata)."""

    code: Annotated[int, Field(ge=0, le=253)]
    name: str
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
