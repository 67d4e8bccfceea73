"""All examinations, in the order in which they are made: what others need comes first."""

from __future__ import annotations

from starter.doctor import (
    api,
    books,
    build,
    carrier,
    clock,
    database,
    disk,
    ended,
    idle,
    missing,
    notices,
    outbox,
    release,
    reminders,
    schema,
    steps,
    stuck,
    temporal,
    webhooks,
    worker,
)
from starter.doctor.bedside import Examination

EXAMINATIONS: tuple[Examination, ...] = (
    database,
    schema,
    release,
    clock,
    disk,
    temporal,
    worker,
    build,
    stuck,
    outbox,
    notices,
    missing,
    ended,
    steps,
    idle,
    reminders,
    books,
    api,
    webhooks,
    carrier,
)
