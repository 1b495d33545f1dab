#include "cloud/gcp/compute_operation.h"

#include "cloud/model/fields.h"

namespace ty::cloud::gcp {

Result<ComputeOperation> parseOperation(const Json& json)
{
    if (!json.is_object()) {
        return Error{ErrorKind::InvalidInput, "operation: an object was expected", {}};
    }
    ComputeOperation operation;
    std::optional<std::int64_t> httpStatus;
    FieldReader f(json, "operation");
    f("name", operation.name);
    f("operationType", operation.operationType);
    f("status", operation.status);
    f("selfLink", operation.selfLink);
    f("zone", operation.zone);
    f("region", operation.region);
    f("targetLink", operation.targetLink);
    f("targetId", operation.targetId);
    f("insertTime", operation.insertTime);
    f("endTime", operation.endTime);
    f("progress", operation.progress);
    f("httpErrorStatusCode", httpStatus);
    if (f.error()) {
        return *f.error();
    }
    if (operation.name.empty() && operation.status.empty()) {
        return Error{ErrorKind::InvalidInput, "operation: neither name nor status", {}};
    }
    const auto error = json.find("error");
    if (error != json.end() && error->is_object()) {
        operation.failure = parseCloudError(*error, static_cast<int>(httpStatus.value_or(200)));
    }
    return operation;
}

} // namespace ty::cloud::gcp
