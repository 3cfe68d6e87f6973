"""Who may publish for which area: publishers appointed, their keys changed, taken away."""

from collections.abc import Iterable

from tuf.api.metadata import DelegatedRole, Delegations, Key, Metadata, Targets

from content.message import BadMessage, in_area, prefixes
from content.repository.names import area_of_role, parts_of_target, patterns, role_of
from content.repository.standing import Standing, delegated


def areas(standing: Standing) -> list[str]:
    """The areas that have a publisher of their own."""
    return sorted(area for name in standing.roles if (area := area_of_role(name)) is not None)


def everywhere(standing: Standing) -> list[str]:
    """Every area for which something stands, or that has a publisher of its own; at least one, that displays can be in."""
    return sorted(known_areas(standing)) or ["unknown"]


def known_areas(standing: Standing) -> set[str]:
    """Every area for which something stands, or that has a publisher of its own."""
    paths = {path for role in standing.roles.values() for path in role.signed.targets}
    hold = {parts[0] for parts in map(parts_of_target, paths) if parts}
    return hold | set(areas(standing))


def concerned(standing: Standing, roles: Iterable[str]) -> list[str]:
    """The areas whose displays read something of these roles."""
    own = [area_of_role(role) for role in roles]
    return [area for area in everywhere(standing) if any(one is None or in_area(one, area) for one in own)]


def nearest(standing: Standing, area: str) -> str:
    """The role that signs for an area: its own, or of the narrowest area around it; "targets" where there is none."""
    around = [role_of(area) for area in reversed(prefixes(area)) if role_of(area) in standing.roles]
    return around[0] if around else "targets"


def require_none(standing: Standing, area: str) -> None:
    """Raises BadMessage when an area has a publisher of its own."""
    if role_of(area) in standing.roles:
        raise BadMessage(f"{area} has a publisher already; rotate its key instead")


def appoint(standing: Standing, area: str, keys: Iterable[Key]) -> set[str]:
    """Give an area a publisher of its own, delegated by the nearest above it, to any one of these keys.

    Gives the roles to sign. Raises BadMessage when it has one.
    """
    require_none(standing, area)
    name = role_of(area)
    above = nearest(standing, area)
    role = standing.role(above)
    if role.delegations is None:
        role.delegations = Delegations({}, {})
    delegated(role)[name] = DelegatedRole(name, [], 1, True, patterns(area))
    for key in keys:
        role.add_key(key, name)
    standing.roles[name] = Metadata(Targets())
    return {above, name}


def rotate(standing: Standing, area: str, keys: Iterable[Key]) -> set[str]:
    """Any one of these keys for an area's publisher; the ones before count no more. Gives the roles to sign."""
    name = role_of(area)
    above = _without_keys(standing, name)
    for key in keys:
        standing.role(above).add_key(key, name)
    return {above, name}


def revoke(standing: Standing, area: str) -> set[str]:
    """Take an area's publisher away, with all that it signed and all whom it appointed. Gives the roles to sign.

    Raises BadMessage.
    """
    name = role_of(area)
    above = _without_keys(standing, name)
    del delegated(standing.role(above))[name]
    forget(standing, name)
    return {above}


def forget(standing: Standing, name: str) -> None:
    """Take a role out, and all below it that it or they delegate to."""
    for below in delegated(standing.role(name)):
        if below in standing.roles:
            forget(standing, below)
    del standing.roles[name]


def _without_keys(standing: Standing, name: str) -> str:
    """Takes a role's keys away; gives the role that delegates to it."""
    above = standing.delegator(name)
    for keyid in list(delegated(standing.role(above))[name].keyids):
        standing.role(above).revoke_key(keyid, name)
    return above


def require_may_sign(standing: Standing, name: str, area: str) -> None:
    """Raises BadMessage when a role may not sign for an area."""
    own = area_of_role(name)
    if own is None or not in_area(own, area):
        raise BadMessage(f"{own or name} may not publish for {area}; appoint a publisher for it or around it")
