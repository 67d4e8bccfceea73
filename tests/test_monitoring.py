"""The dashboard and the alarms ask for metrics that exist; each alarm says what to do, and rings when it should."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest
import yaml

from db.queries.metrics import FIGURES
from tests.promql import FOLDER, alarms, asked, names_in, panels, questions

INSIST = os.environ.get("PROMTOOL") == "insist"
PROMTOOL = shutil.which("promtool")


def cases():
    """The cases by alarm: those that are quiet, and those that ring."""
    tests = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text("utf-8"))["tests"]
    return [case for test in tests for case in test["alert_rule_test"]]


def test_the_parser_knows_nonsense():
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        names_in("sum(rate(orderkeep_orders[5m])")
    assert names_in('sum(rate(a_total{x="y"}[5m])) / b > on () group_left () c') == {"a_total", "b", "c"}


def test_every_question_can_be_parsed_and_reads_something():
    assert len(questions()) > 60
    for question in questions():
        assert names_in(question), question


def test_every_figure_is_watched_by_somebody():
    unseen = {f"orderkeep_{name}" for name in FIGURES} - asked()
    assert unseen == set()


def test_an_alarm_says_what_is_the_matter_and_what_to_do():
    rules = alarms()
    assert len({rule["alert"] for rule in rules}) == len(rules) > 20
    for rule in rules:
        assert set(rule["annotations"]) == {"summary", "what_to_do"}, rule["alert"]
        assert all(text.endswith(".") for text in rule["annotations"].values()), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "warn", "notice")
        assert rule["for"]


def test_every_alarm_has_a_case_in_which_it_rings_and_one_in_which_it_does_not():
    names = {rule["alert"] for rule in alarms()}
    assert {case["alertname"] for case in cases() if case["exp_alerts"]} == names
    assert {case["alertname"] for case in cases() if not case["exp_alerts"]} == names


def test_the_panels_are_complete():
    found = panels()
    assert len({panel["id"] for panel in found}) == len(found) > 20
    for panel in found:
        assert panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24


def test_prometheus_scrapes_the_jobs_that_the_alarms_name():
    config = yaml.safe_load((FOLDER / "prometheus.yaml").read_text("utf-8"))
    jobs = {job["job_name"] for job in config["scrape_configs"]}
    named = {job for rule in alarms() for job in re.findall(r'job="([\w-]+)"', rule["expr"])}
    assert named == jobs
    compose = yaml.safe_load((FOLDER.parents[1] / "docker-compose.yml").read_text("utf-8"))
    targets = [target for job in config["scrape_configs"] for one in job["static_configs"] for target in one["targets"]]
    assert {target.partition(":")[0] for target in targets} <= set(compose["services"])
    assert {name for name, service in compose["services"].items() if service.get("profiles") == ["monitoring"]} == {
        "prometheus",
        "grafana",
    }


JUDGED = ("check config prometheus.yaml", "check rules alerts.yaml", "test rules alerts_test.yaml")


@pytest.mark.parametrize("judge", ["promtool"] if PROMTOOL or INSIST else ["promql-parser alone: no promtool here"])
def test_the_alarms_ring_as_their_cases_say(judge: str):
    """With promtool where it is installed, as `.ci/run` sees to; elsewhere the parser's word must do, as above."""
    for words in JUDGED if judge == "promtool" else ():
        ran = subprocess.run(["promtool", *words.split()], cwd=FOLDER, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert alarms()
