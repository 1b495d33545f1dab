#include "app/cli/copy_command.h"

#include <charconv>
#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "app/stores/transfer_orders.h"
#include "engine/base/interruption.h"

namespace ty::cli {

namespace {

using app::TransferProgress;
using catalog::TransferRecord;

constexpr int kShownTransfers = 50;
constexpr int kShownFailures = 20;

Json toJson(const TransferRecord& transfer)
{
    return {{"id", transfer.id},
            {"source", transfer.source},
            {"target", transfer.target},
            {"state", transfer.state},
            {"files", transfer.files},
            {"filesDone", transfer.filesDone},
            {"filesSkipped", transfer.filesSkipped},
            {"filesFailed", transfer.filesFailed},
            {"bytes", transfer.bytes},
            {"bytesDone", transfer.bytesDone},
            {"listed", transfer.isListed},
            {"seconds", transfer.seconds},
            {"error", transfer.error},
            {"started", transfer.started},
            {"ended", transfer.ended}};
}

std::string lineOf(const TransferProgress& p)
{
    const double share = p.bytes > 0 ? 100.0 * static_cast<double>(p.bytesDone) / static_cast<double>(p.bytes) : 0;
    std::string line = fmt::format(
        "{:.0f} %  {} of {}{}  {} of {} files", std::floor(share), shownBytes(p.bytesDone), shownBytes(p.bytes),
        p.isListed ? "" : "+", p.filesDone, p.files);
    if (p.bytesPerSecond > 0) {
        line += "  " + shownBytes(static_cast<std::int64_t>(p.bytesPerSecond)) + "/s";
    }
    if (p.secondsLeft) {
        line += "  " + shownDuration(*p.secondsLeft) + " left";
    }
    if (p.filesFailed > 0) {
        line += fmt::format("  {} failed", p.filesFailed);
    }
    return p.problem.empty() ? line : line + "  waiting for the network: " + p.problem;
}

/// One line that is written over on a terminal; lines of JSON on standard error with --json.
app::TransferOptions optionsOf(const StoreRequest& request)
{
    app::TransferOptions options;
    options.streams = request.streams;
    options.blockBytes = static_cast<std::uint64_t>(request.blockMiB) << 20;
    const bool isTerminal = ::isatty(STDERR_FILENO) != 0;
    if (!request.isQuiet && isTerminal && request.form == OutputForm::Text) {
        options.onProgress = [](const TransferProgress& progress) {
            std::cerr << "\r\x1b[K" << lineOf(progress) << (progress.stage.empty() ? "\n" : "") << std::flush;
        };
    }
    return options;
}

std::string wordsFor(const TransferRecord& t)
{
    std::string words = fmt::format("{} of {} files", t.filesDone, t.files);
    if (t.filesSkipped > 0) {
        words += fmt::format(", {} there already", t.filesSkipped);
    }
    if (t.filesFailed > 0) {
        words += fmt::format(", {} failed", t.filesFailed);
    }
    words += ", " + shownBytes(t.bytesDone);
    if (t.seconds > 0) {
        words += " in " + shownDuration(t.seconds) + " ("
            + shownBytes(static_cast<std::int64_t>(static_cast<double>(t.bytesDone) / t.seconds)) + "/s)";
    }
    return words;
}

Result<std::int64_t> numberOf(const std::string& text)
{
    std::int64_t id = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (code != std::errc() || end != text.data() + text.size()) {
        return Error{ErrorKind::Usage, "\"" + text + "\" is no number of a transfer", "See trainyard transfers list."};
    }
    return id;
}

Result<int> tell(catalog::Transfers& transfers, const TransferRecord& done, const StoreRequest& request)
{
    TY_TRY(const auto failed, transfers.failedItems(done.id, kShownFailures));
    if (request.form == OutputForm::Json) {
        Json json = toJson(done);
        json["failures"] = Json::array();
        for (const auto& item : failed) {
            json["failures"].push_back({{"source", item.source}, {"target", item.target}, {"error", item.error}});
        }
        printJson(json);
    } else {
        printText(fmt::format("{}: {}\n", done.state, wordsFor(done)));
        for (const auto& item : failed) {
            printText("  failed  " + item.source + ": " + item.error + "\n");
        }
        if (done.state == "failed") {
            printText(fmt::format("Try them again: trainyard transfers retry {}\n", done.id));
        } else if (done.state == "paused") {
            printText(fmt::format("Go on: trainyard transfers resume {}\n", done.id));
        }
    }
    return done.state == "done" ? 0 : done.state == "failed" ? 1 : exitCode(ErrorKind::Cancelled);
}

Result<int> runOne(
    const catalog::Paths& paths, app::StoreBook& stores, catalog::Transfers& transfers, std::int64_t id,
    const StoreRequest& request, std::stop_token stop)
{
    auto done = app::runTransfer(paths, stores, transfers, id, optionsOf(request), std::move(stop));
    if (!done) {
        Error error = done.error();
        error.advice += fmt::format("{}Go on with: trainyard transfers resume {}", error.advice.empty() ? "" : " ", id);
        return error;
    }
    return tell(transfers, *done, request);
}

Result<int> copy(
    const catalog::Paths& paths, app::StoreBook& stores, catalog::Transfers& transfers, const StoreRequest& request,
    std::stop_token stop)
{
    if (request.names.size() < 2) {
        return Error{ErrorKind::Usage, "a copy needs a source and a target", {}};
    }
    int worst = 0;
    for (std::size_t i = 0; i + 1 < request.names.size(); ++i) {
        app::TransferOrder order;
        order.source = request.names[i];
        order.target = request.names.back();
        order.isContents = request.action == "sync";
        order.overwrite = request.action == "sync" ? "changed" : request.mayOverwrite ? "yes" : "no";
        TY_TRY(const std::int64_t id, app::addTransfer(stores, transfers, order, stop));
        TY_TRY(const int code, runOne(paths, stores, transfers, id, request, stop));
        worst = std::max(worst, code);
    }
    return worst;
}

Result<int> list(catalog::Transfers& transfers, OutputForm form)
{
    TY_TRY(const auto known, transfers.newest(kShownTransfers));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const TransferRecord& transfer : known) {
        all.push_back(toJson(transfer));
        rows.push_back({std::to_string(transfer.id), transfer.state, wordsFor(transfer), transfer.source, transfer.target});
    }
    if (form == OutputForm::Json) {
        printJson({{"transfers", all}});
    } else {
        printText(table({"ID", "STATE", "DONE", "FROM", "TO"}, rows));
    }
    return 0;
}

} // namespace

Result<int> copyCommand(const catalog::Paths& paths, app::StoreBook& stores, const StoreRequest& request)
{
    const Interruption interruption;
    const std::stop_token stop = interruption.token();
    TY_TRY(const auto transfers, catalog::Transfers::open(paths));
    if (request.action == "cp" || request.action == "sync") {
        return copy(paths, stores, *transfers, request, stop);
    }
    if (request.action == "transfers") {
        return list(*transfers, request.form);
    }
    std::vector<std::int64_t> ids;
    for (const std::string& name : request.names) {
        TY_TRY(const std::int64_t id, numberOf(name));
        ids.push_back(id);
    }
    if (request.action == "resume" && ids.empty()) {
        TY_TRY(const auto open, transfers->openOnes());
        for (const TransferRecord& transfer : open) {
            ids.push_back(transfer.id);
        }
    }
    int worst = 0;
    for (const std::int64_t id : ids) {
        if (request.action == "pause") {
            TY_CHECK(transfers->setState(id, "paused", {}));
        } else if (request.action == "cancel") {
            TY_CHECK(app::cancelTransfer(paths, stores, *transfers, id, stop));
        } else if (request.action == "show") {
            TY_TRY(const TransferRecord record, transfers->summarise(id, 0));
            TY_CHECK(tell(*transfers, record, request));
        } else {
            if (request.action == "retry") {
                TY_CHECK(transfers->retryFailed(id));
            }
            TY_TRY(const int code, runOne(paths, stores, *transfers, id, request, stop));
            worst = std::max(worst, code);
        }
    }
    return worst;
}

} // namespace ty::cli
