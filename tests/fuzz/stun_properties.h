#pragma once
// What must hold of STUN for any bytes whatever. Aborts, naming the property, where one does not.

#include "net/bytes.h"

namespace fuzz {

// - decode() takes exactly what a second, plain reading of the rules takes;
// - a decoded message, rebuilt from its attributes, decodes to the same attributes, and rebuilt again to the same
// bytes;
// - a typed attribute that parses, serializes to bytes that parse to the same;
// - a stream in pieces gives the messages of the stream in one;
// - text made fit to show holds no control byte.
void check_stun_properties(net::BytesView input);

}  // namespace fuzz
