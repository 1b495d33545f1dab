#include <CLI/CLI.hpp>

#include "app/cli/store_command.h"

namespace ty::cli {

namespace {

CLI::App* addVerb(
    CLI::App& noun, StoreRequest& request, std::string& command, const char* verb, const char* action, const char* help,
    const char* names)
{
    auto* added = noun.add_subcommand(verb, help);
    if (names != nullptr) {
        added->add_option("names", request.names, names)->required();
    }
    added->add_flag_callback("--json", [&request] { request.form = OutputForm::Json; }, "Answer as JSON");
    added->callback([&request, &command, action] {
        command = "stores";
        request.action = action;
    });
    return added;
}

void addCopying(CLI::App* verb, StoreRequest& request)
{
    verb->add_option("--streams", request.streams, "Connections at once")->check(CLI::Range(1, 64))->capture_default_str();
    verb->add_option("--block", request.blockMiB, "MiB that are sent and resumed as one")->check(CLI::Range(1, 100));
    verb->add_flag("--quiet,-q", request.isQuiet, "No progress");
}

} // namespace

void addStores(CLI::App& app, CLI::App& data, StoreRequest& request, std::string& command)
{
    auto* stores = app.add_subcommand("stores", "Places with data: list, add, test, remove, share");
    stores->require_subcommand(1);
    addVerb(*stores, request, command, "list", "list", "All stores", nullptr);
    auto* add = stores->add_subcommand("add", "Name a place; its key or connection string comes on standard input");
    add->add_option("names", request.names, "NAME and an address: az://ACCOUNT[/CONTAINER], gs://BUCKET, or - for a connection string")
        ->required()
        ->expected(1, 2);
    add->add_flag_callback("--json", [&request] { request.form = OutputForm::Json; }, "Answer as JSON");
    add->add_option("--host-key", request.hostKey, "Of an SSH machine: SHA256:..., when known_hosts does not know it");
    add->add_option("--account", request.account, "Account of a cloud by whose sign-in it is opened, in place of a key (az, gs)");
    add->add_option("--identity", request.identityFile, "Of an SSH machine: private key; else the agent and your own");
    add->callback([&request, &command] {
        command = "stores";
        request.action = "add";
    });
    addVerb(*stores, request, command, "test", "test", "Sign in and look, and say what is wrong", "Names or addresses");
    addVerb(*stores, request, command, "remove", "remove", "Forget a store and its secret; the data stays", "Names");
    auto* share = addVerb(
        *stores, request, command, "share", "share", "An address that lets anybody in who has it, for a while", "A file or container");
    share->add_option("--permissions", request.permissions, "Of r, l, w, d: read, list, write, delete")->capture_default_str();
    share->add_option("--hours", request.hours, "How long it holds")->check(CLI::Range(1, 24 * 365))->capture_default_str();
    stores->footer(
        "Examples:\n  trainyard stores add research az://research/images   (asks for the key)\n"
        "  trainyard stores add research - < connection-string.txt\n  trainyard stores test research\n"
        "  trainyard stores add pictures gs://pictures --account Research   (by the account's own sign-in; also az://)");

    auto* list = addVerb(data, request, command, "ls", "ls", "What lies in a folder or store", "Addresses");
    list->add_flag("--recursive,-r", request.isRecursive, "All files below");
    list->add_flag("--deleted", request.withDeleted, "Also what was deleted and is still kept: see undelete");
    list->add_option("--limit", request.limit, "At most so many");
    auto* copy = addVerb(
        data, request, command, "cp", "cp", "Copy files and folders between this computer and stores",
        "Sources, and where to: NAME:path, az://ACCOUNT/CONTAINER/PATH, gs://BUCKET/PATH, a path");
    copy->add_flag("--overwrite", request.mayOverwrite, "Replace what is there");
    addCopying(copy, request);
    auto* sync = addVerb(
        data, request, command, "sync", "sync", "Copy what is missing or has changed; nothing is deleted", "Folder, and where to");
    addCopying(sync, request);
    auto* remove = addVerb(data, request, command, "rm", "rm", "Delete files of a store", "Addresses");
    remove->add_flag("--recursive,-r", request.isRecursive, "Everything below a folder");

    addVerb(
        data, request, command, "undelete", "undelete", "Bring back deleted files, where the account keeps them (soft delete)",
        "Addresses of files or folders");
    addVerb(data, request, command, "mkdir", "mkdir", "Make a container or folder", "Addresses");

    auto* transfers = app.add_subcommand("transfers", "Copies that run, wait or are done: list, resume, retry, pause, cancel");
    transfers->require_subcommand(1);
    addVerb(*transfers, request, command, "list", "transfers", "The newest first", nullptr);
    addVerb(*transfers, request, command, "show", "show", "One with the files that failed", "Numbers");
    auto* resume = transfers->add_subcommand("resume", "Go on where it stopped, at the block");
    resume->add_option("names", request.names, "Numbers; else all that are not done");
    resume->add_flag_callback("--json", [&request] { request.form = OutputForm::Json; }, "Answer as JSON");
    resume->callback([&request, &command] {
        command = "stores";
        request.action = "resume";
    });
    addCopying(resume, request);
    auto* retry = addVerb(*transfers, request, command, "retry", "retry", "Try the failed files again", "Numbers");
    addCopying(retry, request);
    addVerb(*transfers, request, command, "pause", "pause", "Stop it, wherever it runs", "Numbers");
    addVerb(*transfers, request, command, "cancel", "cancel", "Stop it for good and free what is half there", "Numbers");
}

} // namespace ty::cli
