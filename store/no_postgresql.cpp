#include "store/postgresql.h"

namespace store {

std::unique_ptr<Database> open_postgresql(const std::string&) {
  throw Error("this program was built without PostgreSQL: use sqlite:FILE");
}

}  // namespace store
