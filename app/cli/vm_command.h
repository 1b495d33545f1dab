#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/cli/account_session.h"
#include "app/provisioning/capture_order.h"
#include "cloud/provision/azure_shutdown.h"
#include "cloud/provision/machine_request.h"

namespace ty::cli {

/// What `trainyard vm ...` was asked to do.
struct VmRequest : AccountOptions {
    std::string action; ///< "list", "create", "start" ...
    std::string name;
    cloud::MachineRequest machine; ///< of "create"
    std::string size;              ///< of "resize"
    std::string image;             ///< of "capture"; so are the next two
    std::string gallery = app::kStandardGallery;
    std::string version;           ///< empty: the next one
    std::string period = "1h";     ///< of "metrics"
    bool isCsv = false;            ///< of "metrics"
    cloud::DailyShutdown shutdown; ///< of "auto-shutdown"
    bool isShutdownOff = false;    ///< the same
    cloud::TextMap tags;           ///< of "tag": to be set
    std::vector<std::string> untagged; ///< of "tag": names to be taken away
    bool isSourceDeleted = false;  ///< of "capture"
    bool isSpecialized = false;    ///< of "capture": the machine as it is
    bool isConfigWritten = false;  ///< of "ssh-config"
    int hours = 1;                 ///< of "keep"
    std::vector<std::string> command; ///< of "ssh"
    std::vector<std::string> names; ///< of "clean"
    std::vector<std::string> confirmed; ///< --confirm: names of what may hold data
    bool isAll = false;            ///< of "clean": all that holds no data
    bool isAgreed = false;         ///< --yes: no question
    bool mayAnyoneKnock = false;
    bool isDryRun = false;
    bool mayExceedBudget = false;  ///< of "create"
    std::string currency = "USD";
};

/// Machines of a cloud account, by the same journal as the window's. Result: the exit code.
Result<int> vmCommand(catalog::Catalog& catalog, const VmRequest& request);

} // namespace ty::cli
