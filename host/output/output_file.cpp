#include "host/output/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace neurosweep {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw std::runtime_error(fmt::format("cannot write \"{}\": {}", path, reason));
}

std::string reason(int error) { return std::strerror(error); }

struct Target {
  std::string path, folder;
  bool standard_output = false;
  bool replaced = true;  // false: a device or a pipe, written to directly
  bool exists = false;
  mode_t mode = 0;  // permissions of the file that is replaced
};

// In a sticky folder such as /tmp only the owner of a file may replace it.
bool sticky_forbids(const struct stat& folder, const struct stat& file) {
  const uid_t user = geteuid();
  return (folder.st_mode & S_ISVTX) != 0 && user != 0 && user != folder.st_uid && user != file.st_uid;
}

// What `path` means, checked as far as looking can tell. Throws if it cannot be written.
Target resolve(const std::string& path) {
  Target target;
  if (path == "-" || path == "/dev/stdout") {
    target.standard_output = true;
    target.replaced = false;
    return target;
  }
  if (path.empty()) fail(path, "the name is empty");
  struct stat file {};
  target.exists = stat(path.c_str(), &file) == 0;
  // What is wrong with the folder is said below, in words of its own.
  if (!target.exists && errno != ENOENT && errno != ENOTDIR) fail(path, reason(errno));
  if (target.exists) {
    if (S_ISDIR(file.st_mode)) fail(path, reason(EISDIR));
    if (access(path.c_str(), W_OK) != 0) fail(path, reason(errno));
    const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr), &std::free);
    target.path = real ? real.get() : path;
    target.replaced = S_ISREG(file.st_mode);
    target.mode = file.st_mode & 07777;
  } else {
    target.path = path;
  }
  target.folder = std::filesystem::path(target.path).parent_path().string();
  if (target.folder.empty()) target.folder = ".";
  struct stat folder {};
  const int error = stat(target.folder.c_str(), &folder) != 0 ? errno : S_ISDIR(folder.st_mode) ? 0 : ENOTDIR;
  if (error != 0) fail(path, fmt::format("folder \"{}\": {}", target.folder, reason(error)));
  if (!target.exists && target.path.back() == '/') fail(path, reason(EISDIR));
  if (target.exists && target.replaced && sticky_forbids(folder, file)) fail(path, reason(EPERM));
  return target;
}

// A new, empty file in `folder`; its name is short, so that it fits wherever the target's name does.
int create_temporary(const std::string& shown, const std::string& folder, std::string& name) {
  static std::atomic<unsigned> counter{0};
  for (int attempt = 0; attempt < 1000; ++attempt) {  // a killed process of the same number may have left names behind
    name = fmt::format("{}/.neurosweep-{}-{}.tmp", folder, getpid(), counter++);
    const int fd = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) return fd;
    if (errno != EEXIST) break;
  }
  const int error = errno;
  name.clear();
  fail(shown, fmt::format("folder \"{}\": {}", folder, reason(error)));
}

}  // namespace

OutputFile::OutputFile(const std::string& path, const std::string& temporary_folder)
    : shown_(path == "-" ? "standard output" : path) {
  const Target target = resolve(path);
  target_ = target.path;
  if (target.standard_output) {
    std::fflush(stdout);  // what was printed before comes first
    fd_ = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  } else if (target.replaced) {
    fd_ = create_temporary(shown_, temporary_folder.empty() ? target.folder : temporary_folder, temporary_);
    if (target.exists) (void)!fchmod(fd_, target.mode);  // as it was; a file system without permissions is no error
  } else {
    fd_ = open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  }
  if (fd_ < 0) fail(shown_, reason(errno));
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

int OutputFile::process_of(const std::string& name) {
  int process = 0, counter = 0, end = 0;
  const bool ours = std::sscanf(name.c_str(), ".neurosweep-%d-%d.tmp%n", &process, &counter, &end) == 2;
  return ours && std::size_t(end) == name.size() ? process : 0;
}

void OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) fail(shown_, reason(errno));
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void OutputFile::commit() {
  const bool flushed = temporary_.empty() || fsync(fd_) == 0;
  const int flush_error = errno;
  const bool closed = close(fd_) == 0;  // closes even where it reports an error, such as a quota on a network disk
  const int close_error = errno;
  fd_ = -1;
  if (!flushed) fail(shown_, reason(flush_error));
  if (!closed) fail(shown_, reason(close_error));
  if (temporary_.empty()) return;
  if (rename(temporary_.c_str(), target_.c_str()) != 0) fail(shown_, reason(errno));
  temporary_.clear();
}

void check_writable(const std::string& path) {
  const Target target = resolve(path);
  if (target.standard_output && fcntl(STDOUT_FILENO, F_GETFD) < 0) fail("standard output", reason(errno));
  if (!target.replaced) return;  // opening a pipe would wait for its reader
  std::string temporary;
  close(create_temporary(path, target.folder, temporary));  // only trying tells: read-only disks, root, access lists
  unlink(temporary.c_str());
}

}  // namespace neurosweep
