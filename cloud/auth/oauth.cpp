#include "cloud/auth/oauth.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "engine/base/json.h"

namespace ty::cloud {

namespace {

/// A number of seconds that may come as text; empty for anything else, and for what no token lives.
std::optional<std::int64_t> secondsIn(const Json& object, const char* key)
{
    constexpr double kMost = 10.0 * 365 * 24 * 3600;
    const auto member = object.find(key);
    if (member == object.end()) {
        return std::nullopt;
    }
    if (member->is_number()) {
        const double seconds = member->get<double>();
        return seconds >= 0 && seconds < kMost ? std::optional(static_cast<std::int64_t>(seconds)) : std::nullopt;
    }
    if (!member->is_string()) {
        return std::nullopt;
    }
    const auto text = member->get<std::string>();
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isWhole = code == std::errc() && end == text.data() + text.size();
    return isWhole && value >= 0 && static_cast<double>(value) < kMost ? std::optional(value) : std::nullopt;
}

std::string textIn(const Json& object, const char* key)
{
    const auto member = object.find(key);
    return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

} // namespace

HttpRequest formPost(const std::string& url, const Query& form)
{
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.headers.add("Accept", "application/json");
    request.body = queryText(form);
    request.isRepeatable = true;
    return request;
}

OAuthRefusal refusalOf(const HttpResponse& answer)
{
    const auto body = parseJson(answer.body, "sign-in answer");
    if (!body || !body->is_object()) {
        return {};
    }
    OAuthRefusal refusal{textIn(*body, "error"), textIn(*body, "error_description")};
    refusal.description.resize(std::min(refusal.description.find_first_of("\r\n"), refusal.description.size()));
    return refusal;
}

Result<TokenAnswer> readTokenAnswer(
    const HttpResponse& answer, WallTime now, const std::string& who, std::initializer_list<const Secret*> secrets)
{
    const auto body = parseJson(answer.body, "sign-in answer");
    const bool isObject = body && body->is_object();
    if (answer.status != 200) {
        const OAuthRefusal refusal = refusalOf(answer);
        if (refusal.error.empty()) {
            return Error{
                answer.status == 400 || answer.status == 401 || answer.status == 403 ? ErrorKind::NotSignedIn
                                                                                      : ErrorKind::Network,
                who + ": the sign-in endpoint answered HTTP " + std::to_string(answer.status),
                {}};
        }
        return Error{
            ErrorKind::NotSignedIn,
            withoutSecrets(
                who + ": " + (refusal.description.empty() ? "refused" : refusal.description) + " (" + refusal.error + ")",
                secrets),
            "Check the account's settings, or sign in again."};
    }
    const std::string token = isObject ? textIn(*body, "access_token") : std::string();
    const auto seconds = isObject ? secondsIn(*body, "expires_in") : std::nullopt;
    if (token.empty() || !seconds) {
        return Error{ErrorKind::Network, who + ": the sign-in endpoint's answer holds no token", {}};
    }
    TokenAnswer result;
    result.token.token = Secret(token);
    result.token.expiresAt = now + std::chrono::seconds(*seconds);
    if (const auto refresh = secondsIn(*body, "refresh_in")) {
        result.token.refreshAt = now + std::chrono::seconds(*refresh);
    }
    result.refreshToken = Secret(textIn(*body, "refresh_token"));
    return result;
}

std::string withoutSecrets(std::string text, std::initializer_list<const Secret*> secrets)
{
    for (const Secret* secret : secrets) {
        if (secret->isEmpty()) {
            continue;
        }
        for (const std::string& form : {secret->reveal(), percentEncode(secret->reveal())}) {
            for (auto at = text.find(form); at != std::string::npos; at = text.find(form, at)) {
                text.replace(at, form.size(), "REDACTED");
            }
        }
    }
    return text;
}

} // namespace ty::cloud
