"""What a person may write in settings.yaml about the output: what is written, and how it is served."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from coranto.settings import shapes, shapes_serve
from coranto.settings.kinds import Duration, Kind, Name, Path
from coranto.settings.section import Section


class FeedsSection(Section):
    """What is written, and how much of it."""

    path: Path = Field(default="feeds", description="The folder that is published. Nothing else may be kept in it.")
    formats: list[Literal["atom", "rss", "json"]] = Field(
        default=["atom", "rss", "json"],
        min_length=1,
        description="Which documents a feed has.",
        json_schema_extra={"uniqueItems": True},
    )
    entries: int = Field(default=50, ge=1, description="The window of a feed: at least this many stories,")
    max_age: Duration = Field(
        default="2d", description="and all that are at most this much older than the feed's newest,"
    )
    max_entries: int = Field(default=500, ge=1, description="but never more than this.")
    only: list[Name] = Field(default=[], description="Names or patterns of categories; only these get a feed.")
    min_stories: int = Field(default=1, ge=1, description="A category with fewer stories gets no feed.")
    compress: bool = Field(
        default=False, description="Write a .gz beside each file (`coranto serve` compresses by itself)."
    )
    hub: Annotated[str, Kind("web address", shapes.web_address)] = Field(
        default="",
        description="The address of a WebSub hub: feeds name it, and it is told when their bytes changed. None by default.",
        examples=["https://hub.example/"],
    )


class ServeSection(Section):
    """How `coranto serve` and `coranto run` answer over HTTP."""

    host: Annotated[str, Kind("address", shapes_serve.host)] = Field(
        default="127.0.0.1", description="The address to listen on; `0.0.0.0` or `::` is every one of this machine's."
    )
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on; 0 is any free one.")
    operators: list[Annotated[str, Kind("network", shapes_serve.network)]] = Field(
        default=[],
        description="Addresses or networks from which, beside this machine itself, /status, /metrics and the alerts may "
        "be seen.",
        examples=[["192.168.1.0/24"]],
    )
