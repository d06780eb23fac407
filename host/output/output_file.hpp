// A file that is written whole or not at all.
#pragma once
#include <string>
#include <string_view>

namespace neurosweep {

// Bytes go to a temporary file in the folder of `path`, or in another one of the same file system; commit() gives it the
// name. Without commit(), or after an
// error, nothing is left behind and a file that was there before is untouched. "-" is standard output; a device or a
// pipe
// (/dev/stdout, a FIFO) cannot be replaced and is written to directly. A symbolic link is followed.
// Every member throws std::runtime_error that names the path and the system's reason.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path, const std::string& temporary_folder = "");
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // The number of the process that a temporary file of this name belongs to; 0 if it is none.
  static int process_of(const std::string& name);

  void write(std::string_view bytes);
  void commit();  // once, at the end: flush to the disk, close, rename

 private:
  std::string shown_;               // the path as the user wrote it
  std::string target_, temporary_;  // temporary_ is empty where the target is written directly
  int fd_ = -1;
};

// Throws what OutputFile would throw, before hours of computing: no such folder, no permission, a folder of that name,
// a file that cannot be replaced. Leaves no file behind, and does not touch one that is there.
void check_writable(const std::string& path);

}  // namespace neurosweep
