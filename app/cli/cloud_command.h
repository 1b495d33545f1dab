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
    /// "accounts", "login", "logout", "test", "use", "rename", "regions", "sizes", "quota", "prices", "images", "disks", "budget"
    std::string action;
    app::Account account;
    std::string newName; ///< of "rename"
    std::string region;
    std::string size; ///< of "prices": a part of the name; empty: all
    bool hasGpu = false;
    std::string currency = "USD"; ///< of "prices"
    std::string publisher;        ///< of "images": what is given chooses the market's list
    std::string offer;
    std::string plan;
    std::string family; ///< of "images" at Google: a public project
    bool isMarket = false; ///< of "images": the provider's own list, not the curated one
    bool isOldToo = false;
    std::string machine;  ///< of "budget"; empty: of the month
    std::string amount;   ///< of "budget": a number, or "none"; empty: only shown
    bool isVerbose = false; ///< each request with its id on standard error
    OutputForm form = OutputForm::Text;
};

/// Adds `cloud` and its verbs; `command` becomes "cloud" when one of them was typed.
void addCloud(CLI::App& app, CloudRequest& request, std::string& command);

/// Accounts, and what an account may use. Result: the exit code.
Result<int> cloudCommand(catalog::Catalog& catalog, const CloudRequest& request);

} // namespace ty::cli
