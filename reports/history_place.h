#pragma once
// Where the history is when nobody says: a SQLite file of the user's own.

#include <string>

namespace reports {

// "sqlite:$XDG_DATA_HOME/natscope/history.sqlite", $HOME/.local/share where that variable is not set (XDG Base
// Directory Specification); in the current directory for a user without a home.
[[nodiscard]] std::string history_url();

// Its folder, for this user's eyes alone: reports name addresses. Left as it is where it is there.
void make_history_folder();

}  // namespace reports
