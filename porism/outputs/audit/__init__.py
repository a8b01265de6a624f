"""What is wrong with an instruction dataset, by row: plain functions from items to findings.

The kinds of faults are those that people found in released sets made by language models; each check is one function,
and ``report.audit`` runs them. A check that cannot be sure says nothing: of ten findings that a person reads, ten
should hold.
"""

from porism.outputs.audit.finding import ALL, SEVERITIES, Finding, Severity
from porism.outputs.audit.report import CHECKS, Report, Total, audit

__all__ = ["ALL", "CHECKS", "SEVERITIES", "Finding", "Report", "Severity", "Total", "audit"]
