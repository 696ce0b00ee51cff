"""Small PNG pictures as lists of grey-free colours, and how far two of them are apart. Eight bits a channel only."""
import struct
import zlib


def read(path):
    """(width, height, rows): each row a bytes object, `channels` bytes a pixel."""
    with open(path, "rb") as file:
        data = file.read()
    position, packed = 8, b""
    while position < len(data):
        size, kind = struct.unpack(">I4s", data[position:position + 8])
        body = data[position + 8:position + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        elif kind == b"IDAT":
            packed += body
        position += size + 12
    assert depth == 8 and colour in (2, 6), "only 8-bit RGB and RGBA"
    channels = 3 if colour == 2 else 4
    return width, height, channels, unfiltered(zlib.decompress(packed), width * channels, channels)


def unfiltered(raw, stride, channels):
    rows, above = [], bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1:start + 1 + stride])
        for i in range(stride):
            left = row[i - channels] if i >= channels else 0
            up, corner = above[i], above[i - channels] if i >= channels else 0
            row[i] = (row[i] + (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]) & 255
        rows.append(row)
        above = row
    return rows


def paeth(left, up, corner):
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def colours(picture):
    width, _, channels, rows = picture
    return {tuple(row[x * channels:x * channels + 3]) for row in rows for x in range(width)}


def distance(one, other):
    """Mean difference of a channel, 0 to 255, over the part both have; sizes may differ by a tenth."""
    (width, height, channels, rows), (other_width, other_height, other_channels, other_rows) = one, other
    if width != other_width or abs(height - other_height) > max(height, other_height) / 10:
        return 255.0
    total = 0
    height = min(height, other_height)
    for y in range(height):
        for x in range(width):
            for c in range(3):
                total += abs(rows[y][x * channels + c] - other_rows[y][x * other_channels + c])
    return total / (width * height * 3)
