#pragma once
// A dossier for the terminal: the models, then a table of them side by side.

#include <string>

#include "reports/dossier.h"
#include "reports/terminal.h"

namespace reports {

// What varies has a "~" in front.
[[nodiscard]] std::string to_text(const Dossier& dossier, Ink ink = Ink::Plain);

}  // namespace reports
