#include "file_layer.h"

#include <algorithm>
#include <cstring>

namespace tests {
namespace {

struct OpenFile {
  sqlite3_file base;
  FileLayer* layer;
  const std::string* name;
};

FileLayer::Content& content(sqlite3_file* file) {
  auto* open = reinterpret_cast<OpenFile*>(file);
  return open->layer->files[*open->name];
}
FileLayer& layer(sqlite3_vfs* vfs) { return *static_cast<FileLayer*>(vfs->pAppData); }
int next_write(sqlite3_file* file) { return reinterpret_cast<OpenFile*>(file)->layer->next_write(); }

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  const std::string& held = content(file).current;
  const auto begin = std::min(held.size(), static_cast<std::size_t>(at));
  const auto there = std::min(held.size() - begin, static_cast<std::size_t>(size));
  std::memcpy(into, held.data() + begin, there);
  if (there == static_cast<std::size_t>(size)) return SQLITE_OK;
  std::memset(static_cast<char*>(into) + there, 0, static_cast<std::size_t>(size) - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (const int error = next_write(file); error != SQLITE_OK) return error;
  std::string& held = content(file).current;
  const auto begin = static_cast<std::size_t>(at);
  held.resize(std::max(held.size(), begin + static_cast<std::size_t>(size)));
  std::memcpy(held.data() + begin, from, static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  content(file).current.resize(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  FileLayer::Content& held = content(file);
  held.synced = held.current;
  held.ever_synced = true;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(content(file).current.size());
  return SQLITE_OK;
}

int nothing(sqlite3_file*) { return SQLITE_OK; }
int no_lock(sqlite3_file*, int) { return SQLITE_OK; }
int not_reserved(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}
int no_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 512; }

constexpr sqlite3_io_methods methods = {1,       nothing, read,         write,      truncate,    sync,   file_size,
                                        no_lock, no_lock, not_reserved, no_control, sector_size, nothing};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* open = reinterpret_cast<OpenFile*>(file);
  const auto known = layer(vfs).files.try_emplace(name == nullptr ? "(temporary)" : name).first;
  *open = {{&methods}, &layer(vfs), &known->first};
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int) {
  return layer(vfs).files.erase(name) > 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int access(sqlite3_vfs* vfs, const char* name, int, int* there) {
  *there = layer(vfs).files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* into) {
  sqlite3_snprintf(size, into, "%s", name);
  return SQLITE_OK;
}

}  // namespace

FileLayer::FileLayer() : name_("file-layer-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))) {
  vfs_ = *sqlite3_vfs_find(nullptr);  // chance, sleep and time are the system's
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(OpenFile);
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  vfs_.xAccess = access;
  vfs_.xFullPathname = full_path;
  sqlite3_vfs_register(&vfs_, 0);
}

FileLayer::~FileLayer() { sqlite3_vfs_unregister(&vfs_); }

int FileLayer::next_write() { return writes_++ >= fail_from_ ? error_ : SQLITE_OK; }

void FileLayer::cut_power() {
  std::erase_if(files, [](const auto& file) { return !file.second.ever_synced; });
  for (auto& [name, held] : files) held.current = held.synced;
}

}  // namespace tests
