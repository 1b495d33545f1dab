#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "app/catalog/catalog.h"
#include "app/cli/agreement.h"
#include "app/cli/output.h"
#include "app/provisioning/cloud_session.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What every command about a cloud account is told besides its own matter.
struct AccountOptions {
    std::string account = app::kSandboxAccount;
    bool isVerbose = false; ///< each request with its id on standard error
    OutputForm form = OutputForm::Text;
};
/// --account, --json and --verbose.
void addAccountOptions(CLI::App& command, AccountOptions& options);

/// How a connection talks to the terminal: codes for a sign-in in a browser, and with --verbose each request as one line
/// without secrets, with the id by which the provider finds it.
app::ConnectionHooks terminalHooks(bool isVerbose);

/// One command's way to an account: secrets, session, its progress on the terminal, Ctrl+C. One at a time.
class AccountSession {
public:
    /// `catalog` outlives it. Errors: NotFound (no such account), those of CloudSession::open().
    static Result<std::unique_ptr<AccountSession>> open(catalog::Catalog& catalog, const AccountOptions& options);
    AccountSession(const AccountSession&) = delete;
    AccountSession& operator=(const AccountSession&) = delete;

    app::CloudSession& session() { return *m_session; }
    /// Ends what an earlier program left open in this account, and tells of each on standard error. Result: how many there were.
    Result<std::size_t> takeUp();

private:
    explicit AccountSession(OutputForm form) : m_form(form) {}
    void showProgress(const cloud::JournalNote& note);

    OutputForm m_form;
    std::string m_shown; ///< the stage that stands on the terminal
    std::unique_ptr<cloud::SecretStore> m_secrets;
    std::unique_ptr<app::CloudSession> m_session;
    Interrupts m_interrupts; ///< take a creation back
};

} // namespace ty::cli
