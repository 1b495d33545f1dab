#include "app/services/runner_error.h"

#include "engine/base/json.h"

namespace ty::app {

Error runnerError(const std::string& standardOutput, const std::string& standardError)
{
    const auto begin = standardOutput.rfind("{\"error\"");
    if (begin != std::string::npos) {
        const auto json = parseJson(standardOutput.substr(begin), "trainyard-run");
        if (json && (*json)["error"].is_object()) {
            const auto& error = (*json)["error"];
            const auto text = [&](const char* key) {
                return jsonFieldOr<std::string>(error, key, {}, "error").valueOr({});
            };
            return {errorKindFromName(text("kind")), text("message"), text("advice")};
        }
    }
    if (!standardError.empty()) {
        return {ErrorKind::Internal, standardError, {}};
    }
    return {ErrorKind::Internal, "trainyard-run ended without a word", "It may have run out of memory."};
}

} // namespace ty::app
