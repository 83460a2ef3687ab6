#include "lib/data/data_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// The paths that a glob matches, sorted byte by byte in every locale.
std::vector<std::string> Glob(const std::string& pattern) {
  glob_t matched{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matched) == 0) {
    paths.assign(matched.gl_pathv, matched.gl_pathv + matched.gl_pathc);
  }
  ::globfree(&matched);
  std::ranges::sort(paths);
  return paths;
}

/// Walks over names and collects files and complaints.
class FileFinder {
 public:
  FileFinder(std::string key, const std::optional<DirectoryRules>& directories,
             Problems* problems)
      : key_(std::move(key)), directories_(directories), problems_(problems) {}

  void AddName(const std::string& name) {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(name, ignored))) return AddPath(name);
    const std::vector<std::string> matched = Glob(name);
    if (matched.empty()) Refuse(name, "no such file, and no file matches");
    for (const std::string& path : matched) AddPath(path);
  }

  FileList Take() { return std::move(list_); }

 private:
  void Refuse(const fs::path& path, const std::string& what) {
    problems_->Add(key_, path.string() + ": " + what);
  }

  /// Adds what the user asked for by name, or says why it cannot be had.
  void AddPath(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      return Refuse(path, fmt::format("cannot open: {}", std::strerror(errno)));
    }
    if (S_ISDIR(status.st_mode)) return AddDirectory(path);
    if (!S_ISREG(status.st_mode)) return Refuse(path, "is not a regular file");
    if (status.st_size == 0) return Refuse(path, "is empty");
    AddFile(path, status);
  }

  void AddFile(const fs::path& path, const struct stat& status) {
    if (!seen_.insert({status.st_dev, status.st_ino}).second) {
      ++list_.repeated;
      return;
    }
    list_.files.push_back({.path = path, .bytes = status.st_size});
    list_.bytes += status.st_size;
  }

  void AddDirectory(const fs::path& directory) {
    if (!directories_) return Refuse(directory, "is a directory, not a file");
    std::vector<std::string> paths;
    if (!Walk(directory, directory, &paths)) return;
    std::ranges::sort(paths);
    const std::int64_t before = Met();
    for (const std::string& path : paths) AddFound(directory / path);
    if (Met() == before) {
      Refuse(directory, "holds no file to read" + Filter());
    }
  }

  std::int64_t Met() const { return std::ssize(list_.files) + list_.repeated; }

  std::string Filter() const {
    if (directories_->extensions.empty()) return {};
    return fmt::format(" with extension {}",
                       fmt::join(directories_->extensions, ", "));
  }

  /// Collects the paths, relative to `root`, of the files below a directory,
  /// and of what may not be one. Returns false for a folder that cannot be
  /// read, having said so.
  bool Walk(const fs::path& root, const fs::path& directory,
            std::vector<std::string>* paths) {
    std::error_code code;
    std::vector<fs::path> folders;  // read once this one is closed
    for (auto at = fs::directory_iterator(directory, code);
         !code && at != fs::directory_iterator(); at.increment(code)) {
      if (IsFolder(*at)) {
        folders.push_back(at->path());
      } else {
        Meet(*at, root, paths);
      }
    }
    if (code) {
      Refuse(directory, "cannot read the directory: " + code.message());
      return false;
    }
    return std::ranges::all_of(folders, [&](const fs::path& folder) {
      return Walk(root, folder, paths);
    });
  }

  static bool IsHidden(const fs::directory_entry& entry) {
    return entry.path().filename().native().starts_with('.');
  }

  /// Whether it is to be read too: no link, and not hidden.
  static bool IsFolder(const fs::directory_entry& entry) {
    std::error_code ignored;
    return !IsHidden(entry) && !entry.is_symlink(ignored) &&
           entry.is_directory(ignored);
  }

  void Meet(const fs::directory_entry& entry, const fs::path& root,
            std::vector<std::string>* paths) {
    std::error_code unreadable;  // a link that leads nowhere
    if (IsHidden(entry)) {
      ++list_.hidden;
    } else if (entry.is_directory(unreadable)) {  // by a link
      ++list_.irregular;
    } else if (!Wanted(entry.path())) {
      ++list_.unwanted;
    } else {
      paths->push_back(entry.path().lexically_relative(root).native());
    }
  }

  bool Wanted(const fs::path& path) const {
    const auto& extensions = directories_->extensions;
    return extensions.empty() ||
           std::ranges::find(extensions, path.extension().native()) !=
               extensions.end();
  }

  void AddFound(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
      ++list_.irregular;
    } else if (status.st_size == 0) {
      ++list_.empty;
    } else {
      AddFile(path, status);
    }
  }

  std::string key_;
  const std::optional<DirectoryRules>& directories_;
  Problems* problems_;
  std::set<std::pair<dev_t, ino_t>> seen_;  // files, whatever they are called
  FileList list_;
};

}  // namespace

FileList FindFiles(const std::vector<std::string>& names,
                   const std::string& key,
                   const std::optional<DirectoryRules>& directories,
                   Problems* problems) {
  FileFinder finder(key, directories, problems);
  for (const std::string& name : names) finder.AddName(name);
  return finder.Take();
}

MappedFile Map(const DataFile& file, const FileList& list) {
  MappedFile mapped(file.path);
  if (list.bytes > PhysicalMemory() / 2) mapped.ExpectRandomReads();
  return mapped;
}

std::vector<std::string> SkippedNotes(const FileList& list) {
  std::vector<std::string> notes;
  const auto note = [&notes](std::int64_t count, const char* what) {
    if (count > 0) notes.push_back(fmt::format("{} {}", count, what));
  };
  note(list.repeated, "file(s) named more than once were read once");
  note(list.empty, "empty file(s) were passed over");
  note(list.hidden, "hidden file(s) or folder(s) were passed over");
  note(list.unwanted,
       "file(s) without one of data.extensions were passed over");
  note(list.irregular,
       "device(s), socket(s), pipe(s), broken link(s) or link(s) to folders "
       "were passed over");
  return notes;
}

}  // namespace isoflop
