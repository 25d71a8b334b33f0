"""What is talked about at the demo's other events."""

from __future__ import annotations

LARGE_SCALE = (
    ("upgrades", "Upgrades", "Skipping releases without skipping sleep"),
    ("scaling", "Scaling", "Where a region ends and the next one begins"),
    ("monitoring", "Monitoring", "Alarms that somebody acts on"),
    ("capacity", "Capacity", "Planning hardware a year ahead"),
)
HARDWARE = (
    ("provisioning", "Provisioning", "From delivery to first boot"),
    ("firmware", "Firmware", "Updates across vendors"),
    ("inventory", "Inventory", "One source of truth for racks and cables"),
    ("consuming", "Consuming bare metal", "Handing machines to users and back"),
)
CONTAINERS = (
    ("isolation", "Isolation", "Untrusted workloads side by side"),
    ("storage", "Storage", "State in clusters that come and go"),
    ("telemetry", "Telemetry", "Following a request through everything"),
)

KEYNOTES = (
    "Ten years of building in the open",
    "Operators on stage",
    "What the next decade needs",
)

TRACKS = (
    "Containers",
    "Delivery",
    "Edge",
    "Security",
    "Newcomers",
)
SPEAKERS = (
    ("openstack", "OpenStack"),
    ("kata-containers", "Kata Containers"),
    ("zuul", "Zuul"),
    ("starlingx", "StarlingX"),
    ("airship", "Airship"),
    ("users", "Users of open infrastructure"),
)
TALKS = {
    "Containers": (
        "Virtual machines that feel like containers",
        "Clusters for a hundred universities",
        "Sandboxing builds at scale",
        "Persistent volumes without surprises",
        "Images: smaller, signed, traceable",
    ),
    "Delivery": (
        "Gating four hundred repositories",
        "Testing before merging, across projects",
        "Bare metal in the pipeline",
        "From nightly to every commit",
        "What our flaky tests taught us",
    ),
    "Edge": (
        "A cloud in every shop",
        "Updating ten thousand small sites",
        "Radio networks on open code",
        "When the uplink is a satellite",
        "Low latency, measured",
    ),
    "Security": (
        "Encrypting volumes by default",
        "Confidential computing in practice",
        "Reporting a vulnerability, and what follows",
        "Certificates that renew themselves",
        "Roles with fewer rights",
    ),
    "Newcomers": (
        "A tour of the projects",
        "Your first review",
        "How to write a good bug report",
        "Being a mentor in an hour a week",
        "From user to maintainer",
    ),
}

LESSONS = ("How the community works", "Your first patch, with a mentor")

HUNTS = (
    ("gate-fixers", "Gate fixers", "Whatever is failing right now"),
    ("first-patches", "First patches", "Newcomers pick a small bug, mentors sit beside them"),
    ("doc-sprint", "Documentation sprint", "Pages that readers complained about"),
    ("flaky-tests", "Flaky tests", "Find the race, remove the sleep"),
    ("translators", "Translators", "Dashboard strings, language by language"),
)
