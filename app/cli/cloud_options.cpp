#include <CLI/CLI.hpp>

#include "app/cli/cloud_command.h"

namespace ty::cli {

namespace {

CLI::App* addVerb(CLI::App& cloud, CloudRequest& request, std::string& command, const char* verb, const char* help)
{
    auto* added = cloud.add_subcommand(verb, help);
    added->add_flag_callback("--json", [&request] { request.form = OutputForm::Json; }, "Answer as JSON");
    added->add_flag("--verbose", request.isVerbose, "Show each request with its id, without secrets");
    added->callback([&request, &command, verb] {
        command = "cloud";
        request.action = verb;
    });
    return added;
}

CLI::App* addQuestion(CLI::App& cloud, CloudRequest& request, std::string& command, const char* verb, const char* help)
{
    auto* added = addVerb(cloud, request, command, verb, help);
    added->add_option("--account", request.account.name, "Cloud account")->capture_default_str();
    return added;
}

} // namespace

void addCloud(CLI::App& app, CloudRequest& request, std::string& command)
{
    request.account.name = app::kSandboxAccount;
    request.account.provider = "azure";
    auto* cloud = app.add_subcommand("cloud", "Cloud accounts, and what they may use");
    cloud->require_subcommand(1);
    addVerb(*cloud, request, command, "accounts", "All accounts");
    auto* login = addVerb(*cloud, request, command, "login", "Add an account and sign in");
    login->add_option("name", request.account.name, "What you call it")->required();
    login->add_option("--sign-in", request.account.signIn, "How")
        ->check(CLI::IsMember(
            {"device-code", "secret", "certificate", "cli", "managed-identity", "service-account", "default"}))
        ->default_val("device-code");
    login->add_option_function<std::string>(
        "--project",
        [&request](const std::string& project) {
            request.account.provider = "google";
            request.account.scope = project;
        },
        "Google project; makes it an account of Google");
    login->add_flag_callback(
        "--google", [&request] { request.account.provider = "google"; },
        "An account of Google; its project is chosen among those that it sees");
    login->add_option("--tenant", request.account.tenant, "Azure tenant: id or domain");
    login->add_option("--client-id", request.account.clientId, "Of a service principal or user-assigned identity");
    login->add_option("--subscription", request.account.scope, "Azure subscription; without: the only one there is");
    login->add_option("--endpoint", request.account.managementUrl, "Resource Manager of a sovereign or private cloud");
    login->add_option("--login-endpoint", request.account.loginUrl, "Sign-in of that cloud");
    login->add_option("--ca-file", request.account.caFile, "PEM file of your organisation's authority");
    login->footer(
        "A secret or certificate is read from standard input, never from the command line:\n"
        "  trainyard cloud login Research --sign-in secret --tenant T --client-id C < secret.txt\n"
        "  trainyard cloud login Lab --project my-project --sign-in service-account < key.json");
    auto* logout = addVerb(*cloud, request, command, "logout", "Forget an account and its secret; machines stay");
    logout->add_option("name", request.account.name, "The account")->required();
    auto* test = addVerb(*cloud, request, command, "test", "Whether the cloud takes the sign-in that is kept, and what it may use");
    test->add_option("name", request.account.name, "The account")->required();
    auto* use = addVerb(*cloud, request, command, "use", "Choose another subscription or project for an account");
    use->add_option("name", request.account.name, "The account")->required();
    use->add_option("--subscription,--project", request.account.scope, "Its id or name")->required();
    auto* rename = addVerb(*cloud, request, command, "rename", "Call an account otherwise; its machines and costs go with it");
    rename->add_option("name", request.account.name, "The account")->required();
    rename->add_option("new-name", request.newName, "What it is called from now on")->required();
    addQuestion(*cloud, request, command, "regions", "Regions of an account");
    auto* sizes = addQuestion(*cloud, request, command, "sizes", "Sizes of a region, what they have, and whether you may use them");
    sizes->add_option("--region", request.region, "Region, for example westeurope, or europe-west4 at Google")->required();
    sizes->add_flag("--gpu", request.hasGpu, "Only sizes with a GPU");
    auto* budget = addVerb(*cloud, request, command, "budget", "What was spent, and how much may be");
    budget->add_option("amount", request.amount, "So much a month, or \"none\"; without: only show");
    budget->add_option("--machine", request.machine, "The amount is for this machine, over its whole life");
    auto* quota = addQuestion(*cloud, request, command, "quota", "Limits of a region and how much of them is used");
    quota->add_option("--region", request.region, "Region")->required();
    auto* prices = addQuestion(*cloud, request, command, "prices", "List prices of sizes, per hour of Linux");
    prices->add_option("--region", request.region, "Region; without: all, of the --size alone");
    prices->add_option("--size", request.size, "Size; with --region a part of its name is enough");
    prices->add_option("--currency", request.currency, "Currency")->capture_default_str();
    auto* images = addQuestion(*cloud, request, command, "images", "Images for machines: a short list, or the provider's own");
    images->add_flag_callback("--curated", [&request] { request.isMarket = false; }, "The short list (without any option)");
    images->add_flag("--old", request.isOldToo, "The short list with images that older guides name");
    images->add_flag("--market", request.isMarket, "Azure: the market's publishers, or what the options choose. Google: --project's images");
    images->add_option("--region", request.region, "Azure: region of the market's list")->default_str("westeurope");
    images->add_option("--publisher", request.publisher, "Azure: its offers");
    images->add_option("--offer", request.offer, "Azure: its plans");
    images->add_option("--plan", request.plan, "Azure: its versions");
    images->add_option("--project", request.family, "Google: a public project, for example debian-cloud; without: yours");
    auto* disks = addVerb(*cloud, request, command, "disks", "Kinds and tiers of disks: what each can do");
    disks->add_flag_callback("--azure", [&request] { request.account.provider = "azure"; }, "Azure's (without)");
    disks->add_flag_callback("--google", [&request] { request.account.provider = "google"; }, "Google's");
}

} // namespace ty::cli
