#!/usr/bin/env python3
"""`natlab verify --pcap`: well-formed files, one a link, whose comments say what became of every packet.

    capture_test.py BIN_DIRECTORY SCENARIOS sim|netns
"""
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import pcapng

LINKTYPE_RAW = 101
ICMP = 1  # which has no ports


def natlab(*words):
    return subprocess.run([NATLAB, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                          check=False)


def nodes(scenario):
    with open(scenario, encoding="utf-8") as file:
        document = json.load(file)
    names = [thing["name"] for kind in ("hosts", "nats", "reflectors") for thing in document[kind]]
    return names + (["rendezvous"] if document.get("rendezvous") else [])


class Captures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.files = {}
        cls.started = time.time()
        for name in ("experiment-2005", "lossy"):
            scenario = os.path.join(SCENARIOS, name + ".json")
            into = os.path.join(cls.folder.name, name)
            done = natlab("verify", scenario, "--backend", BACKEND, "--pcap", into, "--quiet")
            assert done.returncode == 0, done.stdout + done.stderr
            assert sorted(os.listdir(into)) == sorted(node + ".pcapng" for node in nodes(scenario)), os.listdir(into)
            cls.files[name] = {node: pcapng.read(os.path.join(into, node + ".pcapng")) for node in nodes(scenario)}
        cls.ended = time.time()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def packets(self, scenario, node):
        return self.files[scenario][node][1]

    def test_each_direction_is_an_interface(self):
        for files in self.files.values():
            for interfaces, packets in files.values():
                self.assertEqual(interfaces, [pcapng.Interface("up", LINKTYPE_RAW, 9),
                                              pcapng.Interface("down", LINKTYPE_RAW, 9)])
                self.assertEqual({packet.interface for packet in packets}, {"up", "down"})
                for packet in packets:
                    self.assertEqual(packet.direction, "outbound" if packet.interface == "up" else "inbound")

    def test_times_go_on(self):
        for files in self.files.values():
            for _, packets in files.values():
                times = [packet.nanoseconds / 1e9 for packet in packets]
                self.assertEqual(times, sorted(times))
                first, last = (0, 24 * 3600) if BACKEND == "sim" else (self.started - 1, self.ended + 1)
                self.assertTrue(first <= times[0] <= times[-1] <= last, (times[0], times[-1]))

    def test_translations_are_told(self):
        inside = {packet.source for packet in self.packets("experiment-2005", "a") if packet.interface == "up"}
        translated = [packet for packet in self.packets("experiment-2005", "nat-a")
                      if packet.interface == "up" and packet.protocol != ICMP]
        self.assertTrue(translated)
        for packet in translated:
            self.assertTrue(packet.source.startswith("203.0.113.1:"), packet)
            before = packet.comment.removeprefix("sent on; source ").split(" > ")
            self.assertEqual(before[1], packet.source, packet)
            self.assertIn(before[0], inside)

    def test_what_a_nat_refuses_is_told(self):
        for node, refuses in {"nat-a": False, "nat-b": True, "nat-c": True}.items():
            refused = [packet for packet in self.packets("experiment-2005", node)
                       if packet.comment.startswith("dropped by the NAT: filtered")]
            self.assertEqual(bool(refused), refuses, node)
            self.assertTrue(all(packet.interface == "down" for packet in refused))

    def test_what_a_link_loses_or_doubles_is_told(self):
        packets = self.packets("lossy", "mobile")
        for word in ("lost by the link", "sent on twice"):
            share = sum(packet.comment.startswith(word) for packet in packets) / len(packets)
            self.assertTrue(0.03 < share < 0.4, (word, share))

    def test_an_existing_file_is_no_folder(self):
        file = os.path.join(self.folder.name, "file")
        with open(file, "w", encoding="utf-8"):
            pass
        done = natlab("verify", os.path.join(SCENARIOS, "lossy.json"), "--backend", BACKEND, "--pcap", file)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, f"natlab: capture into {file}: Not a directory\n")

    def stopped_by(self, number):
        """The folder after a verify of real packets was stopped while it played."""
        folder = tempfile.mkdtemp(dir=self.folder.name)
        mark = "NATLAB_CAPTURE_TEST=" + folder
        with subprocess.Popen([NATLAB, "verify", os.path.join(SCENARIOS, "lossy.json"), "--pcap", folder],
                              env={**os.environ, "NATLAB_CAPTURE_TEST": folder},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and not probing(mark):
                time.sleep(0.01)
            time.sleep(0.5)  # so that packets have been seen
            process.send_signal(number)
        return folder

    @unittest.skipUnless(sys.argv[-1] == "netns", "nothing to stop in memory")
    def test_stopped_it_is_whole_as_far_as_it_got(self):
        folder = self.stopped_by(signal.SIGINT)
        files = glob.glob(folder + "/*.pcapng")
        self.assertEqual(len(os.listdir(folder)), len(nodes(os.path.join(SCENARIOS, "lossy.json"))))
        self.assertTrue(any(pcapng.read(file)[1] for file in files))

    @unittest.skipUnless(sys.argv[-1] == "netns", "nothing to kill in memory")
    def test_killed_it_leaves_nothing(self):
        self.assertEqual(os.listdir(self.stopped_by(signal.SIGKILL)), [])


def content(file):
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError:  # the process ended meanwhile
        return b""


def probing(mark):
    """Whether a natprobe runs whose environment has this assignment."""
    return any(b"natprobe" in content(process + "/cmdline") and mark.encode() in content(process + "/environ")
               for process in glob.glob("/proc/[0-9]*"))


def skip(reason):
    print("netns: " + reason)
    sys.exit(1 if "netns" in os.environ.get("NATSCOPE_REQUIRE", "").split(",") else 77)


if __name__ == "__main__":
    NATLAB, SCENARIOS, BACKEND = os.path.join(sys.argv[1], "natlab"), sys.argv[2], sys.argv[3]
    if BACKEND == "netns":
        there = natlab("run", "no-nat", "--", "true")
        if there.returncode != 0:
            skip(there.stderr.strip())
    unittest.main(argv=sys.argv[:1], verbosity=2)
