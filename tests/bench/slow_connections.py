"""Security row 19: 5,000 connections that send a byte a second, to the door of hosts (TCP) and to that of browsers
(--http). Honest peers go on registering, the slow ones are closed. A registration is timed from the start of the peer's
process, before the slow ones come and beside them. Prints its figures, writes them as JSON, fails beyond the bars, and is
skipped (77) where it cannot work."""

import argparse
import json
import re
import resource
import selectors
import socket
import subprocess
import sys
import threading
import time

CONNECTIONS = 5000
A_SOURCE = 64  # connections of one address that are let in
REGISTRATIONS = 100
BAR_P99_MS = 500
BAR_CLOSED_S = 15
HALF_A_SIGNAL = bytes.fromhex("3c000040" "2112a442")
HALF_A_REQUEST = b"GET /api/v1/hosts HTTP/1.1"


class Strangers(threading.Thread):
    """Opens them all, sends each a byte a second, notes when each was closed."""

    def __init__(self, target, text):
        super().__init__(daemon=True)
        self.target = target
        self.text = text
        self.opened = {}
        self.lifetimes = []
        self.lock = threading.Lock()

    def run(self):
        waiting = selectors.DefaultSelector()
        for number in range(CONNECTIONS):
            stranger = socket.socket()
            stranger.bind((f"127.77.{number // A_SOURCE}.9", 0))
            stranger.connect(self.target)
            stranger.setblocking(False)
            waiting.register(stranger, selectors.EVENT_READ)
            self.opened[stranger] = time.monotonic()
        next_byte, sent = time.monotonic(), 0
        while self.opened:
            if time.monotonic() >= next_byte:
                for stranger in list(self.opened):
                    self.send(stranger, self.text[sent % len(self.text)], waiting)
                sent, next_byte = sent + 1, next_byte + 1
            for key, _ in waiting.select(max(0, next_byte - time.monotonic())):
                try:
                    if key.fileobj.recv(64):
                        continue
                except BlockingIOError:
                    continue
                except OSError:
                    pass
                self.close(key.fileobj, waiting)

    def send(self, stranger, byte, waiting):
        try:
            stranger.send(bytes([byte]))
        except BlockingIOError:
            pass
        except OSError:
            self.close(stranger, waiting)

    def close(self, stranger, waiting):
        waiting.unregister(stranger)
        stranger.close()
        with self.lock:
            self.lifetimes.append(time.monotonic() - self.opened.pop(stranger))


def register(program, place, number, transport):
    """Seconds from the start of the peer's process to its registration."""
    begin = time.monotonic()
    words = [program, "peer", "--rendezvous", place, "--name", f"honest-{number}", "--behavior", "EIM/APDF"]
    peer = subprocess.Popen(words + transport, stdout=subprocess.PIPE, text=True)
    line = peer.stdout.readline()
    took = time.monotonic() - begin
    peer.kill()
    peer.wait()
    assert line.startswith("registered"), line
    return took


def place_in(line):
    host, port = re.search(r"(127\.0\.0\.1):(\d+)", line).groups()
    return host, int(port)


def flood(program, door):
    """The figures of one door: "tcp" or "http"."""
    words = [program, "rendezvous", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--store", "none"]
    rendezvous = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    udp, tcp, http = (place_in(rendezvous.stdout.readline()) for _ in range(3))
    place = f"{udp[0]}:{udp[1]}"
    alone = sorted(register(program, place, f"alone-{i}", ["--tcp"] if i % 2 else []) for i in range(20))
    strangers = Strangers(tcp, HALF_A_SIGNAL) if door == "tcp" else Strangers(http, HALF_A_REQUEST)
    strangers.start()
    deadline = time.monotonic() + 30
    while len(strangers.opened) + len(strangers.lifetimes) < CONNECTIONS and time.monotonic() < deadline:
        time.sleep(0.05)
    opened = len(strangers.opened)
    took = sorted(register(program, place, i, ["--tcp"] if i % 2 else []) for i in range(REGISTRATIONS))
    strangers.join(60)
    rendezvous.terminate()
    return {"connections": CONNECTIONS, "open_when_honest_came": opened,
            "registration_p99_ms": round(took[int(len(took) * 0.99) - 1] * 1000, 1),
            "registration_median_ms": round(took[len(took) // 2] * 1000, 1),
            "registration_median_alone_ms": round(alone[len(alone) // 2] * 1000, 1),
            "closed": len(strangers.lifetimes), "longest_life_s": round(max(strangers.lifetimes, default=0), 2),
            "exit_code": rendezvous.wait()}


def within_bars(figures):
    return (figures["registration_p99_ms"] < BAR_P99_MS and figures["closed"] == CONNECTIONS
            and figures["longest_life_s"] <= BAR_CLOSED_S and figures["exit_code"] == 0)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("programs")
    options.add_argument("--json")
    options = options.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CONNECTIONS + 500:
        print(f"skipped: at most {hard} descriptors")
        return 77
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    figures = {door: flood(options.programs + "/natpunch", door) for door in ("tcp", "http")}
    print(json.dumps(figures, indent=1))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"slow_connections": figures}, out)
    return 0 if all(within_bars(of_door) for of_door in figures.values()) else 1


sys.exit(main())
