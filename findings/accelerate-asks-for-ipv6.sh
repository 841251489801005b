#!/usr/bin/env bash
# accelerate, boto3, urllib3: where boto3 is installed, importing accelerate makes an internet socket and binds it.
#
# Expected: importing a library that trains networks touches no network, least of all through a package that the program never uses.
# Instead: accelerate's configuration for SageMaker imports boto3 wherever it finds it, that imports urllib3, and urllib3 makes an IPv6
#   socket while it is imported, to see whether the machine has IPv6, and binds it to [::1]. Without boto3 nothing of it happens.
#   transformers and sentence-transformers import accelerate in their turn, so loading a model does it, too.
# Seen with: accelerate 1.15.0, boto3 1.44.8.
# What to do: in a process that must make no socket (one under a system call filter dies of it) hide boto3 while the model is loaded:
#   sys.modules["boto3"] = None.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check accelerate==1.15.0 boto3==1.44.8 torch==2.13.0 2>/dev/null

cat > "$folder/seen.py" <<'PYTHON'
import socket
import sys

seen = []


def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6):
        seen.append(socket.AddressFamily(arguments[1]).name)
    elif event == "socket.bind":
        seen.append(f"bound to {arguments[1]}")


sys.addaudithook(watch)
if sys.argv[1:] == ["hidden"]:
    sys.modules["boto3"] = None
import accelerate  # noqa: E402

print(seen)
PYTHON

with=$("$folder/venv/bin/python" -I "$folder/seen.py")
without=$("$folder/venv/bin/python" -I "$folder/seen.py" hidden)
"$folder/venv/bin/pip" list --format freeze 2>/dev/null | grep -E "^(accelerate|boto3|urllib3)=="
echo "boto3 installed: $with"
echo "boto3 hidden:    $without"
if [ "$with" = "[]" ] || [ "$without" != "[]" ]; then
    echo "changed: importing accelerate makes no socket now, or makes one without boto3" >&2
    exit 1
fi
echo "as described"
