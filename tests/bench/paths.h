#pragma once
// Three ways from a namespace to another: one link, a router with the kernel's masquerade, and the lab's NAT. Where
// there is something to compute it is done on the core `worker_core`.

#include "lab/wire/foreign_router.h"
#include "lab/wire/wired_lab.h"

namespace bench {

inline constexpr unsigned load_core = 0;
inline constexpr unsigned worker_core = 1;

// The calling thread, and those it makes from then on.
void run_on_core(unsigned core);

struct Ends {
  lab::Station inside;
  lab::Station outside;
  Ends();
};

class VethPath {
 public:
  VethPath();
  [[nodiscard]] const lab::Station& inside() const { return ends_.inside; }
  [[nodiscard]] const lab::Station& outside() const { return ends_.outside; }

 private:
  Ends ends_;
};

class KernelPath {
 public:
  KernelPath();
  [[nodiscard]] const lab::Station& inside() const { return ends_.inside; }
  [[nodiscard]] const lab::Station& outside() const { return ends_.outside; }

 private:
  Ends ends_;
  lab::ForeignRouter router_;
};

class LabPath {
 public:
  explicit LabPath(const std::string& profile);
  [[nodiscard]] const lab::Station& inside() const { return lab_.host("inside"); }
  [[nodiscard]] const lab::Station& outside() const { return lab_.host("outside"); }

 private:
  lab::WiredLab lab_;
};

}  // namespace bench
