#include "app/services/account_service.h"

#include <algorithm>
#include <chrono>

#include <QMetaObject>

#include "app/catalog/catalog.h"
#include "app/services/catalog_service.h"
#include "engine/base/files.h"

namespace ty::app {

namespace {

AccountService::Code codeOf(const cloud::DeviceCodePrompt& prompt)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(prompt.expiresAt.time_since_epoch()).count();
    return {
        QString::fromStdString(prompt.verificationUrl), QString::fromStdString(prompt.userCode),
        QDateTime::fromSecsSinceEpoch(seconds)};
}

} // namespace

AccountService::AccountService(
    const catalog::Paths& paths, cloud::SecretStore& secrets, CatalogService& catalog, QObject* parent)
    : QObject(parent), m_paths(paths), m_secrets(secrets), m_catalog(catalog)
{
    connect(&m_catalog, &CatalogService::opened, this, &AccountService::reload);
}

AccountService::~AccountService()
{
    m_thread.request_stop();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

std::optional<AccountService::Entry> AccountService::find(const QString& name) const
{
    const auto found = std::find_if(m_accounts.begin(), m_accounts.end(), [&](const Entry& entry) {
        return QString::fromStdString(entry.account.name) == name;
    });
    return found == m_accounts.end() ? std::nullopt : std::optional(*found);
}

void AccountService::reload()
{
    using Entries = std::vector<Entry>;
    m_catalog.call(
        this,
        [](catalog::Catalog& catalog) -> Result<Entries> {
            AccountBook book(catalog);
            TY_TRY(const auto accounts, book.all());
            TY_TRY(const auto states, book.states());
            Entries entries;
            for (const Account& account : accounts) {
                const auto state = states.find(account.name);
                entries.push_back({account, state == states.end() ? AccountState() : state->second});
            }
            return entries;
        },
        [this](Result<Entries> entries) {
            if (entries) { // the window tells of a catalog that does not open
                m_accounts = std::move(entries).value();
                emit changed();
            }
        });
}

void AccountService::cancel()
{
    m_thread.request_stop();
}

void AccountService::post(std::function<void()> call)
{
    QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
}

template<typename T>
void AccountService::run(
    QObject* receiver, std::function<Result<T>(catalog::Catalog&, std::stop_token)> work, Then<T> then)
{
    if (m_isBusy) {
        then(Error{ErrorKind::Busy, "another account is being worked on", "Wait until that has ended, or cancel it."});
        return;
    }
    m_isBusy = true;
    emit busyChanged();
    m_thread = std::jthread([this, guard = QPointer<QObject>(receiver), work = std::move(work), then = std::move(then)](
                                std::stop_token stop) {
        const auto outcome = [&]() -> Result<T> {
            TY_TRY(const auto catalog, catalog::Catalog::open(m_paths));
            return work(*catalog, stop);
        }();
        post([this, guard, then, outcome] {
            m_isBusy = false;
            emit busyChanged();
            reload();
            if (guard) {
                then(outcome);
            }
        });
    });
}

void AccountService::change(
    QObject* receiver, std::function<Result<void>(AccountBook&, std::stop_token)> work, Then<void> then)
{
    run<void>(
        receiver,
        [work = std::move(work)](catalog::Catalog& catalog, std::stop_token stop) {
            AccountBook book(catalog);
            return work(book, std::move(stop));
        },
        [this, then = std::move(then)](const Result<void>& done) {
            emit sessionsChanged();
            then(done);
        });
}

void AccountService::signIn(
    const Account& account, const Given& given, QObject* receiver, std::function<void(const Code&)> onCode,
    Then<SignedIn> then)
{
    ConnectionHooks hooks;
    hooks.showCode = [this, guard = QPointer<QObject>(receiver), onCode = std::move(onCode)](
                         const cloud::DeviceCodePrompt& prompt) {
        post([guard, onCode, code = codeOf(prompt)] {
            if (guard) {
                onCode(code);
            }
        });
    };
    run<SignedIn>(
        receiver,
        [this, account, given, hooks](catalog::Catalog&, std::stop_token stop) -> Result<SignedIn> {
            cloud::Secret secret = given.secret;
            if (!given.file.isEmpty()) {
                TY_TRY(const std::string content, readFile(given.file.toStdString()));
                secret = cloud::Secret(content);
            }
            return ty::app::signIn(m_paths, account, secret, hooks, std::move(stop));
        },
        std::move(then));
}

void AccountService::keep(const SignedIn& signedIn, const std::string& scope, QObject* receiver, Then<void> then)
{
    m_noted.erase(QString::fromStdString(signedIn.account.name));
    change(
        receiver,
        [this, signedIn, scope](AccountBook& book, std::stop_token) { return keepAccount(book, m_secrets, signedIn, scope); },
        std::move(then));
}

void AccountService::test(const QString& name, QObject* receiver, Then<std::vector<AccountScope>> then)
{
    using Scopes = std::vector<AccountScope>;
    run<Scopes>(
        receiver,
        [this, name = name.toStdString()](catalog::Catalog& catalog, std::stop_token stop) -> Result<Scopes> {
            AccountBook book(catalog);
            TY_TRY(const Account account, book.find(name));
            auto scopes = testAccount(m_paths, account, m_secrets, std::move(stop));
            TY_CHECK(noteSignIn(book, name, scopes ? std::nullopt : std::optional(scopes.error())));
            return scopes;
        },
        std::move(then));
}

void AccountService::readScopes(const QString& name, QObject* receiver, Then<std::vector<AccountScope>> then)
{
    using Scopes = std::vector<AccountScope>;
    run<Scopes>(
        receiver,
        [this, name = name.toStdString()](catalog::Catalog& catalog, std::stop_token stop) -> Result<Scopes> {
            TY_TRY(const Account account, AccountBook(catalog).find(name));
            return scopesOf(m_paths, account, m_secrets, std::move(stop));
        },
        std::move(then));
}

void AccountService::chooseScope(const QString& name, const std::string& scope, QObject* receiver, Then<void> then)
{
    change(
        receiver,
        [name = name.toStdString(), scope](AccountBook& book, std::stop_token) -> Result<void> {
            TY_TRY(Account account, book.find(name));
            account.scope = scope;
            return book.put(account);
        },
        std::move(then));
}

void AccountService::rename(const QString& from, const QString& to, QObject* receiver, Then<void> then)
{
    run<void>(
        receiver,
        [this, from = from.toStdString(), to = to.toStdString()](catalog::Catalog& catalog, std::stop_token) {
            return renameAccount(catalog, m_secrets, from, to);
        },
        [this, from, to, then = std::move(then)](const Result<void>& done) {
            if (done) {
                emit renamed(from, to);
            }
            emit sessionsChanged();
            then(done);
        });
}

void AccountService::signOut(const QString& name, QObject* receiver, Then<void> then)
{
    m_noted.erase(name);
    change(
        receiver,
        [this, name = name.toStdString()](AccountBook& book, std::stop_token) -> Result<void> {
            TY_TRY(const Account account, book.find(name));
            return ty::app::signOut(book, m_secrets, account);
        },
        std::move(then));
}

void AccountService::forget(const QString& name, QObject* receiver, Then<void> then)
{
    change(
        receiver,
        [this, name = name.toStdString()](AccountBook& book, std::stop_token) -> Result<void> {
            TY_TRY(const Account account, book.find(name));
            return forgetAccount(book, m_secrets, account);
        },
        std::move(then));
}

void AccountService::readUse(const QString& name, QObject* receiver, Then<AccountUse> then)
{
    m_catalog.call(
        receiver,
        [name = name.toStdString()](catalog::Catalog& catalog) { return readAccountUse(catalog.paths(), name); },
        std::move(then));
}

void AccountService::note(const QString& name, const std::optional<Error>& error)
{
    if (error && error->kind != ErrorKind::NotSignedIn) {
        return; // it says nothing about the sign-in
    }
    const auto entry = find(name);
    const auto noted = m_noted.find(name);
    if (!entry || entry->account.isSandbox() || (noted != m_noted.end() && noted->second == !error)) {
        return;
    }
    m_noted[name] = !error;
    m_catalog.call(
        this,
        [name = name.toStdString(), error](catalog::Catalog& catalog) {
            AccountBook book(catalog);
            return noteSignIn(book, name, error);
        },
        [this](const Result<void>&) { reload(); });
}

QString AccountService::secretPlace() const
{
    return QString::fromStdString(m_secrets.place());
}

bool AccountService::areSecretsLasting() const
{
    return m_secrets.isLasting();
}

} // namespace ty::app
