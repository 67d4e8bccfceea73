"""`orderkeep up` when it cannot start, and when it is stopped before all is up."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from starter.embedded.data_dir import DataDir

UP = (sys.executable, "-c", "from starter.cli.main import run; run()", "up")


def test_a_data_directory_in_use_is_one_sentence_and_exit_code_1(tmp_path):
    directory = DataDir(tmp_path / "data")
    directory.open()
    try:
        ended = subprocess.run(
            [*UP, "--data", str(tmp_path / "data")], capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        directory.close()
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "is in use by process" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "Not started: the data directory {path} cannot be made (Not a directory): choose another one with --data\n",
        ),
        ("zh-CN", "未能启动：无法创建数据目录 {path}（Not a directory）：请用 --data 另选一个\n"),
    ],
)
def test_a_data_directory_that_cannot_be_made_is_one_sentence_that_says_what_to_do(tmp_path, language, sentence):
    (tmp_path / "file").touch()
    path = str(tmp_path / "file" / "data")
    ended = subprocess.run(
        [*UP, "--data", path, "--lang", language], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", sentence.format(path=path))


def test_a_port_in_use_is_one_sentence_before_anything_is_started(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [*UP, "--data", str(tmp_path / "data"), "--port", port],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"Not started: port {port} is in use: choose another one with --port, or name none\n"
    assert _children(tmp_path) == []


def test_ctrl_c_before_all_is_up_ends_with_130_and_leaves_nothing(tmp_path):
    with subprocess.Popen(
        [*UP, "--data", str(tmp_path / "data")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None and process.stdout is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.stdout.read() == ""
    assert process.returncode == 130
    assert "Traceback" not in rest
    assert _children(tmp_path) == []


def _children(folder):
    """Processes that still work in the folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if str(folder) in json.dumps(process.info["cmdline"] or []):
            found.append(process.pid)
    return found
