#include "cloud/sandbox/cloud_config.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

struct BootFile {
    std::string path;
    std::string permissions = "0644";
    std::string encoding;
    std::string content;
};

/// Nothing that a shell could take for something else.
bool isPlain(const std::string& text)
{
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '/' || c == '.' || c == '-' || c == '_' || c == '+' || c == '=';
    });
}

std::string trimmed(std::string text)
{
    const char* kBlank = " \t\r'\"";
    text.erase(0, std::min(text.find_first_not_of(kBlank), text.size()));
    text.erase(text.find_last_not_of(kBlank) + 1);
    return text;
}

void append(std::string& script, const BootFile& file)
{
    const bool isGood = file.encoding == "b64" && file.path.starts_with("/") && file.path.find("..") == std::string::npos
        && isPlain(file.path) && isPlain(file.permissions) && isPlain(file.content);
    if (isGood) {
        script += fmt::format(
            "f=\"$HOME/{}{}\"\nmkdir -p \"$(dirname \"$f\")\"\necho {} | base64 -d >\"$f\"\nchmod {} \"$f\"\n", kMachineRoot,
            file.path, file.content, file.permissions);
    }
}

} // namespace

std::string bootScriptOf(const std::string& userData)
{
    if (userData.starts_with("#!")) {
        return userData;
    }
    if (!userData.starts_with("#cloud-config")) {
        return {};
    }
    std::string script = fmt::format(
        "#!/bin/sh\nset -eu\nmkdir -p \"$HOME/{0}\"\nfor d in proc dev; do ln -sfn \"/$d\" \"$HOME/{0}/$d\"; done\n", kMachineRoot);
    std::istringstream lines(userData);
    BootFile file;
    bool isInFiles = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.front() != ' ' && line.front() != '-') {
            append(script, file);
            file = {};
            isInFiles = line.starts_with("write_files:");
            continue;
        }
        const auto colon = line.find(':');
        if (!isInFiles || colon == std::string::npos) {
            continue;
        }
        const std::string value = trimmed(line.substr(colon + 1));
        if (line.starts_with("- path:")) {
            append(script, file);
            file = {};
            file.path = value;
        } else if (line.find("permissions:") != std::string::npos) {
            file.permissions = value;
        } else if (line.find("encoding:") != std::string::npos) {
            file.encoding = value;
        } else if (line.find("content:") != std::string::npos) {
            file.content = value;
        }
    }
    append(script, file);
    return script;
}

} // namespace ty::sandbox
