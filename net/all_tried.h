#pragma once
// Several things to do, each of which is tried whatever became of the others.
//
//   net::AllTried outputs;
//   outputs.attempt([&] { write_file(); });
//   outputs.attempt([&] { keep_in_database(); });
//   outputs.done();

#include <exception>
#include <stdexcept>

namespace net {

class AllTried {
 public:
  template <typename Act>
  void attempt(Act act) {
    try {
      act();
    } catch (const std::runtime_error&) {  // a file's or a database's
      if (!failure_) failure_ = std::current_exception();
    }
  }
  void done() const {  // throws what the first that failed has thrown
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_;
};

}  // namespace net
