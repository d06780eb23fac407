#include "host/store/range_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace neurosweep {

RangeLock::RangeLock(const std::string& path) : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (fd_ < 0) throw std::runtime_error(fmt::format("cannot write \"{}\": {}", path, std::strerror(errno)));
}

RangeLock::~RangeLock() { close(fd_); }

bool RangeLock::try_exclusive(std::uint64_t byte) { return set(byte, F_WRLCK, false); }
bool RangeLock::share(std::uint64_t byte) { return set(byte, F_RDLCK, false); }
void RangeLock::exclusive(std::uint64_t byte) { set(byte, F_WRLCK, true); }
void RangeLock::release(std::uint64_t byte) { set(byte, F_UNLCK, false); }

bool RangeLock::set(std::uint64_t byte, int type, bool wait) {
  struct flock range = {};
  range.l_type = short(type), range.l_whence = SEEK_SET;
  range.l_start = off_t(byte), range.l_len = 1;
  int code;
  do code = fcntl(fd_, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
  while (code != 0 && errno == EINTR);
  if (code == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  works_ = false;                                            // ENOLCK, EINVAL, ...: no locks here, so nobody holds one
  return true;
}

}  // namespace neurosweep
