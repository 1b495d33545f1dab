#include "app/provisioning/ssh_config.h"

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "engine/base/files.h"

namespace ty::app {

namespace {

constexpr const char* kBegin = "# trainyard: ";
constexpr const char* kEnd = "# end of ";

/// A path as the configuration wants it: in quotes, and without meaning for its signs.
std::string quoted(const std::string& path)
{
    std::string text = "\"";
    for (const char letter : path) {
        if (letter == '%') {
            text += '%';
        }
        text += letter;
    }
    return text + "\"";
}

/// `text` without our entry of that name.
std::string without(const std::string& text, const std::string& name)
{
    std::istringstream lines(text);
    std::string kept;
    bool isInside = false;
    for (std::string line; std::getline(lines, line);) {
        isInside = isInside || line == kBegin + name;
        if (!isInside) {
            kept += line + "\n";
        }
        isInside = isInside && line != kEnd + name;
    }
    return kept;
}

/// Where a link leads, so that what is written there leaves the link alone.
std::string followed(const std::string& path)
{
    std::error_code trouble;
    const auto real = std::filesystem::canonical(path, trouble);
    return trouble ? path : real.string();
}

Result<void> writePrivately(const std::string& path, const std::string& text)
{
    const std::string real = followed(path);
    const bool isNew = !pathExists(real);
    TY_CHECK(writeFileAtomically(real, text));
    if (isNew) {
        // What others may write, the SSH client refuses to read.
        std::error_code trouble;
        std::filesystem::permissions(
            real, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, trouble);
    }
    return {};
}

Result<std::string> textOrNothing(const std::string& path)
{
    return pathExists(path) ? readFile(path) : Result<std::string>(std::string());
}

} // namespace

std::string sshConfigEntry(const MachineAccess& access)
{
    const cloud::SshTarget& target = access.target;
    std::ostringstream entry;
    entry << kBegin << target.machine << "\n"
          << "Host " << target.machine << "\n"
          << "    HostName " << target.host << "\n"
          << "    Port " << target.port << "\n"
          << "    User " << target.user << "\n"
          << "    IdentityFile " << quoted(target.identityFile) << "\n"
          << "    IdentitiesOnly yes\n"
          << "    UserKnownHostsFile " << quoted(access.knownHostsFile) << "\n"
          << "    GlobalKnownHostsFile /dev/null\n"
          << "    StrictHostKeyChecking yes\n"
          << kEnd << target.machine << "\n";
    return entry.str();
}

std::string sshFolder()
{
    const char* home = std::getenv("HOME");
    return home == nullptr || *home == 0 ? std::string() : std::string(home) + "/.ssh";
}

SshConfig::SshConfig(std::string folder) : m_folder(std::move(folder)) {}

std::string SshConfig::ownFile() const
{
    return m_folder + "/config.d/trainyard.conf";
}

std::string SshConfig::includeLine() const
{
    return "Include config.d/trainyard.conf";
}

Result<bool> SshConfig::isIncluded() const
{
    TY_TRY(const std::string text, textOrNothing(m_folder + "/config"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto begin = line.find_first_not_of(" \t");
        const bool isOurs = begin != std::string::npos && line.compare(begin, 7, "Include") == 0
            && (line.find("config.d/trainyard.conf") != std::string::npos || line.find("config.d/*") != std::string::npos);
        if (isOurs) {
            return true;
        }
    }
    return false;
}

Result<bool> SshConfig::holds(const std::string& entry) const
{
    TY_TRY(const std::string own, textOrNothing(ownFile()));
    TY_TRY(const bool isRead, isIncluded());
    return isRead && own.find(entry) != std::string::npos;
}

Result<void> SshConfig::write(const std::string& name, const std::string& entry) const
{
    std::error_code trouble;
    if (!pathExists(m_folder)) {
        TY_CHECK(makeFolders(m_folder));
        std::filesystem::permissions(m_folder, std::filesystem::perms::owner_all, trouble);
    }
    TY_CHECK(makeFolders(m_folder + "/config.d"));
    TY_TRY(const std::string before, textOrNothing(ownFile()));
    TY_CHECK(writePrivately(ownFile(), without(before, name) + entry));
    TY_TRY(const bool isThere, isIncluded());
    if (isThere) {
        return {};
    }
    TY_TRY(const std::string own, textOrNothing(m_folder + "/config"));
    return writePrivately(m_folder + "/config", includeLine() + "\n" + (own.empty() ? "" : "\n" + own));
}

Result<void> SshConfig::remove(const std::string& name) const
{
    if (!pathExists(ownFile())) {
        return {};
    }
    TY_TRY(const std::string before, readFile(ownFile()));
    const std::string after = without(before, name);
    return after == before ? Result<void>() : writePrivately(ownFile(), after);
}

} // namespace ty::app
