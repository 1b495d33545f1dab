#include <CLI/CLI.hpp>

#include "app/cli/storage_command.h"

namespace ty::cli {

namespace {

CLI::App* addVerb(
    CLI::App& storage, StorageRequest& request, std::string& command, const char* verb, const char* help, bool hasName = true)
{
    auto* added = storage.add_subcommand(verb, help);
    if (hasName) {
        added->add_option("name", request.name, "The storage account's name")->required();
    }
    addAccountOptions(*added, request);
    added->callback([&request, &command, verb] {
        command = "storage";
        request.action = verb;
    });
    return added;
}

} // namespace

void addStorage(CLI::App& app, StorageRequest& request, std::string& command)
{
    auto* storage = app.add_subcommand("storage", "Storage accounts of Azure: create, list, keys, open as a store, delete");
    storage->require_subcommand(1);
    addVerb(*storage, request, command, "list", "All storage accounts of an account", false);
    auto* create = addVerb(*storage, request, command, "create", "A new storage account, and a store that opens its files");
    create->add_option("--region", request.wanted.region, "For example westeurope: near the machines that will read it")->required();
    create->add_option("--redundancy", request.wanted.redundancy, "Standard_LRS, Standard_ZRS, Standard_GRS or Standard_RAGRS")
        ->capture_default_str();
    create->add_option("--group", request.wanted.group, "Resource group")->capture_default_str();
    create->add_option("--as", request.store, "Name of the store here; else that of the account");
    create->add_flag("--yes,-y", request.isAgreed, "Do not ask");
    auto* open = addVerb(*storage, request, command, "open", "Keep its files, or blobs, as a store opened by its key");
    open->add_flag("--blob", request.isBlob, "Blobs instead of files");
    open->add_option("--as", request.store, "Name of the store here; else that of the account");
    auto* keys = addVerb(*storage, request, command, "keys", "Its keys: names, or with --show the connection string");
    keys->add_flag("--show", request.isShown, "Print the secrets");
    keys->add_option("--renew", request.renewed, "Make key1 or key2 anew; stores here are opened by the new one")
        ->check(CLI::IsMember({"key1", "key2"}));
    keys->add_flag("--yes,-y", request.isAgreed, "Do not ask");
    auto* remove = addVerb(*storage, request, command, "delete", "Delete with all that lies in it");
    remove->add_option("--confirm", request.typedName, "The name once more; without: it is asked for");
    storage->footer(
        "Example:\n  trainyard storage create mnist2026 --region westeurope\n  trainyard data mkdir mnist2026:share\n"
        "  trainyard data mkdir mnist2026:share/mnistcntksample\n  trainyard data cp Train.txt mnist2026:share/mnistcntksample/\n"
        "  trainyard data ls mnist2026:share/mnistcntksample");
}

} // namespace ty::cli
