// A file whose bytes stand for things that one process at a time may hold. A process that dies holds nothing.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>

namespace neurosweep {

// Open-file-description locks (fcntl(2), F_OFD_SETLK), which belong to this object, not to threads. Where the file system
// has no locks every lock is granted. All members may be called from any thread.
class RangeLock {
 public:
  explicit RangeLock(const std::string& path);            // created if missing; std::runtime_error if that fails
  ~RangeLock();
  RangeLock(const RangeLock&) = delete;
  RangeLock& operator=(const RangeLock&) = delete;

  bool try_exclusive(std::uint64_t byte);                 // false: another process holds it
  bool share(std::uint64_t byte);                         // the same; many may share. Turns an exclusive one into a shared
  void exclusive(std::uint64_t byte);                     // waits
  void release(std::uint64_t byte);

  bool works() const { return works_; }                   // false: the file system granted a lock that is none

 private:
  bool set(std::uint64_t byte, int type, bool wait);
  int fd_ = -1;
  std::atomic<bool> works_ = true;
};

}  // namespace neurosweep
