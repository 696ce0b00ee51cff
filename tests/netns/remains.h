#pragma once
// What a lab could leave behind on the machine.

#include <functional>
#include <set>
#include <string>

namespace netns {

using Names = std::set<std::string>;

// Every network namespace that a process lives in or holds open, as "net:[4026531840]". One that none of them keeps has
// ended, with all that was in it.
[[nodiscard]] Names network_namespaces();
[[nodiscard]] Names interfaces();  // of the namespace we are in
// Processes whose environment holds this assignment.
[[nodiscard]] Names processes_marked(const std::string& mark);
[[nodiscard]] Names open_descriptors();  // of ours, with what each stands for

// Looks again and again, for five seconds.
[[nodiscard]] bool eventually(const std::function<bool()>& done);

}  // namespace netns
