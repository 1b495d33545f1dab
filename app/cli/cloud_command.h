#pragma once

#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/cli/output.h"
#include "app/provisioning/account.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What `trainyard cloud ...` was asked to do.
struct CloudRequest {
    std::string action; ///< "accounts", "login", "logout", "regions", "sizes", "quota", "budget"
    app::Account account;
    std::string region;
    std::string size; ///< of "prices": a part of the name; empty: all
    bool hasGpu = false;
    std::string machine;  ///< of "budget"; empty: of the month
    std::string amount;   ///< of "budget": a number, or "none"; empty: only shown
    OutputForm form = OutputForm::Text;
};

/// Adds `cloud` and its verbs; `command` becomes "cloud" when one of them was typed.
void addCloud(CLI::App& app, CloudRequest& request, std::string& command);

/// Accounts, and what an account may use. Result: the exit code.
Result<int> cloudCommand(catalog::Catalog& catalog, const CloudRequest& request);

} // namespace ty::cli
