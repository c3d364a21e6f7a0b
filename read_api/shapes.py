"""Shapes that several resources answer with, for the OpenAPI document. Answers themselves are built as plain data."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Union

from pydantic import BaseModel, Field


class Named(BaseModel):
    """Who or what is meant, by id and present name."""

    id: str = Field(..., example="01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11")
    name: Optional[str] = Field(..., description="null: not known at the moment", example="Jane Doe")


class Total(BaseModel):
    """Counted up to 1,000; with facets all."""

    value: int = Field(..., ge=0)
    relation: str = Field(..., description="eq: exactly so many; gte: at least so many", example="eq")


class FacetValue(BaseModel):
    value: str
    name: Optional[str] = Field(..., description="Of ids: who or what is meant")
    count: int = Field(..., ge=0)


class Page(BaseModel):
    """What every list has around its `items`."""

    next: Optional[str] = Field(..., description="Cursor of the next page; null: this is the last")
    prev: Optional[str] = Field(..., description="Cursor of the previous page; null: this is the first")
    complete: bool = Field(..., description="false: a store was away or slow, so items or names may be missing")


Highlights = Dict[str, List[str]]
Facets = Optional[Dict[str, List[FacetValue]]]
JsonObject = Dict[str, Any]
NOT_MODIFIED: Dict[Union[int, str], Dict[str, Any]] = {304: {"description": "If-None-Match names the present answer"}}
