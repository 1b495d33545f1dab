#include "app/cli/account_session.h"

#include <cstdio>
#include <iostream>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/cli/secret_input.h"

namespace ty::cli {

using namespace cloud;
using app::OperationReport;

void addAccountOptions(CLI::App& command, AccountOptions& options)
{
    command.add_option("--account", options.account, "Cloud account")->capture_default_str();
    command.add_flag_callback("--json", [&options] { options.form = OutputForm::Json; }, "Answer as JSON");
    command.add_flag("--verbose", options.isVerbose, "Show each request with its id, without secrets");
}

app::ConnectionHooks terminalHooks(bool isVerbose)
{
    app::ConnectionHooks hooks;
    hooks.showCode = [](const DeviceCodePrompt& prompt) { std::cerr << prompt.message << std::endl; };
    if (isVerbose) {
        hooks.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
    }
    return hooks;
}

Result<std::unique_ptr<AccountSession>> AccountSession::open(catalog::Catalog& catalog, const AccountOptions& options)
{
    std::unique_ptr<AccountSession> opened(new AccountSession(options.form));
    app::AccountBook book(catalog);
    TY_TRY(const auto account, book.find(options.account));
    TY_TRY(opened->m_secrets, openPersonsSecrets(catalog.paths(), account.hasSecret()));
    TY_TRY(
        opened->m_session,
        app::CloudSession::open(catalog.paths(), account, *opened->m_secrets, terminalHooks(options.isVerbose)));
    app::MachineOperations::Hooks hooks;
    hooks.watch = [own = opened.get()](const JournalNote& note) { own->showProgress(note); };
    hooks.isCancelled = [] { return Interrupts::count() > 0; };
    opened->m_session->machines().setHooks(hooks);
    return opened;
}

void AccountSession::showProgress(const JournalNote& note)
{
    if (m_form == OutputForm::Text && note.steps > 0 && note.stage != m_shown) {
        m_shown = note.stage;
        std::cerr << fmt::format("{}/{} {}\n", note.step + 1, note.steps, note.stage);
    }
}

Result<std::size_t> AccountSession::takeUp()
{
    TY_TRY(const auto taken, m_session->machines().takeUp({}));
    for (const OperationReport& report : taken) {
        std::fprintf(
            stderr, "note: %s of %s, interrupted earlier, is %s now%s%s\n", report.kind.c_str(), report.machine.c_str(),
            outcomeName(report.outcome), report.error.empty() ? "" : ": ", report.error.c_str());
    }
    return taken.size();
}

} // namespace ty::cli
