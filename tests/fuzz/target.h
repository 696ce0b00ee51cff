#pragma once
// One thing to fuzz: what must hold of it for any bytes whatever, and inputs worth beginning with. Each *_target.cpp
// defines both; libFuzzer (preset fuzz, clang) and a seeded replay (any build) drive them.

#include <vector>

#include "net/bytes.h"

namespace fuzz {

// Aborts, naming the property, where one does not hold. Whether the input got past the first checks.
bool check(net::BytesView input);

// Inputs that reach the inside.
[[nodiscard]] std::vector<net::Bytes> seeds();

// Makes the shape right again after random changes, where there is one to make right, so that most get past the first
// checks.
void mend(net::Bytes& input);

// For the targets: prints and aborts unless it holds.
void require(bool holds, const char* property, net::BytesView input);

}  // namespace fuzz
