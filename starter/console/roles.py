"""Who may open which page and press which button.

An action has the name of the API's operation that it calls, and the same roles; only what the console alone can do has
its rows here. Every page may be read by everybody who is signed in, unless it is named here.
"""

from __future__ import annotations

from domain.actor import Role
from starter.api.roles import EVERYONE, MAY

ONLY_HERE: dict[str, frozenset[Role]] = {
    # one's own session
    "sign_out": EVERYONE,
    "choose_language": EVERYONE,
    # oneself: one's password, and one's own work while one is away
    "change_password": EVERYONE,
    "sign_out_elsewhere": EVERYONE,
    "hand_over": EVERYONE,
    "take_back": EVERYONE,
    "people": MAY["list_users"],
    "account": MAY["read_user"],
    # an order before it is submitted, for those who may submit it
    **dict.fromkeys(
        (
            "new_order",
            "find_customer",
            "find_product",
            "preview_order",
            "discard_draft",
            "list_uploads",
            "read_upload",
            "read_problems",
            "upload_orders",
            "map_upload",
            "take_upload",
        ),
        MAY["submit_order"],
    ),
}
"""What the console alone can do: the handler's name to the roles that may."""


def roles_that_may_open(name: str, reads: bool) -> frozenset[Role]:
    """The roles for a page or an action; an action without a row is a fault at start-up (KeyError)."""
    if name in ONLY_HERE:
        return ONLY_HERE[name]
    return EVERYONE if reads else MAY[name]
