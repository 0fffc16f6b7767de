"""Where the parts of a little-endian TIFF lie, to damage one of them."""

import struct


def directories(data: bytes | bytearray) -> list[int]:
    """Where the pages of a TIFF are described."""
    places = [struct.unpack_from("<I", data, 4)[0]]
    while (following := struct.unpack_from("<I", data, places[-1] + 2 + 12 * count_at(data, places[-1]))[0]) != 0:
        places.append(following)
    return places


def count_at(data: bytes | bytearray, start: int) -> int:
    return int(struct.unpack_from("<H", data, start)[0])


def place_of_entry(data: bytes | bytearray, start: int, tag: int) -> int:
    places = (start + 2 + 12 * index for index in range(count_at(data, start)))
    return next(place for place in places if struct.unpack_from("<H", data, place)[0] == tag)


def entry(data: bytes | bytearray, start: int, tag: int) -> int:
    """Where the values of an entry with several lie."""
    return int(struct.unpack_from("<I", data, place_of_entry(data, start, tag) + 8)[0])
