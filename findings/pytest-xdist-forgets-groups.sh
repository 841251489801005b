#!/usr/bin/env bash
# pytest-xdist: `--dist loadgroup` no longer keeps a group on one worker, and says nothing.
#
# Expected: tests with the same `xdist_group` mark run on the same worker under `--dist loadgroup`.
# Instead: with pytest 9.2 each test goes to whichever worker is free, as if it had no mark. pytest-xdist 3.8 writes the group behind
#   the test's id and reads it from there; newer pytest does not give the changed id back. Fixtures that were to be made once for a
#   group are made once for each worker, so a run takes longer and nothing else shows it.
# Seen with: pytest 9.2.0 and pytest-xdist 3.8.0; with pytest 8.4.2 a group stays together.
# What to do: `--dist loadfile`, or a scheduler of one's own (hook `pytest_xdist_make_scheduler`) that takes the group from the id alone.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > test_grouped.py <<'PYTHON'
import os
import time

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("n", range(40))
def test_in_a_group(n):
    time.sleep(0.02)
    with open("workers.txt", "a") as file:
        print(os.environ["PYTEST_XDIST_WORKER"], file=file)
PYTHON

workers_with() {  # pytest's version -> how many workers ran the one group
    python3 -m venv "venv-$1"
    "venv-$1/bin/pip" install -qq --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
    rm -f workers.txt
    "venv-$1/bin/python" -m pytest -q -p no:cacheprovider -n 3 --dist loadgroup test_grouped.py > log.txt
    sort -u workers.txt | wc -l
}

before=$(workers_with 8.4.2)
now=$(workers_with 9.2.0)
echo "pytest-xdist 3.8.0, one group of 40 tests, 3 workers: with pytest 8.4.2 on $before worker, with 9.2.0 on $now"
if [ "$before" = 1 ] && [ "$now" -gt 1 ]; then
    exit 0
fi
echo "changed: a group was expected on 1 worker with pytest 8.4.2, and on several with 9.2.0"
exit 1
