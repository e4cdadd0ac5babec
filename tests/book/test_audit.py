"""The audit reads Lighthouse's reports rightly and says which targets were missed."""

import json

import pytest

from tools import audit
from tools.audit import AuditError, digest, median, missed, table


def report(score=1.0, shift=0.01, contrast=1.0):
    """Return a report of Lighthouse's, as far as it is read."""
    times = ("largest-contentful-paint", "total-blocking-time")
    audits = {name: {"score": 1, "numericValue": 1234.0} for name in times}
    audits["cumulative-layout-shift"] = {"score": 1, "numericValue": shift}
    audits["color-contrast"] = {"score": contrast}
    audits["crawlable"] = {"score": None}
    requests = [("Document", 2048), ("Image", 4096), ("Font", 1024)]
    items = [{"resourceType": kind, "transferSize": size} for kind, size in requests]
    audits["network-requests"] = {"details": {"items": items}}
    categories = {name: {"score": 1.0, "auditRefs": []} for name in audit.CATEGORIES}
    categories["performance"]["score"] = score
    categories["accessibility"]["auditRefs"] = [{"id": "color-contrast", "weight": 3}, {"id": "crawlable", "weight": 1}]
    return {"audits": audits, "categories": categories, "environment": {"benchmarkIndex": 1000}}


def test_a_report_is_cut_down_to_scores_times_and_sizes():
    found = digest(report(score=0.96, contrast=0.0))
    assert found["performance"] == 96
    assert found["largest-contentful-paint"] == pytest.approx(1.234)
    assert found["total-blocking-time"] == 1234
    assert (found["transfer"], found["transfer-without-images"]) == (7, 3)
    assert found["failed"] == ["color-contrast"]


def test_the_median_counts_but_no_failure_is_forgotten():
    runs = [digest(report(score)) for score in (0.9, 0.99, 0.97)] + [digest(report(0.98, contrast=0))] * 2
    assert median(runs)["performance"] == 98
    assert median(runs)["failed"] == ["color-contrast"]


@pytest.mark.parametrize(
    ("device", "score", "shift", "expected"),
    [
        ("mobile", 0.95, 0.05, []),
        ("mobile", 0.946, 0.0, []),  # shown as 95
        ("mobile", 0.94, 0.0, ["performance 94, not at least 95"]),
        ("desktop", 0.99, 0.0, ["performance 99, not at least 100"]),
        ("desktop", 1.0, 0.06, ["cumulative-layout-shift 0.06, not at most 0.05"]),
    ],
)
def test_what_misses_its_target_is_named(device, score, shift, expected):
    assert missed(digest(report(score, shift)), device) == expected


def test_the_table_has_a_line_for_each_page_and_a_field_for_both_devices():
    numbers = {"mobile": digest(report(0.96)), "desktop": digest(report(1.0))}
    *_, first, second = table({"preface.html": numbers, "part/chapter.html": numbers}).splitlines()
    assert first.split()[:4] == ["preface.html", "96", "|", "100"]
    assert second.startswith("part/chapter.html")
    assert len(first) == len(second)


def run(tmp_path, monkeypatch, scores):
    """Run the audit of one page, with `scores` in place of Lighthouse's."""
    (tmp_path / "_build" / "html").mkdir(parents=True)
    (tmp_path / "_build" / "html" / "preface.html").write_text("<p>")
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    monkeypatch.setattr(audit, "lighthouse", lambda: ["lighthouse"])
    measured = []

    def measure(command, url, device):
        measured.append((url.rsplit("/", 1)[1], device))
        return digest(report(scores[device]))

    monkeypatch.setattr(audit, "measure", measure)
    return audit.main([]), measured, json.loads((tmp_path / "_build" / "audit.json").read_text())


def test_every_page_is_measured_three_times_on_both_devices_and_written_down(tmp_path, monkeypatch):
    status, measured, written = run(tmp_path, monkeypatch, {"mobile": 0.95, "desktop": 1.0})
    assert status == 0
    assert measured == [("preface.html", "mobile")] * 3 + [("preface.html", "desktop")] * 3
    assert written["preface.html"]["mobile"]["performance"] == 95


def test_a_missed_target_is_told_and_is_a_failure(tmp_path, monkeypatch, capsys):
    status, _, _ = run(tmp_path, monkeypatch, {"mobile": 0.95, "desktop": 0.9})
    assert status == 1
    assert "preface.html, desktop: performance 90, not at least 100" in capsys.readouterr().out


def test_a_lighthouse_that_fails_is_told_in_one_sentence(monkeypatch, capsys, tmp_path):
    def broken():
        raise AuditError("npm could not install Lighthouse")

    monkeypatch.setattr(audit, "lighthouse", broken)
    assert audit.main(["preface", "--site", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "make audit: FAILED. npm could not install Lighthouse\n"
