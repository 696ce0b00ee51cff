#!/usr/bin/python3
"""web_test.py NATPUNCH: what `natpunch rendezvous --http` answers an HTTP client: its page, its JSON, its refusals."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

NATPUNCH = sys.argv[1]
PATIENCE = 20
TOKEN = "correct horse battery staple"


class Rendezvous:
    """A rendezvous on free ports of the loopback, and hosts that register with it."""

    def __init__(self, token=True, more=()):
        self.folder = tempfile.TemporaryDirectory()
        self.token_file = os.path.join(self.folder.name, "token")
        with open(os.open(self.token_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(TOKEN + "\n")
        self.secret = ["--token-file", self.token_file] if token else []
        self.process = subprocess.Popen(
            [NATPUNCH, "rendezvous", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--store", "none", *self.secret,
             *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = [self.process.stdout.readline() for _ in range(3)]
        self.place = lines[0].split()[-1]
        self.port = int(re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)/\n", lines[2])[1])
        self.peers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in [*self.peers, self.process]:
            process.send_signal(signal.SIGTERM)
        for process in [*self.peers, self.process]:
            process.communicate(timeout=PATIENCE)
        self.folder.cleanup()

    def add_peers(self, names):
        for name in names:
            self.peers.append(subprocess.Popen(
                [NATPUNCH, "peer", "--rendezvous", self.place, "--name", name, "--behavior", "none/EIF", *self.secret],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def ask(self, method, path, body=None, **fields):
        """Status, fields and body of the reply."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, body=body, headers=headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, reply.headers, text

    def get(self, path):
        status, _, body = self.ask("GET", path)
        assert status == 200, (path, status, body)
        return body

    def order(self, body, token=TOKEN, **fields):
        fields.setdefault("Content_Type", "application/json")
        if token is not None:
            fields["Authorization"] = "Bearer " + token
        return self.ask("POST", "/api/v1/matrices", body, **fields)

    def say(self, text, wait=PATIENCE):
        """What comes back for these bytes, until the other side ends it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(text)
            got = b""
            try:
                while part := connection.recv(65536):
                    got += part
            except TimeoutError:
                pass
            return got


def wait_for(what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not (found := what()):
        if time.monotonic() > end:
            raise AssertionError("it did not come about")
        time.sleep(0.05)
    return found


class Web(unittest.TestCase):
    def test_a_matrix_is_ordered_and_read(self):
        with Rendezvous() as rendezvous:
            rendezvous.add_peers("abc")
            wait_for(lambda: len(json.loads(rendezvous.get("/api/v1/hosts"))["hosts"]) == 3)
            host = json.loads(rendezvous.get("/api/v1/hosts"))["hosts"][0]
            self.assertEqual((host["name"], host["class"], host["over_tcp"]), ("a", "no-nat", False))
            pages = [json.loads(rendezvous.get("/api/v1/hosts?" + query)) for query in ("limit=2", "limit=2&after=b")]
            self.assertEqual([[host["name"] for host in page["hosts"]] for page in pages], [["a", "b"], ["c"]])
            self.assertEqual([(page["total"], page["next"]) for page in pages], [(3, "b"), (3, None)])
            status, fields, body = rendezvous.order('{"trials": 2, "hold_ms": 50}')
            self.assertEqual(status, 202, body)
            accepted = json.loads(body)
            self.assertEqual(accepted["pairs"], 3)
            self.assertEqual(fields["Location"], "/api/v1/matrices/" + accepted["id"])
            self.assertEqual(json.loads(rendezvous.get(fields["Location"]))["schema"], "natscope/traversal-matrix/1")
            wait_for(lambda: json.loads(rendezvous.get("/api/v1/matrices"))["matrices"][0]["done"] == 3)
            matrix = json.loads(rendezvous.get(fields["Location"]))
            self.assertEqual(matrix["schema"], "natscope/traversal-matrix/1")
            self.assertEqual([pair["outcome"] for pair in matrix["pairs"]], ["direct"] * 3)
            self.assertEqual([pair["successes"] for pair in matrix["pairs"]], [2] * 3)
            metrics = rendezvous.get("/metrics")
            self.assertIn("natscope_rendezvous_registered_hosts 3\n", metrics)
            self.assertIn('natscope_rendezvous_pairs_total{outcome="direct"} 3\n', metrics)
            self.assertIn("natscope_rendezvous_jobs_begun_total 3\n", metrics)
            self.assertIn("All 3 pairs connect directly", rendezvous.get("/"))

    def test_events_tell_what_happens(self):
        with Rendezvous() as rendezvous:
            with socket.create_connection(("127.0.0.1", rendezvous.port), timeout=PATIENCE) as follower:
                follower.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                told = b""

                def until(words):
                    nonlocal told
                    end = time.monotonic() + PATIENCE
                    while words not in told:
                        self.assertLess(time.monotonic(), end, told)
                        told += follower.recv(65536)

                until(b"event: state\n")
                self.assertIn(b"Content-Type: text/event-stream\r\n", told)
                rendezvous.add_peers("ab")
                until(b'"registered":2}')
                self.assertEqual(rendezvous.order('{"hold_ms": 0}')[0], 202)
                until(b'"progress":"1 of 1 pairs"')
                self.assertIn(b"event: matrix\n", told)

    def test_refusals(self):
        with Rendezvous() as rendezvous:
            usual = {"Content_Type": "application/json", "Authorization": "Bearer " + TOKEN}
            matrices = "/api/v1/matrices"
            cases = [
                (404, "GET", "/nothing", None, {}), (404, "GET", "/api/v1/matrices/00", None, {}),
                (404, "GET", "/..%2f..%2fetc/passwd", None, {}), (404, "GET", "/api/v1/matrices/../hosts", None, {}),
                (405, "POST", "/", "{}", usual), (405, "PUT", matrices, "{}", usual), (405, "DELETE", matrices, None, usual),
                (400, "GET", "/api/v1/hosts?limit=0", None, {}), (400, "GET", "/api/v1/hosts?from=a", None, {}),
                (405, "POST", "/api/v1/hosts", "{}", usual), (405, "OPTIONS", matrices, None, {}),
                (421, "GET", "/", None, {"Host": "evil.example"}), (421, "POST", matrices, "{}", {**usual, "Host": "evil.example"}),
                (403, "POST", matrices, "{}", {**usual, "Origin": "http://evil.example"}),
                (403, "POST", matrices, "{}", {**usual, "Origin": "null"}),
                (403, "POST", matrices, "{}", {**usual, "Sec-Fetch-Site": "cross-site"}),
                (401, "POST", matrices, "{}", {"Content_Type": "application/json"}),
                (401, "POST", matrices + "?token=" + TOKEN.replace(" ", "+"), "{}", {"Content_Type": "application/json"}),
                (401, "POST", matrices, "{}", {**usual, "Authorization": "Bearer wrong"}),
                (401, "POST", matrices, "{}", {**usual, "Authorization": "Basic " + TOKEN}),
                (415, "POST", matrices, "{}", {**usual, "Content_Type": "text/plain"}),
                (415, "POST", matrices, "trials=1", {**usual, "Content_Type": "application/x-www-form-urlencoded"}),
                (400, "POST", matrices, "{", usual), (400, "POST", matrices, '{"trials": 0}', usual),
                (400, "POST", matrices, '{"strategies": ["telepathy"]}', usual),
                (422, "POST", matrices, "{}", usual), (422, "POST", matrices, '{"pairs": [["a", "b"]]}', usual),
                (413, "POST", matrices, " " * 300_000, usual), (431, "GET", "/", None, {"X": "x" * 9000}),
                (414, "GET", "/" + "x" * 9000, None, {})]
            for expected, method, path, body, fields in cases:
                with self.subTest(f"{method} {path[:60]} {fields}"):
                    try:
                        status, answered, _ = rendezvous.ask(method, path, body, **fields)
                    except (BrokenPipeError, ConnectionResetError):  # it did not want to hear the end of it
                        self.assertEqual(expected, 413)
                        continue
                    self.assertEqual(status, expected)
                    self.assertNotIn("Access-Control-Allow-Origin", answered)
                    if status == 405:
                        self.assertIn("GET", answered["Allow"])
            for text in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET / HTTP/1.1\nHost: x\n\n\r\n\r\n"):
                self.assertTrue(rendezvous.say(text).startswith(b"HTTP/1.1 400 "), text)
            self.assertEqual(json.loads(rendezvous.get(matrices))["matrices"], [])
            self.assertIn('refused_total{reason="wrong_token"} 0', rendezvous.get("/metrics"))

    def test_an_open_rendezvous_takes_no_orders(self):
        with Rendezvous(token=False) as rendezvous:
            rendezvous.add_peers("ab")
            wait_for(lambda: len(json.loads(rendezvous.get("/api/v1/hosts"))["hosts"]) == 2)
            for token in (None, "", "x"):
                self.assertEqual(rendezvous.order("{}", token)[0], 401)

    def test_names_are_given_by_the_operator(self):
        with Rendezvous(more=["--http-name", "rendezvous.example"]) as rendezvous:
            self.assertEqual(rendezvous.ask("GET", "/", Host="rendezvous.example")[0], 200)
            self.assertEqual(rendezvous.ask("GET", "/", Host="rendezvous.example:8480")[0], 200)
            self.assertEqual(rendezvous.ask("GET", "/", Host="example")[0], 421)

    def test_a_page_says_how_it_may_be_used(self):
        with Rendezvous() as rendezvous:
            status, fields, body = rendezvous.ask("GET", "/")
            self.assertEqual(status, 200)
            self.assertIn("default-src 'none'", fields["Content-Security-Policy"])
            self.assertIn("connect-src 'self'", fields["Content-Security-Policy"])
            self.assertEqual(fields["X-Content-Type-Options"], "nosniff")
            self.assertIn("0 hosts are registered", body)
            status, fields, body = rendezvous.ask("HEAD", "/")
            self.assertEqual((status, body), (200, ""))
            self.assertGreater(int(fields["Content-Length"]), 1000)

    def test_whoever_is_slow_is_sent_away(self):
        with Rendezvous() as rendezvous:
            slow = [socket.create_connection(("127.0.0.1", rendezvous.port)) for _ in range(60)]
            began = time.monotonic()
            while time.monotonic() - began < 3:
                for connection in slow:
                    connection.sendall(b"G")
                self.assertIn("registered", rendezvous.get("/"))
                time.sleep(0.5)
            for connection in slow:
                connection.settimeout(15 - (time.monotonic() - began))
                self.assertEqual(connection.recv(100), b"")
                connection.close()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
