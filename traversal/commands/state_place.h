#pragma once
// Where a rendezvous keeps its matrices when nobody says: a SQLite file of its own.

#include "store/url.h"

namespace traversal {

// rendezvous.sqlite in $STATE_DIRECTORY (systemd's StateDirectory=, the first of several), else in
// $XDG_STATE_HOME/natscope, else for root in /var/lib/natscope and for others in $HOME/.local/state/natscope (XDG Base
// Directory Specification); natscope-rendezvous.sqlite in the current directory for a user without a home.
[[nodiscard]] store::SqliteFile state_place();

// Its folder, for this user's eyes alone: it names addresses. Left as it is where it is there. CannotWork.
void make_state_folder(const store::SqliteFile& file);

}  // namespace traversal
