#pragma once
// SIGINT and SIGTERM. Nobody takes them from the file, so that every driver of the process sees that one came.

#include "net/signal_file.h"

namespace net {

class StopSignals : public SignalFile {
 public:
  StopSignals() : SignalFile({SIGINT, SIGTERM}) {}
};

}  // namespace net
