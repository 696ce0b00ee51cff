#pragma once
// What crosses the links of a Network, on disk: one pcapng file a link, named after the node whose link it is, with an
// interface "up" (from the node) and one "down" (to it). Each packet's comment says what became of it. A packet that
// crosses and is refused where the link ends is there twice: as it enters the link, and with the reason, as it leaves.
//
//   Capture capture(folder, link_names(layout), {});
//   network.watch([&](const Sighting& sighting) { capture.take(sighting); });

#include <filesystem>
#include <map>
#include <string>

#include "lab/scenario.h"
#include "lab/sighting.h"
#include "net/file_descriptor.h"
#include "net/pcapng.h"

namespace lab {

// What each link's file is named after: hosts, reflectors, NATs, the rendezvous, and a host's further interfaces as
// "host+eth1" (no node's name has a plus).
[[nodiscard]] std::map<NodeId, std::string> link_names(const Layout& layout);

class Capture {
 public:
  // Makes the folder where it is missing. `epoch` is when, since 1970, the network's time line begins. The files have
  // no name until the end, so that what ends early, however it does, leaves nothing half-written. Throws CannotWork.
  Capture(std::filesystem::path folder, const std::map<NodeId, std::string>& names, net::Duration epoch);
  // Names what there is, if nobody did.
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  void take(const Sighting& sighting);

  // The files are whole and get their names, those of an earlier run are replaced. Throws CannotWork where one could
  // not be written, then or before.
  void finish();

 private:
  class File {
   public:
    File(const std::filesystem::path& folder, const std::string& name);
    void write(net::BytesView block);
    // Nothing, or why not.
    std::optional<std::string> finish(const std::filesystem::path& folder);

   private:
    void drain();

    std::string name_;
    net::FileDescriptor fd_;
    net::Bytes waiting_;  // to be written
    int error_ = 0;       // errno of the first write that failed
  };

  std::filesystem::path folder_;
  net::Duration epoch_;
  std::map<NodeId, File> files_;
  net::Bytes ip_;  // used again and again
};

}  // namespace lab
