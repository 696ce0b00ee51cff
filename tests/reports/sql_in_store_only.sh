#!/bin/sh
# Nobody but store/ calls a database's own interface, so that every statement is a literal that the compiler has seen.
found=$(grep -rlE 'sqlite3_[a-z]+\(|PQ[a-z][A-Za-z]*\(|sqlite3\.h|libpq' --include='*.cpp' --include='*.h' \
  "$1/net" "$1/stun" "$1/probe" "$1/reflector" "$1/traversal" "$1/reports" "$1/lab")
[ -z "$found" ] || { echo "a database is called outside of store/: $found"; exit 1; }
[ -n "$(grep -rl 'consteval Sql' "$1/store")" ] || { echo "a statement need not be a literal"; exit 1; }
