"""What is wrong with the servers and the orders, in sentences with what to do; one examination per file.

A new examination is a module with NAME, NEEDS, `fine` and `look`, and its line in registry.py; a scenario in the tests
must bring it about.
"""

from __future__ import annotations

from starter.doctor.bedside import Patient
from starter.doctor.visit import examine

__all__ = ["Patient", "examine"]
