"""What stands for the profile of an application that has none."""

from pydantic import BaseModel


class NoProfile(BaseModel):
    """The profile of an application that asks nothing."""
