#include <algorithm>
#include <cctype>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "cloud/auth/azure_sources.h"
#include "cloud/auth/process.h"
#include "engine/base/json.h"

namespace ty::cloud {

namespace {

/// On some systems "az" is a script that hands its words to a shell.
bool isShellSafe(const std::string& word)
{
    return std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("-_.:/").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

/// "2026-11-21 13:05:11.000000" in local time, as old releases of the CLI tell it.
std::optional<WallTime> localTime(const std::string& text)
{
    std::tm fields{};
    if (std::sscanf(
            text.c_str(), "%d-%d-%d%*c%d:%d:%d", &fields.tm_year, &fields.tm_mon, &fields.tm_mday, &fields.tm_hour,
            &fields.tm_min, &fields.tm_sec)
        != 6) {
        return std::nullopt;
    }
    fields.tm_year -= 1900;
    fields.tm_mon -= 1;
    fields.tm_isdst = -1;
    const std::time_t seconds = std::mktime(&fields);
    return seconds < 0 ? std::nullopt : std::optional(std::chrono::system_clock::from_time_t(seconds));
}

/// The first line that says something, without the word ERROR before it.
std::string firstLine(std::string text)
{
    const auto start = text.find_first_not_of(" \r\n\t");
    text.erase(0, start == std::string::npos ? text.size() : start);
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    return text.starts_with("ERROR: ") ? text.substr(7) : text;
}

} // namespace

AzureCli::AzureCli(Options options)
    : m_options(std::move(options))
{
}

Result<AccessToken> AzureCli::fetch(const TokenRequest& request, std::stop_token stop)
{
    const std::string who = "Azure CLI";
    for (const std::string& word : {request.scope, m_options.tenant, m_options.subscription}) {
        if (!isShellSafe(word)) {
            return Error{ErrorKind::InvalidInput, who + ": tenant, subscription or scope has a character that is not allowed", {}};
        }
    }
    std::vector<std::string> words{"account", "get-access-token", "--output", "json", "--scope", request.scope};
    if (!m_options.tenant.empty()) {
        words.insert(words.end(), {"--tenant", m_options.tenant});
    }
    if (!m_options.subscription.empty()) {
        words.insert(words.end(), {"--subscription", m_options.subscription});
    }
    Result<ProgramOutput> output = runProgram(m_options.program, words, m_options.timeout, std::move(stop));
    if (!output) {
        if (output.error().kind == ErrorKind::NotFound) {
            return Error{ErrorKind::NotSignedIn, who + ": the program \"" + m_options.program + "\" was not found", "Install the Azure CLI, or sign in another way."};
        }
        return std::move(output).error();
    }
    const auto body = parseJson(output->standardOutput, who);
    if (output->exitCode != 0 || !body || !body->is_object()) {
        // What is no JSON may be a token all the same: only the error channel is shown.
        const std::string said = firstLine(output->standardError);
        return Error{ErrorKind::NotSignedIn, who + ": " + (said.empty() ? "gave no token" : said), "Run \"az login\" in a terminal."};
    }
    AccessToken token;
    TY_TRY(const std::string text, jsonField<std::string>(*body, "accessToken", who));
    token.token = Secret(text);
    TY_TRY(const std::int64_t epoch, jsonFieldOr<std::int64_t>(*body, "expires_on", 0, who));
    constexpr std::int64_t kYear2100 = 4'102'444'800;
    if (epoch > 0 && epoch < kYear2100) {
        token.expiresAt = WallTime(std::chrono::seconds(epoch));
        return token;
    }
    TY_TRY(const std::string local, jsonField<std::string>(*body, "expiresOn", who));
    const auto time = localTime(local);
    if (!time) {
        return Error{ErrorKind::NotSignedIn, who + ": the expiry time of the token cannot be read", "Update the Azure CLI."};
    }
    token.expiresAt = *time;
    return token;
}

} // namespace ty::cloud
