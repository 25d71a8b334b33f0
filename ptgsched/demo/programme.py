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
        "Two runtimes, one cluster",
        "Node upgrades at noon",
        "Batch jobs beside services",
        "What a pod really costs",
        "Networking from first packet to last",
        "Autoscaling that calms down",
        "Running it all without internet",
        "Migrating a monolith, honestly",
        "Lessons from a year of outages",
    ),
    "Delivery": (
        "Gating four hundred repositories",
        "Testing before merging, across projects",
        "Bare metal in the pipeline",
        "From nightly to every commit",
        "What our flaky tests taught us",
        "Secrets in open pipelines",
        "A dashboard people look at",
        "Cross-community gating",
        "Reproducible builds, step by step",
        "Jobs as a library",
        "Ten minutes to feedback",
        "Release notes that write themselves",
        "Trusting a third party's results",
        "Pipelines for hardware vendors",
    ),
    "Edge": (
        "A cloud in every shop",
        "Updating ten thousand small sites",
        "Radio networks on open code",
        "When the uplink is a satellite",
        "Low latency, measured",
        "Autonomy for a day offline",
        "One operator, a thousand racks",
        "Trains, ships and other moving regions",
        "Time synchronisation at the far edge",
        "Zero touch, one screwdriver",
        "Video where it is made",
        "A sub-cloud's life",
        "Power budgets and schedulers",
        "Field notes from a power grid",
    ),
    "Security": (
        "Encrypting volumes by default",
        "Confidential computing in practice",
        "Reporting a vulnerability, and what follows",
        "Certificates that renew themselves",
        "Roles with fewer rights",
        "Auditing who did what",
        "Supply chains, from source to image",
        "Isolation you can explain",
        "Keys in hardware, users elsewhere",
        "Hardening without a checklist",
        "Threat models in an afternoon",
        "Patching a region in a night",
        "Tokens that expire in time",
        "Compliance as code, the dull parts",
    ),
    "Newcomers": (
        "A tour of the projects",
        "Your first review",
        "How to write a good bug report",
        "Being a mentor in an hour a week",
        "From user to maintainer",
        "Reading a code base you did not write",
        "Chat, lists and meetings: where things happen",
        "Contributing without code",
        "How a release comes together",
        "Finding a mentor",
        "Translating a dashboard",
        "Open source beside a job",
        "Students on stage",
        "What maintainers wish you knew",
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
