from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_a_process_that_is_killed_at_a_random_moment_leaves_all_of_its_step_or_nothing() -> None:
    # `script/bench kill` does so a thousand times. In a process of its own, which forks.
    command = [sys.executable, "-m", "script.bench_kill", "--times", "8", "--seed", "3"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.stdout.splitlines()[-1] == "0 problems", run.stdout
    assert run.returncode == 0
