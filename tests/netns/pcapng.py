"""Reads pcapng files strictly, as draft-ietf-opsawg-pcapng has them, knowing nothing of the program that wrote them.

Every block, option and padding must be as the draft says; every packet a whole IP packet with right checksums.
"""
import collections
import ipaddress
import struct

Interface = collections.namedtuple("Interface", "name link_type resolution")
Packet = collections.namedtuple("Packet", "interface nanoseconds direction comment source destination protocol payload")

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
NAME, RESOLUTION = 2, 9
COMMENT, FLAGS = 1, 2


class Malformed(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Malformed(what)


def blocks(data):
    at = 0
    while at < len(data):
        require(len(data) - at >= 12, "a block is cut off")
        kind, length = struct.unpack_from("<II", data, at)
        require(length % 4 == 0 and 12 <= length <= len(data) - at, f"length {length} of the block at {at}")
        require(struct.unpack_from("<I", data, at + length - 4)[0] == length, "the lengths of a block differ")
        yield kind, data[at + 8:at + length - 4]
        at += length


def options(data):
    found = collections.defaultdict(list)
    at = 0
    while at < len(data):
        code, length = struct.unpack_from("<HH", data, at)
        if code == 0:
            require(length == 0 and at + 4 == len(data), "something behind the end of the options")
            return found
        end = at + 4 + length
        padded = (end + 3) // 4 * 4
        require(padded <= len(data) and not any(data[end:padded]), "an option's padding")
        found[code].append(data[at + 4:end])
        at = padded
    raise Malformed("options without an end")


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ip_packet(data):
    """(source, destination, protocol, payload of the transport) with ports where there are some."""
    version = data[0] >> 4
    if version == 4:
        require(data[0] & 15 == 5 and struct.unpack_from(">H", data, 2)[0] == len(data), "IPv4 lengths")
        require(checksum(data[:20]) == 0, "the IPv4 header's checksum")
        protocol, addresses, body = data[9], (data[12:16], data[16:20]), data[20:]
        pseudo = data[12:20] + struct.pack(">BBH", 0, protocol, len(body))
        fragment = struct.unpack_from(">H", data, 6)[0] & 0x3FFF
    else:
        require(version == 6 and struct.unpack_from(">H", data, 4)[0] == len(data) - 40, "IPv6 lengths")
        protocol, addresses, body = data[6], (data[8:24], data[24:40]), data[40:]
        pseudo = data[8:40] + struct.pack(">II", len(body), protocol)
        fragment = protocol == 44
    ends = [str(ipaddress.ip_address(address)) for address in addresses]
    if fragment:
        return *ends, protocol, body
    require(checksum((b"" if protocol == 1 else pseudo) + body) == 0, "the transport's checksum")
    if protocol in (6, 17):
        ports = struct.unpack_from(">HH", body)
        ends = [f"{end}:{port}" if version == 4 else f"[{end}]:{port}" for end, port in zip(ends, ports)]
    if protocol == 17:
        require(struct.unpack_from(">H", body, 4)[0] == len(body), "the UDP length")
        body = body[8:]
    return *ends, protocol, body


def read(path):
    """([Interface], [Packet])"""
    with open(path, "rb") as file:
        content = list(blocks(file.read()))
    require(content and content[0][0] == SECTION, "no section header")
    magic, major, minor, length = struct.unpack_from("<IHHq", content[0][1])
    require((magic, major, minor, length) == (0x1A2B3C4D, 1, 0, -1), "the section header")
    options(content[0][1][16:])
    interfaces, packets = [], []
    for kind, body in content[1:]:
        if kind == INTERFACE:
            link_type, reserved, snap = struct.unpack_from("<HHI", body)
            require(reserved == 0 and snap == 0, "an interface block")
            said = options(body[8:])
            interfaces.append(Interface(said[NAME][0].decode(), link_type, said[RESOLUTION][0][0]))
        else:
            require(kind == PACKET, f"block type {kind}")
            interface, high, low, captured, original = struct.unpack_from("<5I", body)
            require(interface < len(interfaces) and captured == original, "a packet block")
            padded = 20 + (captured + 3) // 4 * 4
            require(not any(body[20 + captured:padded]), "a packet's padding")
            said = options(body[padded:])
            require(len(said[COMMENT]) == 1, "a packet has one comment")
            packets.append(Packet(interfaces[interface].name, high << 32 | low,
                                  {1: "inbound", 2: "outbound"}[struct.unpack("<I", said[FLAGS][0])[0]],
                                  said[COMMENT][0].decode(), *ip_packet(body[20:20 + captured])))
    return interfaces, packets
