"""The teams of the demo's virtual PTG, and what they talk about."""

from __future__ import annotations

from dataclasses import dataclass

PROJECTS = ("Airship", "Kata Containers", "OpenStack", "StarlingX", "Zuul")


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """One team: `people` expected, `hours` it books, `windows` that suit it, best first."""

    slug: str
    name: str
    project: str
    people: int
    hours: int
    windows: str
    horizontal: bool = False

    @property
    def channel(self) -> str:
        """Where it chats."""
        own = self.slug.removesuffix("-sig")
        return f"#openstack-{own}" if self.project == "OpenStack" else f"#{own}"


def _across(slug: str, name: str, people: int, hours: int, windows: str) -> TeamPlan:
    return TeamPlan(slug, name, "OpenStack", people, hours, windows, horizontal=True)


def _team(
    slug: str, name: str, people: int, hours: int, windows: str, project: str = "OpenStack"
) -> TeamPlan:
    return TeamPlan(slug, name, project, people, hours, windows)


TEAMS: tuple[TeamPlan, ...] = (
    # Horizontal: they sign up first and meet early in the week.
    _across("tc", "Technical Committee", 40, 12, "AC"),
    _across("qa", "Quality Assurance", 22, 10, "ABC"),
    _across("oslo", "Oslo", 18, 10, "AB"),
    _across("release", "Release Management", 10, 5, "A"),
    _across("requirements", "Requirements", 8, 4, "A"),
    _across("docs", "Documentation", 14, 8, "AC"),
    _across("i18n", "Internationalization", 12, 5, "BC"),
    _across("security-sig", "Security SIG", 16, 8, "AC"),
    _across("first-contact-sig", "First Contact SIG", 18, 6, "BAC"),
    _across("large-scale-sig", "Large Scale SIG", 30, 10, "AB"),
    _across("edge", "Edge Computing Group", 35, 10, "AC"),
    _across("multi-arch-sig", "Multi-Arch SIG", 12, 5, "BC"),
    _across("scientific-sig", "Scientific SIG", 26, 8, "BA"),
    # Vertical: project teams.
    _team("nova", "Nova", 45, 8, "AB"),
    _team("neutron", "Neutron", 40, 16, "AB"),
    _team("cinder", "Cinder", 35, 16, "AB"),
    _team("manila", "Manila", 22, 14, "AC"),
    _team("swift", "Swift", 16, 14, "AC"),
    _team("storlets", "Storlets", 6, 4, "BC"),
    _team("ironic", "Ironic", 38, 14, "AB"),
    _team("tripleo", "TripleO", 38, 14, "AC"),
    _team("keystone", "Keystone", 24, 12, "AC"),
    _team("glance", "Glance", 18, 10, "AB"),
    _team("heat", "Heat", 14, 8, "BA"),
    _team("horizon", "Horizon", 18, 10, "BA"),
    _team("octavia", "Octavia", 16, 11, "A"),
    _team("designate", "Designate", 10, 6, "AC"),
    _team("barbican", "Barbican", 12, 5, "A"),
    _team("cyborg", "Cyborg", 18, 10, "B"),
    _team("kolla", "Kolla", 28, 14, "AB"),
    _team("openstack-ansible", "OpenStack-Ansible", 16, 10, "A"),
    _team("charms", "OpenStack Charms", 14, 8, "AB"),
    _team("magnum", "Magnum", 18, 10, "CB"),
    _team("masakari", "Masakari", 12, 6, "B"),
    _team("tacker", "Tacker", 20, 12, "B"),
    _team("blazar", "Blazar", 8, 5, "BA"),
    _team("trove", "Trove", 10, 5, "C"),
    _team("airship", "Airship", 30, 14, "A", "Airship"),
    _team("airship-docs", "Airship Documentation", 10, 5, "A", "Airship"),
    _team("kata", "Kata Architecture", 28, 14, "CB", "Kata Containers"),
    _team("kata-ci", "Kata CI", 14, 8, "CB", "Kata Containers"),
    _team("stx-distro", "StarlingX Distro", 22, 10, "CA", "StarlingX"),
    _team("stx-config", "StarlingX Configuration", 18, 10, "CA", "StarlingX"),
    _team("stx-docs", "StarlingX Documentation", 9, 5, "A", "StarlingX"),
    _team("zuul", "Zuul", 24, 12, "AC", "Zuul"),
    _team("zuul-jobs", "Zuul Jobs", 16, 8, "AC", "Zuul"),
)

NO_SURVEY = ("blazar", "i18n", "kata-ci", "requirements", "trove")
NO_HOURS = ("barbican", "storlets", "zuul-jobs")
"""These have sent a survey, and have yet to book."""

CONFLICTS = (("swift", "storlets"), ("cinder", "manila"), ("tripleo", "ironic"))
JOINT_WISHES = (("nova", "cinder"), ("edge", "airship"), ("horizon", "keystone"))
"""The last of them is not booked yet."""

JOINT = (
    # team, with whom, hours, window, day of the event from 0, title
    ("tc", ("first-contact-sig",), 1, "A", 0, "Leaders and newcomers"),
    ("qa", ("release", "requirements"), 1, "A", 0, "Gate, releases and constraints in one hour"),
    ("oslo", ("keystone",), 1, "A", 1, "Policy defaults: the library and its users"),
    ("edge", ("airship", "stx-config"), 2, "A", 1, "Edge deployments compared"),
    ("security-sig", ("keystone",), 1, "C", 1, "Threat model of tokens"),
    ("scientific-sig", ("cyborg", "ironic"), 1, "B", 1, "Accelerators on bare metal"),
    ("nova", ("cinder",), 2, "A", 3, "Volumes attached to many instances"),
    ("nova", ("neutron",), 2, "A", 2, "Ports, resources and scheduling"),
    ("neutron", ("octavia", "designate"), 1, "A", 3, "Names and addresses for load balancers"),
    ("glance", ("cinder",), 1, "A", 4, "Images kept on volumes"),
    ("tripleo", ("kolla",), 1, "A", 3, "Container images we could share"),
    ("zuul", ("qa",), 1, "A", 2, "Jobs: what Zuul can do for the gate"),
    ("heat", ("magnum",), 1, "B", 2, "Clusters as stacks"),
)


def joint_hours(slug: str) -> int:
    """Hours that the team meets jointly, beside its own."""
    return sum(hours for team, others, hours, *_ in JOINT if slug in (team, *others))
