#pragma once
// What real packets need of the system: namespaces of our own. Root may have them; anyone else may inside a user
// namespace, where the machine allows that.

namespace lab {

// Enters a user namespace of our own, as its root, unless we may do all already; the user outside stays who it is.
// Before any thread is made: a process with threads cannot. Throws CannotWork, saying what would help.
void be_allowed_namespaces();

}  // namespace lab
