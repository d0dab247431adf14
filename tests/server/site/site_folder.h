// A folder of a test's own with files written into it, for a site to serve.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/support/scratch_folder.h"

namespace muxlab::test {

class SiteFolder {
 public:
  // Beside it, in outside(), lies what must never be served. Whoever may read it may reach it.
  SiteFolder() {
    std::filesystem::create_directory(path());
    std::filesystem::create_directory(outside());
    permit("..", std::filesystem::perms{0755});
  }

  std::filesystem::path path() const { return scratch_.path() / "site"; }
  std::filesystem::path outside() const { return scratch_.path() / "outside"; }

  void write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
  }
  void link(const std::string& name, const std::string& target) const {
    std::filesystem::create_symlink(target, path() / name);
  }
  void permit(const std::string& name, std::filesystem::perms permissions) const {
    std::filesystem::permissions(path() / name, permissions);
  }
  void remove(const std::string& name) const { std::filesystem::remove_all(path() / name); }

 private:
  ScratchFolder scratch_;
};

}  // namespace muxlab::test
