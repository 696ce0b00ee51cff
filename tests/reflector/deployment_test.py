#!/usr/bin/python3
"""deployment_test.py BUILD PROGRAM: what `cmake --install` gives an operator. Exit 77 where systemd-analyze is missing."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

BAR = 3.0  # exposure level; "OK" begins below 5


def run(*words, **options):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def expect(condition, what):
    if not condition:
        sys.exit("failed: " + str(what))


def installed(build, root):
    result = run("cmake", "--install", build, "--prefix", root + "/usr/local", "--component", "service")
    expect(result.returncode == 0, result.stdout)
    found = sorted(os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root) for name in names)
    for wanted in ("lib/systemd/system/natreflector.service", "lib/systemd/system/natreflector.socket",
                   "lib/sysusers.d/natscope.conf", "etc/natscope/natreflector.conf"):
        expect(any(path.endswith(wanted) for path in found), f"{wanted} is not among {found}")
    return {os.path.basename(path): os.path.join(root, path) for path in found}


def check_unit(unit, program, root):
    text = open(unit, encoding="utf-8").read()
    expect("@" not in text.replace("@system-service", "").replace("@privileged @resources", ""), "a placeholder is left")
    start = re.search(r"^ExecStart=(\S+) --config (\S+)$", text, re.M)
    expect(start and start[1].endswith("/bin/natreflector") and start[2].endswith("/natscope/natreflector.conf"), "ExecStart")
    runnable = os.path.join(root, "natreflector.service")
    with open(runnable, "w", encoding="utf-8") as file:  # one whose program is there
        file.write(text.replace(start[1], program).replace("ExecReload=kill", "ExecReload=/bin/kill"))
    verified = run("systemd-analyze", "verify", "--man=no", runnable)
    complaints = [line for line in verified.stdout.splitlines() if "natreflector" in line]
    expect(not complaints, complaints)
    judged = run("systemd-analyze", "security", "--offline=true", "--no-pager", runnable)
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", judged.stdout)
    expect(level, judged.stdout)
    print("exposure level:", level[1])
    expect(float(level[1]) < BAR, judged.stdout)


def check_config(config, program, root):
    """As it comes it says what is missing; with every example taken in, it is sound but for the key and the address."""
    result = run(program, "--config", config)
    expect(result.returncode == 2 and result.stdout == "natreflector: --listen ADDRESS[:PORT] is missing\n", result.stdout)
    text = open(config, encoding="utf-8").read()
    expect("@" not in text, "a placeholder is left")
    known = set(re.findall(r"^  --([a-z-]+) ", run(program, "--help").stdout, re.M))
    examples = re.findall(r"^#([a-z-]+) = (.+)$", text, re.M)
    expect(len(examples) >= 15, examples)
    for key, value in examples:
        expect(key in known or key == "no-tcp", key)
    unknown = known - {key for key, _ in examples} - {"help", "version", "quiet", "verbose", "color", "config", "no-tcp", "workers"}
    expect(not unknown, f"options without an example: {unknown}")
    key_file = os.path.join(root, "key")
    with open(key_file, "w", encoding="utf-8") as file:
        file.write("0123456789abcdef0123456789abcdef\n")
    os.chmod(key_file, 0o600)
    taken = {key: value for key, value in reversed(examples) if key not in ("alternate-address", "no-tcp", "user")}
    taken["partner-key-file"] = key_file
    full = os.path.join(root, "full.conf")
    with open(full, "w", encoding="utf-8") as file:
        file.writelines(f"{key} = {value}\n" for key, value in taken.items())
    result = run(program, "--config", full)
    expect(result.returncode == 2 and "bind 192.0.2.1:3478" in result.stdout, result.stdout)


def main():
    if shutil.which("systemd-analyze") is None:
        print("skipped: systemd-analyze (package systemd) is missing")
        return 77
    build, program = sys.argv[1:]
    with tempfile.TemporaryDirectory() as root:
        files = installed(build, root)
        check_unit(files["natreflector.service"], program, root)
        check_config(files["natreflector.conf"], program, root)
        sockets = open(files["natreflector.socket"], encoding="utf-8").read()
        expect(len(re.findall(r"^Listen(Datagram|Stream)=192\.0\.2\.1:34(78|79)$", sockets, re.M)) == 4, sockets)
    return 0


sys.exit(main())
