#include "tests/layering/include_rules.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>
#include <string_view>

namespace ty::layering {

namespace {

using Names = std::vector<std::string>;

/// A folder and the folders of ours that it may know besides itself. A longer path wins over a shorter one.
struct FolderRule {
    std::string folder;
    Names mayKnow;
    Names publicHeaders = {}; ///< if any: others may include these alone
};

const std::vector<FolderRule>& folderRules()
{
    static const std::vector<FolderRule> rules{
        {"engine/base", {}},
        {"engine/tensor", {"engine/base"}},
        {"engine/graph", {"engine/tensor", "engine/base"}},
        {"engine/nn", {"engine/graph", "engine/tensor", "engine/base"}},
        {"engine/backends/cpu",
         {"engine/nn", "engine/graph", "engine/tensor", "engine/base"},
         {"engine/backends/cpu/cpu_backend.h"}},
        {"engine/data", {"engine/tensor", "engine/base"}},
        {"engine/hdf5", {"engine/base"}}, // a program of its own
        {"engine/specs", {"engine/base"}},
        {"engine/trees", {"engine/base"}},
        {"engine/kernels", {"engine/base"}},
        {"engine/linear", {"engine/kernels", "engine/base"}},
        {"engine/groups", {"engine/kernels", "engine/base"}},
        {"engine/embedding", {"engine/groups", "engine/linear", "engine/kernels", "engine/base"}},
        {"engine/sequences", {"engine/base"}},
        {"engine/exchange",
         {"engine/nn", "engine/graph", "engine/trees", "engine/kernels", "engine/linear", "engine/data", "engine/tensor", "engine/base"}},
        {"engine/train",
         {"engine/nn", "engine/graph", "engine/data", "engine/exchange", "engine/tensor", "engine/base"}},
        {"engine/learn",
         {"engine/train", "engine/exchange", "engine/data", "engine/backends/cpu", "engine/nn", "engine/graph",
          "engine/trees", "engine/kernels", "engine/linear", "engine/groups", "engine/tensor", "engine/base"}},
        {"engine/validation", {"engine/learn", "engine/train", "engine/data", "engine/base"}},
        {"engine/tuning", {"engine/validation", "engine/learn", "engine/train", "engine/data", "engine/base"}},
        {"engine/explain", {"engine/learn", "engine/train", "engine/data", "engine/base"}},
        {"engine/bench",
         {"engine/data", "engine/nn", "engine/graph", "engine/trees", "engine/kernels", "engine/linear", "engine/groups",
          "engine/tensor", "engine/base"}},
        {"cloud", {"engine/base"}},
        {"cloud/sandbox", {"engine/base"}}, // judged by others' clients: it must not share code with ours
        {"widgets", {}},
        {"app/catalog", {"engine/base"}},
        {"app/runner", {"engine", "cloud", "app/streaming"}},
        {"app/sandbox", {"engine/base", "cloud/sandbox"}},
        {"app/cli", {"engine", "cloud", "app/catalog", "app/provisioning", "app/stores", "app/streaming"}},
        {"app/provisioning", {"engine/base", "cloud", "app/catalog"}},
        {"app/stores", {"engine/base", "cloud", "app/catalog"}},
        {"app/streaming", {"engine/base", "engine/data", "cloud"}},
        {"app", {"engine", "cloud", "widgets"}},
    };
    return rules;
}

/// Headers that are not ours and not the system's: where they may stand.
struct LibraryRule {
    enum class Place { Sources, PrivateHeaders, Anywhere };
    std::string prefix; ///< of what stands between the angle brackets
    Names folders;      ///< empty: everywhere
    Place place = Place::Sources;
};

const std::vector<LibraryRule>& libraryRules()
{
    static const std::vector<LibraryRule> rules{
        {"fmt/", {}, LibraryRule::Place::Anywhere},
        {"nlohmann/", {}, LibraryRule::Place::Anywhere},
        // Primitives are members of the backend's own classes; its one public header shows none of them.
        {"oneapi/dnnl/", {"engine/backends/cpu"}, LibraryRule::Place::PrivateHeaders},
        {"omp.h", {"engine/backends/cpu"}},
        {"onnx/", {"engine/exchange"}},
        {"google/protobuf/", {"engine/exchange"}},
        {"png.h", {"engine/data"}},
        {"sndfile.h", {"engine/data"}},
        {"hdf5.h", {"engine/hdf5"}},
        {"samplerate.h", {"engine/data"}},
        {"turbojpeg.h", {"engine/data"}},
        {"zlib.h", {"engine/data"}},
        {"gmpxx.h", {"engine/specs"}},
        {"openssl/", {"engine/data", "cloud"}}, // SHA-256 of datasets; request signing
        {"curl/", {"cloud/http"}},
        {"libsecret/", {"cloud/secrets"}},
        {"libssh/", {"cloud/ssh"}},
        {"sqlite3.h", {"app/catalog", "engine/data"}}, // the catalog; tables of others
        {"archive.h", {"engine/data"}},
        {"archive_entry.h", {"engine/data"}},
        {"httplib.h", {"cloud/sandbox"}},
        {"CLI/", {"app/runner", "app/cli", "app/sandbox"}},
        {"spdlog/", {"app", "cloud"}},
        {"xcb/", {"widgets"}}, // dragging out of the window, which Qt does not do
    };
    return rules;
}

/// C and POSIX headers in use; C++ ones have no suffix and no capital letter.
const Names& systemHeaders()
{
    static const Names headers{
        "arpa/",      "cpuid.h",    "dirent.h",  "dlfcn.h", "emmintrin.h", "errno.h",  "fcntl.h",  "immintrin.h", "linux/",
        "limits.h",   "malloc.h",   "netdb.h",   "netinet/", "poll.h",  "pthread.h", "pwd.h",      "sched.h",
        "signal.h",   "spawn.h",    "stdint.h",  "stdio.h", "stdlib.h", "string.h", "sys/",        "termios.h",
        "time.h",     "unistd.h"};
    return headers;
}

bool isInFolder(const std::string& path, const std::string& folder)
{
    return path.starts_with(folder + "/");
}

bool contains(const Names& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isInAny(const std::string& path, const Names& folders)
{
    return std::any_of(folders.begin(), folders.end(), [&](const auto& folder) { return isInFolder(path, folder); });
}

const FolderRule* ruleOf(const std::string& path)
{
    const FolderRule* best = nullptr;
    for (const auto& rule : folderRules()) {
        if (isInFolder(path, rule.folder) && (best == nullptr || rule.folder.size() > best->folder.size())) {
            best = &rule;
        }
    }
    return best;
}

/// Folders that may show Qt; the rest builds on machines without it.
bool mayUseQt(const std::string& file)
{
    return isInFolder(file, "widgets") || (isInFolder(file, "app") && !isInAny(file, {"app/catalog", "app/runner", "app/sandbox", "app/cli"}));
}

bool isQtHeader(const std::string& header)
{
    return header.size() > 1 && header[0] == 'Q' && std::isupper(static_cast<unsigned char>(header[1])) != 0
        ? true
        : header.starts_with("Qt");
}

bool isStandardHeader(const std::string& header)
{
    const bool isCpp = std::all_of(
        header.begin(), header.end(), [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_'; });
    const auto& system = systemHeaders();
    return isCpp || std::any_of(system.begin(), system.end(), [&](const std::string& entry) {
        return entry.ends_with('/') ? header.starts_with(entry) : header == entry;
    });
}

bool isGenerated(const std::string& header)
{
    return header.ends_with(".moc") || header.starts_with("moc_") || header.starts_with("ui_");
}

std::optional<std::string> ownHeaderProblem(const std::string& file, const std::string& header)
{
    if (isGenerated(header)) {
        return std::nullopt;
    }
    const auto* from = ruleOf(file);
    const auto* to = ruleOf(header);
    if (to == nullptr) {
        return "is not written from the repository's root, or lies in no folder of the table";
    }
    if (from == to || from == nullptr) {
        return std::nullopt;
    }
    if (!to->publicHeaders.empty() && !contains(to->publicHeaders, header)) {
        return "is private to " + to->folder;
    }
    // The command line of the window, and the pages, sit on the parts of app that stand alone.
    const bool isWithinApp = from->folder == "app" && isInFolder(header, "app");
    if (isWithinApp || isInAny(header, from->mayKnow)) {
        return std::nullopt;
    }
    return from->folder + " may not know " + to->folder;
}

std::optional<std::string> placeProblem(const std::string& file, LibraryRule::Place place)
{
    if (place == LibraryRule::Place::Anywhere || file.ends_with(".cpp")) {
        return std::nullopt;
    }
    if (place == LibraryRule::Place::Sources) {
        return "a library stays inside .cpp files";
    }
    const auto* folder = ruleOf(file);
    const bool isPrivate = folder != nullptr && !folder->publicHeaders.empty() && !contains(folder->publicHeaders, file);
    return isPrivate ? std::nullopt : std::optional<std::string>("a library stays out of public headers");
}

std::optional<std::string> libraryProblem(const std::string& file, const std::string& header)
{
    if (isQtHeader(header)) {
        return mayUseQt(file) ? std::nullopt : std::optional<std::string>("Qt belongs to widgets and the window alone");
    }
    for (const auto& rule : libraryRules()) {
        const bool isIt = rule.prefix.ends_with('/') ? header.starts_with(rule.prefix) : header == rule.prefix;
        if (!isIt) {
            continue;
        }
        if (!rule.folders.empty() && !isInAny(file, rule.folders)) {
            return "belongs to " + rule.folders.front() + " alone";
        }
        return placeProblem(file, rule.place);
    }
    return isStandardHeader(header) ? std::nullopt : std::optional<std::string>("unknown header: give it a row in the table");
}

/// "<vector>" or "\"engine/base/result.h\"" of an #include line; nothing for other lines.
std::optional<std::string> includeOf(std::string_view line)
{
    const auto skipBlanks = [&] {
        const auto begin = line.find_first_not_of(" \t");
        line = begin == std::string_view::npos ? std::string_view() : line.substr(begin);
    };
    skipBlanks();
    if (!line.starts_with('#')) {
        return std::nullopt;
    }
    line.remove_prefix(1);
    skipBlanks();
    if (!line.starts_with("include")) {
        return std::nullopt;
    }
    line.remove_prefix(std::string_view("include").size());
    skipBlanks();
    if (line.empty() || (line.front() != '<' && line.front() != '"')) {
        return std::nullopt;
    }
    const auto end = line.find(line.front() == '<' ? '>' : '"', 1);
    return end == std::string_view::npos ? std::nullopt : std::optional<std::string>(std::string(line.substr(0, end + 1)));
}

} // namespace

std::string Violation::text() const
{
    return file + ":" + std::to_string(line) + ": " + include + ": " + reason;
}

std::vector<Violation> checkIncludes(const std::string& file, const std::string& content)
{
    std::vector<Violation> violations;
    std::istringstream lines(content);
    std::string line;
    bool isInComment = false;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (isInComment) {
            isInComment = line.find("*/") == std::string::npos;
            continue;
        }
        const auto include = includeOf(line);
        if (!include) {
            const auto opened = line.find("/*");
            isInComment = opened != std::string::npos && line.find("*/", opened) == std::string::npos
                && line.find("//") > opened && line.find('"') > opened;
            continue;
        }
        const auto header = include->substr(1, include->size() - 2);
        const auto problem =
            include->front() == '"' ? ownHeaderProblem(file, header) : libraryProblem(file, header);
        if (problem) {
            violations.push_back({file, number, *include, *problem});
        }
    }
    return violations;
}

} // namespace ty::layering
