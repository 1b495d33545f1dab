#include "app/provisioning/open_operations.h"

#include <utility>

#include "app/catalog/operations.h"
#include "cloud/azure/resource.h"
#include "engine/base/folder_lock.h"

namespace ty::app {

namespace {

std::string textOf(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

OpenOperation operationOf(const catalog::OperationRecord& record)
{
    OpenOperation operation;
    operation.id = record.id;
    operation.account = textOf(record.request, "account");
    operation.kind = record.kind;
    operation.machine = record.target;
    operation.group = cloud::azure::groupOfId(textOf(record.request, "machineId"));
    operation.step = record.step;
    operation.steps = record.steps;
    operation.stage = record.stage;
    operation.isUndoing = record.direction == "undo";
    if (const auto request = record.request.find("request"); record.kind == "create" && request != record.request.end()) {
        if (auto read = cloud::fromJson<cloud::MachineRequest>(*request, "the journal")) {
            operation.group = read->group;
            operation.request = std::move(read).value();
        }
    }
    return operation;
}

} // namespace

Result<std::vector<OpenOperation>> readOpenOperations(const catalog::Paths& paths)
{
    TY_TRY(const auto operations, catalog::Operations::open(paths));
    TY_TRY(const auto records, operations->openOnes());
    std::vector<OpenOperation> open;
    for (const catalog::OperationRecord& record : records) {
        if (!FolderLock::isHeld(operationLockFile(operationLockFolder(paths), record.id))) {
            open.push_back(operationOf(record));
        }
    }
    return open;
}

std::string operationLockFolder(const catalog::Paths& paths)
{
    return paths.dataFolder() + "/operations";
}

std::string operationLockFile(const std::string& lockFolder, std::int64_t operation)
{
    return lockFolder + "/operation-" + std::to_string(operation) + ".lock";
}

} // namespace ty::app
