#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <QDateTime>
#include <QObject>
#include <QPointer>
#include <QString>

#include "app/catalog/paths.h"
#include "app/provisioning/account_login.h"

namespace ty::app {

class CatalogService;

/// The cloud accounts of the window: which there are, how each sign-in is, and what is done about them. Lives on the GUI
/// thread; what asks a cloud or the secret store goes on in a thread of its own, one thing at a time.
class AccountService : public QObject {
    Q_OBJECT
public:
    struct Entry {
        Account account;
        AccountState state;
    };
    /// A code that the person types in a browser.
    struct Code {
        QString page;
        QString code;
        QDateTime expires;
    };

    /// All outlive this.
    AccountService(
        const catalog::Paths& paths, cloud::SecretStore& secrets, CatalogService& catalog, QObject* parent = nullptr);
    ~AccountService() override;

    /// As last read; the sandbox's first.
    const std::vector<Entry>& accounts() const { return m_accounts; }
    std::optional<Entry> find(const QString& name) const;
    void reload();

    bool isBusy() const { return m_isBusy; }
    /// What goes on ends with the error Cancelled.
    void cancel();

    template<typename T>
    using Then = std::function<void(Result<T>)>;
    /// What the person gave: a secret, or the file that holds it.
    struct Given {
        cloud::Secret secret;
        QString file;
    };
    // Each calls `then` on the GUI thread unless `receiver` has gone; with the error Busy while something else goes on.

    /// Tries an account; nothing is kept. `onCode`: of a sign-in in a browser.
    void signIn(
        const Account& account, const Given& given, QObject* receiver, std::function<void(const Code&)> onCode,
        Then<SignedIn> then);
    void keep(const SignedIn& signedIn, const std::string& scope, QObject* receiver, Then<void> then);
    /// Asks the cloud with what is kept; what came of it is noted.
    void test(const QString& name, QObject* receiver, Then<std::vector<AccountScope>> then);
    /// All that it may use.
    void readScopes(const QString& name, QObject* receiver, Then<std::vector<AccountScope>> then);
    void chooseScope(const QString& name, const std::string& scope, QObject* receiver, Then<void> then);
    void rename(const QString& from, const QString& to, QObject* receiver, Then<void> then);
    void signOut(const QString& name, QObject* receiver, Then<void> then);
    void forget(const QString& name, QObject* receiver, Then<void> then);
    void readUse(const QString& name, QObject* receiver, Then<AccountUse> then);

    /// Somebody else used an account: nothing: its cloud answered.
    void note(const QString& name, const std::optional<Error>& error);
    /// For the person: "the keychain", "this session"; where the next secret will be.
    QString secretPlace() const;
    bool areSecretsLasting() const;

signals:
    /// The list, or a state, is another one.
    void changed();
    /// Something is begun or has ended.
    void busyChanged();
    /// An account was signed in anew, signed out, renamed or forgotten: what is open of it holds no longer.
    void sessionsChanged();
    void renamed(const QString& from, const QString& to);

private:
    template<typename T>
    void run(QObject* receiver, std::function<Result<T>(catalog::Catalog&, std::stop_token)> work, Then<T> then);
    /// run(), after which sessions are to be opened anew.
    void change(QObject* receiver, std::function<Result<void>(AccountBook&, std::stop_token)> work, Then<void> then);
    void post(std::function<void()> call);

    catalog::Paths m_paths;
    cloud::SecretStore& m_secrets;
    CatalogService& m_catalog;
    std::vector<Entry> m_accounts;
    std::map<QString, bool> m_noted; ///< whether the cloud took the sign-in when it was last noted
    bool m_isBusy = false;
    std::jthread m_thread;
};

} // namespace ty::app
