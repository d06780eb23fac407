#include "host/output/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "host/output/text.hpp"

namespace neurosweep::output {
namespace {

constexpr const char* script_name = "script";
constexpr const char* messages_name = "messages";
constexpr const char* picture_name = "picture";

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "neurosweep-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error(fmt::format("cannot create the folder \"{}\": {}", name, std::strerror(errno)));
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path() const { return path_.string(); }

  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream file(path_ / name, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file)
      throw std::runtime_error(fmt::format("cannot write \"{}\": {}", (path_ / name).string(), std::strerror(errno)));
  }
  std::string read(const std::string& name) const {  // empty if there is no such file
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  std::filesystem::path path_;
};

// Starts gnuplot in `folder` without a shell. -d: the user's own start-up files stay out of it.
pid_t start(const std::string& folder) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, messages_name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::string program = "gnuplot", option = "-d", script = script_name;
  char* const arguments[] = {program.data(), option.data(), script.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, "gnuplot", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) {
    throw std::runtime_error("gnuplot was not found; pictures need it: install the Debian package gnuplot-nox");
  }
  if (error != 0) throw std::runtime_error(fmt::format("cannot start gnuplot: {}", std::strerror(error)));
  return child;
}

// Waits for gnuplot; its own words go into the error.
void finish(pid_t child, const TemporaryFolder& folder) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error(fmt::format("cannot wait for gnuplot: {}", std::strerror(errno)));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  constexpr std::size_t enough = 600;
  std::string words = one_line(folder.read(messages_name).substr(0, enough));
  words.erase(0, words.find_first_not_of(' '));
  if (WIFSIGNALED(status)) words = fmt::format("killed by signal {}. {}", WTERMSIG(status), words);
  throw std::runtime_error(fmt::format("gnuplot failed: {}", words));
}

}  // namespace

std::string run_gnuplot(const std::string& script, const std::vector<DataFile>& data) {
  const TemporaryFolder folder;
  for (const DataFile& file : data) folder.write(file.name, file.bytes);
  folder.write(script_name, fmt::format("set output '{}'\n{}\nset output\n", picture_name, script));
  finish(start(folder.path()), folder);
  std::string picture = folder.read(picture_name);
  if (picture.empty()) throw std::runtime_error("gnuplot wrote no picture: " + one_line(folder.read(messages_name)));
  return picture;
}

void require_gnuplot(std::string_view terminal) {
  const TemporaryFolder folder;
  folder.write(script_name, fmt::format("set terminal {}\n", terminal));
  finish(start(folder.path()), folder);
}

std::string gnuplot_string(std::string_view text) {
  std::string string = "'";
  for (char c : one_line(text)) string += c == '\'' ? "''" : std::string(1, c);
  return string + "'";
}

}  // namespace neurosweep::output
