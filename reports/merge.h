#pragma once
// Several documents of one kind as one. Pure; what does not go together is said, and nothing is guessed.
//
// Matrices: hosts by name, pairs by their two hosts. A pair that was played in several has the trials of all; where one
// of them has no attempts to count again, its times are left out. A host has to behave alike in all (what one does not
// know, another may tell); of two probe reports of a host the newer one stays.
// Probe reports: paths of one host, each a different one: the first is the report, the others its further paths.
// Dossiers: as if their reports had been joined.

#include <string>
#include <vector>

#include "net/result.h"
#include "reports/document.h"

namespace reports {

// Of one document or more. The error names the two documents, the place and the reason.
[[nodiscard]] net::Result<Document, std::string> merged(const std::vector<NamedDocument>& documents);

}  // namespace reports
