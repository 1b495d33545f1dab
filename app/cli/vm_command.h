#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/cli/output.h"
#include "cloud/provision/machine_request.h"

namespace ty::cli {

/// What `trainyard vm ...` was asked to do.
struct VmRequest {
    std::string action; ///< "list", "create", "start" ...
    std::string account = "sandbox";
    std::string name;
    cloud::MachineRequest machine; ///< of "create"
    std::string size;              ///< of "resize"
    std::string image;             ///< of "capture"
    std::string period = "1h";     ///< of "metrics"
    bool isCsv = false;            ///< of "metrics"
    cloud::TextMap tags;           ///< of "tag": to be set
    std::vector<std::string> untagged; ///< of "tag": names to be taken away
    bool isSourceDeleted = false;  ///< of "capture"
    bool isConfigWritten = false;  ///< of "ssh-config"
    std::vector<std::string> command; ///< of "ssh"
    bool isAgreed = false;         ///< --yes: no question
    bool mayAnyoneKnock = false;
    bool isDryRun = false;
    std::string currency = "USD";
    OutputForm form = OutputForm::Text;
};

/// Machines of a cloud account, by the same journal as the window's. Result: the exit code.
Result<int> vmCommand(catalog::Catalog& catalog, const VmRequest& request);

} // namespace ty::cli
