"""A name server for tests: name_server.py ZONE, with lines "NAME SRV PORT TARGET", "NAME A ADDRESS",
"NAME AAAA ADDRESS" and "NAME SILENT".

Answers on 127.0.0.1:53, but of silent names; everything else does not exist. Prints "ready" when it listens.
"""
import socket
import struct
import sys

A, AAAA, SRV = 1, 28, 33
SILENT = None


def encoded(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def records(path):
    found = {}
    with open(path) as zone:
        for line in zone:
            name, kind, *rest = line.split()
            if kind == "SRV":
                data = struct.pack(">HHH", 0, 0, int(rest[0])) + encoded(rest[1])
                found.setdefault((name, SRV), []).append(data)
            elif kind == "AAAA":
                found.setdefault((name, AAAA), []).append(socket.inet_pton(socket.AF_INET6, rest[0]))
            elif kind == "SILENT":
                found[(name, SILENT)] = []
            else:
                found.setdefault((name, A), []).append(socket.inet_aton(rest[0]))
    return found


def question(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    kind, = struct.unpack_from(">H", query, at + 1)
    return ".".join(labels).lower(), kind, query[12:at + 5]


def answer(query, zone):
    name, kind, asked = question(query)
    if (name, SILENT) in zone:
        return None
    found = zone.get((name, kind), [])
    known = any(other == name for other, _ in zone)
    head = query[:2] + struct.pack(">HHHHH", 0x8580 if known else 0x8583, 1, len(found), 0, 0)
    body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data for data in found)
    return head + asked + body


zone = records(sys.argv[1])
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    query, client = server.recvfrom(4096)
    reply = answer(query, zone)
    if reply:
        server.sendto(reply, client)
