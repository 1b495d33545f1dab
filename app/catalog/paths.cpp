#include "app/catalog/paths.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <sys/stat.h>

#include "engine/base/files.h"

namespace ty::catalog {

namespace {

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

/// The XDG specification ignores relative paths.
std::string xdgFolder(const char* variable, const std::string& home, const char* fallback)
{
    const std::string value = environment(variable);
    const bool isUsable = !value.empty() && value.front() == '/';
    return (isUsable ? value : home + fallback) + "/trainyard";
}

} // namespace

Result<Paths> Paths::fromEnvironment(const std::string& dataDir)
{
    const std::string root = dataDir.empty() ? environment("TRAINYARD_HOME") : dataDir;
    if (!root.empty()) {
        std::error_code code;
        const auto absolute = std::filesystem::absolute(root, code);
        return below(code ? root : absolute.lexically_normal().string());
    }
    const std::string home = environment("HOME");
    if (home.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            "no folder for Trainyard's files: HOME is not set",
            "Set HOME or TRAINYARD_HOME, or give --data-dir FOLDER."};
    }
    Paths paths;
    paths.m_data = xdgFolder("XDG_DATA_HOME", home, "/.local/share");
    paths.m_config = xdgFolder("XDG_CONFIG_HOME", home, "/.config");
    paths.m_cache = xdgFolder("XDG_CACHE_HOME", home, "/.cache");
    paths.m_state = xdgFolder("XDG_STATE_HOME", home, "/.local/state");
    return paths;
}

Paths Paths::below(const std::string& root)
{
    Paths paths;
    paths.m_data = root;
    while (paths.m_data.size() > 1 && paths.m_data.back() == '/') {
        paths.m_data.pop_back();
    }
    paths.m_config = paths.m_data + "/config";
    paths.m_cache = paths.m_data + "/cache";
    paths.m_state = paths.m_data + "/state";
    return paths;
}

Result<void> Paths::ensure() const
{
    for (const std::string& folder : {m_data, m_config, m_cache, m_state, runsFolder(), modelsFolder()}) {
        const bool isNew = !isFolder(folder);
        if (auto made = makeFolders(folder); !made) {
            Error error = std::move(made).error();
            error.advice = "Check that you may write there, or choose another folder with --data-dir.";
            return error;
        }
        if (isNew && ::chmod(folder.c_str(), 0700) != 0) {
            return errnoError(errno, "cannot protect", folder);
        }
    }
    return {};
}

} // namespace ty::catalog
