// Files are written whole or not at all, and what cannot be written is said before the work.
#include "host/output/output_file.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

void write_whole(const std::string& path, const std::string& bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

TEST(OutputFile, AppearsAtCommit) {
  const Folder scratch;
  OutputFile file(scratch / "a");
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(std::filesystem::exists(scratch / "a"));
  file.commit();
  EXPECT_EQ(read_file(scratch / "a"), "one two");
  EXPECT_EQ(scratch.files().size(), 1u);
}

TEST(OutputFile, WithoutCommitNothingChanges) {
  const Folder scratch;
  write_file(scratch / "a", "old");
  {
    OutputFile file(scratch / "a");
    file.write("new");
  }
  EXPECT_EQ(read_file(scratch / "a"), "old");
  EXPECT_EQ(scratch.files().size(), 1u);
}

TEST(OutputFile, KeepsPermissionsAndFollowsLinks) {
  const Folder scratch;
  write_file(scratch / "a", "old");
  chmod((scratch / "a").c_str(), 0640);
  ASSERT_EQ(symlink("a", (scratch / "link").c_str()), 0);
  write_whole(scratch / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(scratch / "link"));
  EXPECT_EQ(read_file(scratch / "a"), "new");
  struct stat status {};
  stat((scratch / "a").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST(OutputFile, NewFileHonoursTheUmask) {
  const Folder scratch;
  const mode_t old = umask(027);
  write_whole(scratch / "a", "x");
  umask(old);
  struct stat status {};
  stat((scratch / "a").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST(OutputFile, FullDiskIsAnError) {
  EXPECT_EQ(error_of([] { write_whole("/dev/full", "x"); }), "cannot write \"/dev/full\": No space left on device");
}

// As on a full disk, for a file that has a temporary name.
TEST(OutputFile, AfterAnErrorNothingIsLeftBehind) {
  const Folder scratch;
  write_file(scratch / "a", "old");
  signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{1000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string error = error_of([&] { write_whole(scratch / "a", std::string(5000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(error, "cannot write \"" + (scratch / "a") + "\": File too large");
  EXPECT_EQ(read_file(scratch / "a"), "old");
  EXPECT_EQ(scratch.files().size(), 1u);
}

TEST(OutputFile, ADeviceIsNotReplaced) {
  write_whole("/dev/null", "x");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(CheckWritable, LeavesNothingBehindAndTouchesNothing) {
  const Folder scratch;
  check_writable(scratch / "new.csv");
  EXPECT_EQ(scratch.files().size(), 0u);
  write_file(scratch / "old.csv", "old");
  check_writable(scratch / "old.csv");
  EXPECT_EQ(read_file(scratch / "old.csv"), "old");
  check_writable("-");
  check_writable("/dev/null");
}

TEST(CheckWritable, SaysWhatIsWrong) {
  const Folder scratch;
  write_file(scratch / "file", "x");
  std::filesystem::create_directory(scratch / "folder");
  const std::string& top = scratch.path();
  const auto says = [](const std::string& path) { return error_of([&] { check_writable(path); }); };
  EXPECT_EQ(says(top + "/none/map.csv"),
            "cannot write \"" + top + "/none/map.csv\": folder \"" + top + "/none\": No such file or directory");
  EXPECT_EQ(says(top + "/file/map.csv"),
            "cannot write \"" + top + "/file/map.csv\": folder \"" + top + "/file\": Not a directory");
  EXPECT_EQ(says(top + "/folder"), "cannot write \"" + top + "/folder\": Is a directory");
  EXPECT_EQ(says(top + "/new/"),
            "cannot write \"" + top + "/new/\": folder \"" + top + "/new\": No such file or directory");
  EXPECT_EQ(says(""), "cannot write \"\": the name is empty");
  EXPECT_TRUE(contains(says(top + "/" + std::string(300, 'n')), "File name too long"));
}

TEST(CheckWritable, ReadOnlyFolder) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const Folder scratch;
  std::filesystem::create_directory(scratch / "folder");
  chmod((scratch / "folder").c_str(), 0555);
  EXPECT_TRUE(contains(error_of([&] { check_writable(scratch / "folder/map.csv"); }), "Permission denied"));
}

TEST(CheckWritable, ReadOnlyFile) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const Folder scratch;
  write_file(scratch / "map.csv", "x");
  chmod((scratch / "map.csv").c_str(), 0444);
  EXPECT_TRUE(contains(error_of([&] { check_writable(scratch / "map.csv"); }), "Permission denied"));
}

}  // namespace
}  // namespace neurosweep::test
