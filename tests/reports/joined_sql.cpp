// Compiled by a test: a statement that is a literal is one, a text that was put together is none.

#include "store/database.h"

#ifdef NATSCOPE_JOINED
store::Sql statement(const std::string& name) {
  return ("SELECT * FROM natscope_history WHERE site = '" + name + "'").c_str();
}
#else
store::Sql statement(const std::string&) { return "SELECT * FROM natscope_history WHERE site = $1"; }
#endif
