#include <CLI/CLI.hpp>

#include "app/cli/chase_command.h"

namespace ty::cli {

void addChase(CLI::App& app, ChaseCommand& chase, std::string& command)
{
    auto* added = app.add_subcommand("chase", "Find a zone that has a GPU and really gives it, in all connected clouds");
    auto& request = chase.request;
    auto* gpu = added->add_option("--gpu", request.gpu, "T4, L4, A10, V100, A100, H100 ...");
    added->add_option("--gpus", request.gpus, "Cards in the machine")->default_str("1");
    added->add_option("--account", request.accounts, "Cloud account, repeatable; without: all, or the sandbox");
    added->add_option("--region", request.regions, "Only these regions; * stands for anything. Repeatable");
    added->add_option("--order", request.order, "price or distance")
        ->check(CLI::IsMember({"price", "distance"}))->capture_default_str();
    added->add_option("--near", request.near, "From where distances count: a region, or LATITUDE,LONGITUDE");
    added->add_flag_callback("--spot", [&request] { request.isSpot = true; }, "Spot machines");
    added->add_flag_callback(
        "--all", [&request] { request.testsAll = true; }, "Try every place for the table; each machine is deleted at once");
    added->add_option("--parallel", request.parallel, "Attempts at a time, 1 to 32")->default_str("8");
    added->add_option("--max-cost", request.maxCost, "USD that the attempts may cost");
    added->add_flag_callback(
        "--allow-unknown-price", [&request] { request.triesUnknownPrice = true; },
        "Try also where the price list does not tell what it costs");
    added->add_flag_callback(
        "--ignore-blocks", [&request] { request.ignoresBlocks = true; }, "Try also where something failed a short while ago");
    added->add_flag("--forget-blocks", chase.clearsBlocks, "Forget what failed before");
    added->add_option("--name", request.machine.name, "How the machines' names begin");
    added->add_option("--group", request.machine.group, "Azure resource group")->default_str("trainyard");
    added->add_option("--allow-from", request.machine.allowedFrom, "Address block that may reach port 22. Repeatable");
    added->add_option("--csv", chase.csvFile, "Write the table there");
    added->add_option("--script", chase.scriptFile, "Write a shell script of az and gcloud commands that does the same");
    added->add_flag("--dry-run", chase.isDryRun, "Read offers, quotas and prices; make nothing");
    auto* resume = added->add_flag("--resume", chase.isResumed, "Go on with an interrupted chase");
    added->add_option("--chase", chase.number, "Which one to go on with; without: the newest")->needs(resume);
    added->add_flag("--yes,-y", chase.isAgreed, "Do not ask");
    added->add_flag_callback("--json", [&chase] { chase.form = OutputForm::Json; }, "Answer as JSON");
    added->add_flag("--verbose", chase.isVerbose, "Show each request with its id, without secrets");
    added->callback([&command, gpu, resume] {
        command = "chase";
        if (gpu->count() == 0 && resume->count() == 0) {
            throw CLI::RequiredError("--gpu");
        }
    });
    added->footer(
        "Each place is really asked for a machine; what an attempt left is taken away. Ctrl+C takes back what is under way and\n"
        "--resume goes on. Examples:\n"
        "  trainyard chase --gpu T4 --dry-run\n"
        "  trainyard chase --gpu T4 --max-cost 1 --allow-from 203.0.113.7/32\n"
        "  trainyard chase --gpu A100 --all --csv a100.csv --yes");
}

} // namespace ty::cli
