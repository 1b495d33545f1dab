#include "app/cli/chase_command.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <set>
#include <stop_token>
#include <thread>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/catalog/chases.h"
#include "app/cli/account_session.h"
#include "app/provisioning/gpu_chase.h"
#include "app/provisioning/secrets_choice.h"
#include "cloud/chase/chase_script.h"
#include "cloud/chase/chase_table.h"
#include "engine/base/files.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::GpuChase;
using namespace std::chrono_literals;

constexpr int kNoCapacity = 4;
constexpr int kStopped = 5;
constexpr auto kLookEvery = 200ms;

std::string money(const std::optional<double>& usd)
{
    return usd ? fmt::format("{:.4g} USD", *usd) : std::string("unknown");
}

/// The words of the window.
std::string words(const ChasePlace& place)
{
    switch (place.result()) {
    case ChaseOutcome::Waiting: return "to be tried";
    case ChaseOutcome::Trying: return "trying";
    case ChaseOutcome::Given: return place.isKept.value_or(false) ? "given, kept" : "given";
    case ChaseOutcome::NotOffered: return "not offered";
    case ChaseOutcome::NoCapacity: return "no capacity";
    case ChaseOutcome::Quota: return "quota";
    case ChaseOutcome::Permission: return "not allowed";
    case ChaseOutcome::Transient: return "no answer";
    case ChaseOutcome::Problem: return "refused";
    case ChaseOutcome::NoPrice: return "price unknown";
    case ChaseOutcome::OverCap: return "over the limit";
    case ChaseOutcome::NotTried: return "not tried";
    }
    return {};
}

std::string rowText(const ChasePlace& place)
{
    const std::string offered = offeredText(place);
    const std::string seconds = place.seconds ? fmt::format("{:.1f} s", *place.seconds) : "-";
    const std::string price = place.usdPerHour ? fmt::format("{:.4g} USD/h", *place.usdPerHour) : "price unknown";
    // Long texts of providers stand in the CSV whole.
    constexpr std::size_t kMost = 90;
    std::string reason = place.reason.substr(0, kMost);
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    return fmt::format(
        "{:<28} {:<12} offered {:<3} {:<14} {:>8} {:>15}  {}\n", place.name(), place.gpu.empty() ? "-" : place.gpu,
        offered.empty() ? "?" : offered, words(place), seconds, price, reason);
}

std::string previewText(const ChasePreview& preview, const ChaseRequest& request)
{
    std::string text = fmt::format(
        "{} places: {} to be tried, {} not offered, {} without quota, {} blocked", preview.places, preview.waiting,
        preview.notOffered, preview.quota, preview.blocked);
    if (preview.withoutPrice > 0) {
        text += fmt::format(", {} without a known price (--allow-unknown-price tries them)", preview.withoutPrice);
    }
    if (preview.unread > 0) {
        text += fmt::format(", {} that could not be read", preview.unread);
    }
    text += ".\n";
    if (preview.leastPerHour) {
        text += fmt::format("A machine costs {} to {} an hour", money(preview.leastPerHour), money(preview.mostPerHour));
        text += preview.unpriced > 0 ? fmt::format("; of {} places nobody knows the price.\n", preview.unpriced) : ".\n";
    }
    text += preview.mostUsd
        ? fmt::format("The attempts may cost up to {} in all, before tax", money(preview.mostUsd))
        : fmt::format("What the attempts may cost in all is unknown, since prices are missing");
    if (request.maxCost) {
        text += fmt::format("; the limit is {}", money(request.maxCost));
    }
    return text + ".\n";
}

Json toJson(const ChasePreview& preview)
{
    const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    return {
        {"places", preview.places},   {"toBeTried", preview.waiting},   {"notOffered", preview.notOffered},
        {"quota", preview.quota},     {"blocked", preview.blocked},     {"priceUnknown", preview.withoutPrice + preview.unpriced},
        {"unread", preview.unread},   {"leastUsdPerHour", number(preview.leastPerHour)},
        {"mostUsdPerHour", number(preview.mostPerHour)}, {"mostUsd", number(preview.mostUsd)}};
}

Json toJson(const ChaseState& state, const GpuChase& chase)
{
    Json winner = nullptr;
    if (state.winner >= 0) {
        const ChasePlace& place = state.places[static_cast<std::size_t>(state.winner)];
        winner = {{"machine", place.machine}, {"account", place.account}, {"place", place.name()}};
    }
    return {
        {"chase", chase.id()},         {"places", cloud::toJson(state.places)}, {"given", state.given},
        {"left", state.left},          {"waiting", state.waiting},              {"spentUsd", state.spentUsd},
        {"machinesOfUnknownPrice", state.unknownPrices}, {"seconds", state.seconds}, {"perMinute", state.perMinute},
        {"throttled", chase.throttled()}, {"kept", winner}, {"problems", chase.problems()}};
}

/// Places as they are decided, and a line that tells how far it is.
class LiveTable {
public:
    explicit LiveTable(OutputForm form) : m_isOn(form == OutputForm::Text) {}

    void show(const ChaseState& state)
    {
        if (!m_isOn) {
            return;
        }
        for (std::size_t i = 0; i < state.places.size(); ++i) {
            const ChasePlace& place = state.places[i];
            if (isDecided(place.result()) && m_shown.insert(i).second) {
                printText(rowText(place));
            }
        }
        const std::string left = state.secondsLeft ? shownDuration(*state.secondsLeft) : "-";
        const std::string line = fmt::format(
            "{}/{} places, {} given, {} under way, {} being cleaned up, {:.0f} a minute, {} left, {:.3g} USD so far\n",
            state.decided, state.places.size(), state.given, state.trying, state.cleaning, state.perMinute, left,
            state.spentUsd);
        const auto now = std::chrono::steady_clock::now();
        if (now - m_told > 5s) {
            m_told = now;
            std::fputs(line.c_str(), stderr);
        }
    }

private:
    bool m_isOn;
    std::set<std::size_t> m_shown;
    std::chrono::steady_clock::time_point m_told;
};

Result<void> writeOut(const ChaseCommand& command, const GpuChase& chase, const std::vector<ChasePlace>& places)
{
    if (!command.csvFile.empty()) {
        TY_CHECK(writeFileAtomically(command.csvFile, chaseCsv(places)));
    }
    if (!command.scriptFile.empty()) {
        TY_CHECK(writeFileAtomically(command.scriptFile, chaseScript(places, chase.request())));
        (void)::chmod(command.scriptFile.c_str(), S_IRWXU);
    }
    return {};
}

/// Runs it to its end while the terminal watches.
Result<ChaseState> watch(GpuChase& chase, OutputForm form)
{
    const Interrupts interrupts;
    LiveTable table(form);
    std::atomic<bool> isDone{false};
    Result<void> ended;
    std::stop_source end;
    std::jthread worker([&] {
        ended = chase.run(end.get_token());
        isDone = true;
    });
    bool isStopping = false;
    while (!isDone) {
        std::this_thread::sleep_for(kLookEvery);
        table.show(chase.state());
        if (Interrupts::count() > 0 && !isStopping) {
            isStopping = true;
            std::fputs("Stopping: what is under way is taken back. Once more Ctrl+C leaves it to --resume.\n", stderr);
            chase.stop();
        }
        if (Interrupts::count() > 1) {
            end.request_stop();
        }
    }
    worker.join();
    table.show(chase.state());
    TY_CHECK(ended);
    return chase.state();
}

void tell(const ChaseState& state, const GpuChase& chase)
{
    printText(fmt::format(
        "Chase {}: {} of {} places gave a machine, in {}; {:.0f} places a minute, {} times asked to slow down. Spent {:.4g} USD{}.\n",
        chase.id(), state.given, state.places.size(), shownDuration(state.seconds), state.perMinute, chase.throttled(),
        state.spentUsd,
        state.unknownPrices > 0 ? fmt::format(", and {} machines whose price is unknown", state.unknownPrices) : ""));
    if (state.winner >= 0) {
        const ChasePlace& place = state.places[static_cast<std::size_t>(state.winner)];
        printText(fmt::format(
            "{} stands in {} and is billed, {} an hour. Delete it with: trainyard vm delete {} --account {}\n", place.machine,
            place.name(), money(place.usdPerHour), place.machine, place.account));
    }
    if (state.left > 0) {
        std::fprintf(
            stderr, "warning: of %d attempts something may still be there; \"trainyard chase --resume --chase %lld\" takes it away\n",
            state.left, static_cast<long long>(chase.id()));
    } else if (state.waiting > 0) {
        printText(fmt::format("{} places were not tried; --resume --chase {} goes on.\n", state.waiting, chase.id()));
    }
}

Result<std::unique_ptr<GpuChase>> open(
    catalog::Catalog& catalog, SecretStore& secrets, const ChaseCommand& command)
{
    app::AccountBook book(catalog);
    TY_TRY(const auto all, book.all());
    app::ChaseHooks hooks;
    hooks.connection = terminalHooks(command.isVerbose);
    if (command.form == OutputForm::Text) {
        hooks.progress = [](const std::string& what, int done, int) {
            if (done == 0) {
                std::fprintf(stderr, "%s\n", what.c_str());
            }
        };
    }
    if (command.isResumed) {
        TY_TRY(auto chase, GpuChase::resume(catalog.paths(), all, secrets, command.number, std::move(hooks), {}));
        chase->setLimits(command.request.maxCost, command.request.parallel);
        return chase;
    }
    TY_TRY(const auto accounts, app::accountsOf(command.request, all));
    return GpuChase::plan(catalog.paths(), accounts, secrets, command.request, std::move(hooks), {});
}

} // namespace

Result<int> chaseCommand(catalog::Catalog& catalog, const ChaseCommand& command)
{
    if (command.clearsBlocks) {
        TY_TRY(const auto chases, catalog::Chases::open(catalog.paths()));
        TY_CHECK(chases->clearBlocks());
    }
    if (const auto reach = checkReach(command.request); !reach && !command.isResumed && !command.isDryRun) {
        return Error{
            reach.error().kind, reach.error().message,
            "Add --allow-from 203.0.113.7/32 with your own address, or --all to keep no machine; --dry-run needs neither."};
    }
    TY_TRY(const auto secrets, app::openSecrets(catalog.paths()));
    TY_TRY(const auto chase, open(catalog, *secrets, command));
    for (const std::string& problem : chase->problems()) {
        std::fprintf(stderr, "warning: %s\n", problem.c_str());
    }
    const ChasePreview preview = chase->preview();
    if (command.isDryRun) {
        if (command.form == OutputForm::Json) {
            printJson({{"preview", toJson(preview)}, {"places", cloud::toJson(chase->places())}, {"problems", chase->problems()}});
        } else {
            for (const ChasePlace& place : chase->places()) {
                printText(rowText(place));
            }
            printText(previewText(preview, chase->request()));
        }
        TY_CHECK(writeOut(command, *chase, chase->places()));
        return 0;
    }
    if (command.form == OutputForm::Text) {
        printText(previewText(preview, chase->request()));
    }
    TY_CHECK(writeOut(command, *chase, chase->places()));
    if (preview.waiting > 0) {
        const char* what = chase->request().testsAll.value_or(false)
            ? "Make a machine in each of them and delete it again?"
            : "Make machines until one stands, and keep that one?";
        TY_CHECK(askAgreement(command.isAgreed, command.form, what));
    }
    TY_CHECK(chase->begin());
    TY_TRY(const ChaseState state, watch(*chase, command.form));
    TY_CHECK(writeOut(command, *chase, state.places));
    if (command.form == OutputForm::Json) {
        printJson(toJson(state, *chase));
    } else {
        tell(state, *chase);
    }
    if (state.waiting > 0 || state.left > 0) {
        return kStopped;
    }
    return state.given > 0 || chase->request().testsAll.value_or(false) ? 0 : kNoCapacity;
}

} // namespace ty::cli
