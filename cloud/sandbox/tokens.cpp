#include "cloud/sandbox/tokens.h"

#include <utility>

namespace ty::sandbox {

namespace {

constexpr char kGooglePrefix[] = "ya29.";

std::int64_t secondsOf(TimePoint time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

} // namespace

Result<Jwt> parseJwt(const std::string& token)
{
    const Error malformed{ErrorKind::InvalidInput, "this is no signed JSON web token", ""};
    const auto parts = splitText(token, '.');
    if (parts.size() != 3) {
        return malformed;
    }
    const auto header = decodeBase64Url(parts[0]);
    const auto claims = decodeBase64Url(parts[1]);
    const auto signature = decodeBase64Url(parts[2]);
    if (!header || !claims || !signature) {
        return malformed;
    }
    TY_TRY(Json headerJson, parseJson(*header, "the token's header"));
    TY_TRY(Json claimsJson, parseJson(*claims, "the token's claims"));
    if (!headerJson.is_object() || !claimsJson.is_object()) {
        return malformed;
    }
    return Jwt{std::move(headerJson), std::move(claimsJson), parts[0] + "." + parts[1], *signature};
}

std::string makeJwt(const Json& claims, const RsaKey& key, const std::string& keyId)
{
    const Json header{{"typ", "JWT"}, {"alg", "RS256"}, {"kid", keyId}};
    const std::string text = base64Url(header.dump()) + "." + base64Url(claims.dump());
    return text + "." + base64Url(key.sign(text));
}

Tokens::Tokens(RsaKey key, const Clock& clock, std::chrono::seconds lifetime)
    : m_key(std::move(key))
    , m_keyId(base64Url(sha256(m_key.publicPem())).substr(0, 27))
    , m_clock(clock)
    , m_lifetime(lifetime)
{
}

std::string Tokens::issue(Json claims, const std::string& use, std::chrono::seconds lifetime) const
{
    const auto now = secondsOf(m_clock.now());
    claims["iat"] = now;
    claims["nbf"] = now;
    claims["exp"] = now + lifetime.count();
    claims["use"] = use;
    return makeJwt(claims, m_key, m_keyId);
}

PresentedToken Tokens::presented(const Request& request) const
{
    const auto field = request.header("Authorization");
    if (!field || !equalFold(field->substr(0, 7), "Bearer ")) {
        return {};
    }
    return check(field->substr(7), "access");
}

PresentedToken Tokens::check(const std::string& token, const std::string& use) const
{
    const bool isGoogle = token.starts_with(kGooglePrefix);
    auto jwt = parseJwt(isGoogle ? token.substr(sizeof kGooglePrefix - 1) : token);
    if (!jwt || jwt->claims.value("use", "") != use || !m_key.verify(jwt->signedText, jwt->signature)) {
        return {TokenState::Malformed, Json::object()};
    }
    const bool isExpired = jwt->claims.value("exp", std::int64_t{0}) <= secondsOf(m_clock.now());
    return {isExpired ? TokenState::Expired : TokenState::Good, std::move(jwt->claims)};
}

Json Tokens::keySet() const
{
    return {{"keys",
             {{{"kty", "RSA"},
               {"use", "sig"},
               {"kid", m_keyId},
               {"alg", "RS256"},
               {"n", base64Url(m_key.modulus())},
               {"e", base64Url(m_key.exponent())}}}}};
}

} // namespace ty::sandbox
