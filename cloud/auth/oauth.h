#pragma once

#include <initializer_list>
#include <string>

#include "cloud/auth/token_source.h"
#include "cloud/http/message.h"
#include "cloud/http/url.h"

namespace ty::cloud {

/// A POST of a form to a sign-in endpoint. Asking twice does no harm, so it may be repeated.
HttpRequest formPost(const std::string& url, const Query& form);

/// What a sign-in endpoint says instead of a token.
struct OAuthRefusal {
    std::string error;       ///< "invalid_client", "authorization_pending": the word to decide by
    std::string description; ///< first line, for people
};

/// Empty when the answer holds no such word.
OAuthRefusal refusalOf(const HttpResponse& answer);

/// A token and, from some endpoints, what renews it without the person.
struct TokenAnswer {
    AccessToken token;
    Secret refreshToken;
};

/// Reads an answer of a token endpoint; numbers may come as text. Errors: NotSignedIn with the endpoint's own word and
/// sentence, from which `secrets` are taken out; Network when the answer makes no sense. `who` begins the message.
Result<TokenAnswer> readTokenAnswer(
    const HttpResponse& answer, WallTime now, const std::string& who, std::initializer_list<const Secret*> secrets);

/// `text` with every occurrence of the secrets replaced.
std::string withoutSecrets(std::string text, std::initializer_list<const Secret*> secrets);

} // namespace ty::cloud
