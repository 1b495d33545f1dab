#include "cloud/auth/jwt.h"

#include "engine/base/base64.h"

namespace ty::cloud {

Result<Secret> signedJwt(const Json& header, const Json& claims, const Secret& privateKeyPem, RsaPadding padding)
{
    const std::string content = encodeBase64Url(toJsonLine(header)) + "." + encodeBase64Url(toJsonLine(claims));
    TY_TRY(const std::string signature, signRsaSha256(privateKeyPem.reveal(), content, padding));
    return Secret(content + "." + encodeBase64Url(signature));
}

} // namespace ty::cloud
