"""A first profile: how somebody is called and shown."""

from __future__ import annotations

from pydantic import BaseModel

from functions.pipeline_nodes.user.facts import NewUser
from shared.pipelines.node import Context, node


class Profile(BaseModel):
    """How somebody is shown until they say otherwise."""

    display_name: str
    initials: str


class Initialized(BaseModel):
    """What this node adds."""

    profile: Profile
    profile_initialized: bool = True


@node
def profile(user: NewUser, context: Context) -> Initialized:
    """Adds `profile`; the initials are those of the first and the last word of the name."""
    words = user.name.split() or [user.email]
    chosen = words if len(words) == 1 else [words[0], words[-1]]
    initials = "".join(word[0] for word in chosen).upper()
    return Initialized(profile=Profile(display_name=user.name, initials=initials))


handler = profile.handler
