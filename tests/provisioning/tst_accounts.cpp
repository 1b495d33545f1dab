#include <QTest>

#include "app/catalog/catalog.h"
#include "app/catalog/charges.h"
#include "app/catalog/chases.h"
#include "app/provisioning/account_login.h"
#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/rights.h"
#include "app/provisioning/sandbox_process.h"
#include "engine/base/files.h"
#include "sandbox_home.h"

using namespace ty;
using namespace ty::app;

namespace {

constexpr const char* kNow = "2026-11-21T10:00:00.000Z";
constexpr const char* kLater = "2026-11-21T11:00:00.000Z";

} // namespace

class TestAccounts : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void nothingIsSentBeforeAllIsThere_data();
    void nothingIsSentBeforeAllIsThere();
    void aWrongSecretKeepsNothing();
    void aPrincipalIsKeptWithItsSecret();
    void aWrongSecretLeavesTheOldOneAlone();
    void aKeyFileTellsItsProject();
    void aSubscriptionIsChosenAmongSeveral();
    void aProjectIsChosenAmongSeveral();
    void aReaderIsToldWhatIsMissing();
    void aCertificateSignsIn();
    void theIdentityOfAMachineSignsIn();
    void defaultCredentialsSignIn();
    void aRenamedAccountTakesAllWithIt();
    void aBusyAccountKeepsItsName();
    void signedOutIsNotRefused();
    void whatIsForgottenIsGone();
    void aStateRemembersSinceWhen();

private:
    Account principal(const std::string& name) const;
    Result<std::vector<AccountScope>> test(const std::string& name);

    SandboxHome m_home;
    cloud::SessionSecrets m_secrets;
    std::unique_ptr<catalog::Catalog> m_catalog;
    SandboxAccess m_azure;
    SandboxAccess m_google;
};

void TestAccounts::initTestCase()
{
    if (!m_home.open()) {
        QSKIP("there is no sandbox");
    }
    auto catalog = catalog::Catalog::open(m_home.paths());
    QVERIFY(catalog);
    m_catalog = std::move(catalog).value();
    const auto reach = [this](const Account& account) {
        return reachSandbox(m_home.paths().dataFolder(), sandboxProgram(), account).value();
    };
    m_azure = reach(sandboxAccounts()[0]);
    m_google = reach(sandboxAccounts()[1]);
}

Account TestAccounts::principal(const std::string& name) const
{
    Account account = m_azure.account;
    account.name = name;
    account.signIn = "secret";
    account.scope.clear();
    return account;
}

Result<std::vector<AccountScope>> TestAccounts::test(const std::string& name)
{
    TY_TRY(const Account account, AccountBook(*m_catalog).find(name));
    return testAccount(m_home.paths(), account, m_secrets, {});
}

void TestAccounts::nothingIsSentBeforeAllIsThere_data()
{
    QTest::addColumn<QString>("signIn");
    QTest::addColumn<QString>("provider");
    QTest::addColumn<QString>("field");
    QTest::newRow("a principal's tenant") << "secret" << "azure" << "tenant";
    QTest::newRow("a certificate's tenant") << "certificate" << "azure" << "tenant";
    QTest::newRow("Google's project is chosen later") << "cli" << "google" << "";
    QTest::newRow("the key file") << "service-account" << "google" << "secret";
    QTest::newRow("a code needs nothing") << "device-code" << "azure" << "";
}

void TestAccounts::nothingIsSentBeforeAllIsThere()
{
    QFETCH(QString, signIn);
    QFETCH(QString, provider);
    QFETCH(QString, field);
    Account account;
    account.name = "Research";
    account.provider = provider.toStdString();
    account.signIn = signIn.toStdString();

    const auto missing = missingOf(account, false);

    QCOMPARE(QString::fromStdString(missing ? missing->field : std::string()), field);
}

void TestAccounts::aWrongSecretKeepsNothing()
{
    const auto signedIn
        = signIn(m_home.paths(), principal("Research"), cloud::Secret(m_azure.secret.reveal() + "x"), {}, {});

    QVERIFY(!signedIn);
    QCOMPARE(signedIn.error().kind, ErrorKind::NotSignedIn);
    QVERIFY(!AccountBook(*m_catalog).find("Research"));
    QVERIFY(!m_secrets.find("account/Research/secret").value());
}

void TestAccounts::aPrincipalIsKeptWithItsSecret()
{
    const auto signedIn = signIn(m_home.paths(), principal("Research"), m_azure.secret, {}, {});
    QVERIFY2(signedIn, signedIn ? "" : signedIn.error().message.c_str());
    const auto scope = chooseScope(signedIn->account, signedIn->scopes, {});
    QVERIFY2(scope, scope ? "" : scope.error().message.c_str());
    AccountBook book(*m_catalog);

    QVERIFY(keepAccount(book, m_secrets, *signedIn, *scope));

    QCOMPARE(book.find("Research")->scope, m_azure.account.scope);
    QVERIFY(!book.states()->at("Research").answered.empty());
    QVERIFY(test("Research"));
}

void TestAccounts::aWrongSecretLeavesTheOldOneAlone()
{
    const auto signedIn = signIn(m_home.paths(), principal("Research"), cloud::Secret("wrong"), {}, {});

    QVERIFY(!signedIn);
    QVERIFY(test("Research"));
}

void TestAccounts::aKeyFileTellsItsProject()
{
    Account account = m_google.account;
    account.name = "Lab";
    account.signIn = "service-account";
    account.scope.clear();

    const auto signedIn = signIn(m_home.paths(), account, m_google.secret, {}, {});

    QVERIFY2(signedIn, signedIn ? "" : signedIn.error().message.c_str());
    QCOMPARE(signedIn->account.scope, m_google.account.scope);
    QVERIFY(std::any_of(signedIn->scopes.begin(), signedIn->scopes.end(), [this](const AccountScope& scope) {
        return scope.id == m_google.account.scope;
    }));
}

void TestAccounts::aSubscriptionIsChosenAmongSeveral()
{
    QVERIFY(m_home.administer("scopes", R"({"subscription": "Second"})"));

    const auto signedIn = signIn(m_home.paths(), principal("Several"), m_azure.secret, {}, {});

    QVERIFY2(signedIn, signedIn ? "" : signedIn.error().message.c_str());
    QCOMPARE(signedIn->scopes.size(), std::size_t(2));
    const auto none = chooseScope(signedIn->account, signedIn->scopes, {});
    QVERIFY(!none && QByteArray::fromStdString(none.error().message).contains("Second"));
    const auto second = chooseScope(signedIn->account, signedIn->scopes, "second");
    QVERIFY(second);
    AccountBook book(*m_catalog);
    QVERIFY(keepAccount(book, m_secrets, *signedIn, *second));
    const auto session = CloudSession::open(m_home.paths(), book.find("Several").value(), m_secrets, {});
    QVERIFY(session && readRegions(**session, {})->size() > 10); // which are asked for in that subscription
    QCOMPARE(scopesOf(m_home.paths(), book.find("Several").value(), m_secrets, {})->size(), std::size_t(2));
    QVERIFY(forgetAccount(book, m_secrets, book.find("Several").value()));
}

void TestAccounts::aProjectIsChosenAmongSeveral()
{
    QVERIFY(m_home.administer("scopes", R"({"project": "second-project", "name": "Second"})"));
    Account account = m_google.account;
    account.name = "Projects";
    account.signIn = "service-account";
    account.scope.clear();

    const auto signedIn = signIn(m_home.paths(), account, m_google.secret, {}, {});

    QVERIFY2(signedIn, signedIn ? "" : signedIn.error().message.c_str());
    QCOMPARE(signedIn->account.scope, m_google.account.scope); // the key file's own comes first
    QCOMPARE(signedIn->scopes.size(), std::size_t(2));
    QCOMPARE(chooseScope(signedIn->account, signedIn->scopes, "Second").value(), std::string("second-project"));
    QVERIFY(QByteArray::fromStdString(chooseScope(signedIn->account, signedIn->scopes, {}).error().message).contains("2 projects"));
}

void TestAccounts::aReaderIsToldWhatIsMissing()
{
    QVERIFY(m_home.administer("role", R"({"role": "reader"})"));
    m_home.setProvider("azure");
    const auto azure = missingRights(m_home.session(), "crash", {});
    m_home.setProvider("google");
    const auto google = missingRights(m_home.session(), {}, {});
    QVERIFY(m_home.administer("role", R"({"role": "owner"})"));

    QVERIFY2(azure, azure ? "" : azure.error().message.c_str());
    QVERIFY(std::find(azure->begin(), azure->end(), "Microsoft.Compute/virtualMachines/write") != azure->end());
    QVERIFY(QByteArray::fromStdString(rightsProblem(m_azure.account, *azure)).contains("role Contributor"));
    QVERIFY2(google, google ? "" : google.error().message.c_str());
    QCOMPARE(google->front(), std::string("compute.instances.create"));
    QVERIFY(missingRights(m_home.session(), {}, {})->empty()); // an owner again
    m_home.setProvider("azure");
    QVERIFY(missingRights(m_home.session(), {}, {})->empty());
}

void TestAccounts::aCertificateSignsIn()
{
    const QString folder = QString::fromStdString(m_home.paths().dataFolder());
    const QString key = folder + QStringLiteral("/key.pem");
    const QString certificate = folder + QStringLiteral("/certificate.pem");
    const int made = QProcess::execute(
        QStringLiteral("openssl"),
        {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
         QStringLiteral("-keyout"), key, QStringLiteral("-out"), certificate, QStringLiteral("-days"), QStringLiteral("2"),
         QStringLiteral("-subj"), QStringLiteral("/CN=trainyard")});
    if (made != 0) {
        QSKIP("there is no openssl");
    }
    const std::string pem = readFile(certificate.toStdString()).value();
    Account account = principal("Certified");
    account.signIn = "certificate";
    const cloud::Secret both(readFile(key.toStdString()).value() + pem);

    const auto refused = signIn(m_home.paths(), account, both, {}, {});
    QVERIFY(m_home.administer("certificate", pem));
    const auto signedIn = signIn(m_home.paths(), account, both, {}, {});

    QCOMPARE(refused.error().kind, ErrorKind::NotSignedIn);
    QVERIFY2(signedIn, signedIn ? "" : signedIn.error().message.c_str());
}

void TestAccounts::theIdentityOfAMachineSignsIn()
{
    Account account = principal("Identity");
    account.signIn = "managed-identity";
    account.clientId.clear();
    qputenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", QByteArray::fromStdString(m_azure.account.managementUrl) + "/");

    const auto signedIn = signIn(m_home.paths(), account, {}, {}, {});
    qunsetenv("AZURE_POD_IDENTITY_AUTHORITY_HOST");

    QVERIFY2(signedIn, signedIn ? "" : signedIn.error().message.c_str());
    QVERIFY(signedIn->secret.isEmpty());
}

void TestAccounts::defaultCredentialsSignIn()
{
    Account account = m_google.account;
    account.name = "Default";
    account.signIn = "default";
    account.scope.clear();
    qputenv("GOOGLE_APPLICATION_CREDENTIALS", QByteArray::fromStdString(m_home.paths().dataFolder() + "/sandbox/google-service-account.json"));
    const auto byFile = signIn(m_home.paths(), account, {}, {}, {});
    qunsetenv("GOOGLE_APPLICATION_CREDENTIALS");
    qputenv("CLOUDSDK_CONFIG", "/nonexistent");
    qputenv("GCE_METADATA_HOST", QByteArray::fromStdString(m_google.account.managementUrl));
    const auto byMachine = signIn(m_home.paths(), account, {}, {}, {});
    qunsetenv("GCE_METADATA_HOST");
    qunsetenv("CLOUDSDK_CONFIG");

    QVERIFY2(byFile, byFile ? "" : byFile.error().message.c_str());
    QVERIFY2(byMachine, byMachine ? "" : byMachine.error().message.c_str());
    QCOMPARE(byMachine->scopes.size(), std::size_t(2));
}

void TestAccounts::aRenamedAccountTakesAllWithIt()
{
    const auto charges = catalog::Charges::open(m_home.paths()).value();
    QVERIFY(charges->see("Research", {{"Research", "gpu-1", "mark-1", "running", true, 0.5, false, "USD", kNow}}, kLater));
    const auto chases = catalog::Chases::open(m_home.paths()).value();
    QVERIFY(chases->block({"Research", "westeurope|1|T4", "no-capacity", "none", "2999-01-01T00:00:00Z"}));
    const auto machines = catalog::Machines::open(m_home.paths()).value();
    catalog::MachineRecord machine;
    machine.name = "gpu-1";
    machine.cloud = "Research";
    machine.details = {{"request", {{"account", "Research"}}}};
    QVERIFY(machines->put(machine));

    const auto renamed = renameAccount(*m_catalog, m_secrets, "Research", "Laboratory");

    QVERIFY2(renamed, renamed ? "" : renamed.error().message.c_str());
    QVERIFY(!AccountBook(*m_catalog).find("Research"));
    QVERIFY(test("Laboratory"));
    QVERIFY(!m_secrets.find("account/Research/secret").value());
    QCOMPARE(charges->current()->front().account, std::string("Laboratory"));
    QCOMPARE(chases->blocks("Laboratory")->size(), std::size_t(1));
    const auto found = machines->find("gpu-1").value();
    QCOMPARE(found->cloud, std::string("Laboratory"));
    QCOMPARE(found->details["request"]["account"].get<std::string>(), std::string("Laboratory"));
    QCOMPARE(AccountBook(*m_catalog).states()->count("Laboratory"), std::size_t(1));
    const auto use = readAccountUse(m_home.paths(), "Laboratory").value();
    QCOMPARE(use.machines.size(), std::size_t(1));
    QCOMPARE(use.usdPerHour, 0.5);
    QCOMPARE(renameAccount(*m_catalog, m_secrets, "Laboratory", "sandbox").error().kind, ErrorKind::InvalidInput);
    const auto ours = renameAccount(*m_catalog, m_secrets, "sandbox", "Playground");
    QVERIFY(!ours && QByteArray::fromStdString(ours.error().message).contains("keeps its name"));
    QVERIFY(test("Laboratory"));
}

void TestAccounts::aBusyAccountKeepsItsName()
{
    const auto operations = catalog::Operations::open(m_home.paths()).value();
    const auto id = operations->begin("create", "gpu-2", {{"account", "Laboratory"}});
    QVERIFY(id);

    QCOMPARE(renameAccount(*m_catalog, m_secrets, "Laboratory", "Other").error().kind, ErrorKind::Busy);

    QVERIFY(operations->end(*id, "undone", {}));
    QVERIFY(renameAccount(*m_catalog, m_secrets, "Laboratory", "Other"));
    QCOMPARE(operations->operation(*id)->request["account"].get<std::string>(), std::string("Other"));
    QVERIFY(renameAccount(*m_catalog, m_secrets, "Other", "Laboratory"));
}

void TestAccounts::signedOutIsNotRefused()
{
    AccountBook book(*m_catalog);
    QVERIFY(signOut(book, m_secrets, book.find("Laboratory").value()));
    QCOMPARE(test("Laboratory").error().kind, ErrorKind::NotSignedIn);

    QVERIFY(noteSignIn(book, "Laboratory", test("Laboratory").error()));

    const AccountState state = book.states()->at("Laboratory");
    QVERIFY(state.isSignedOut.value_or(false));
    QVERIFY(state.refused.empty());
}

void TestAccounts::whatIsForgottenIsGone()
{
    AccountBook book(*m_catalog);

    QVERIFY(forgetAccount(book, m_secrets, book.find("Laboratory").value()));

    QVERIFY(!book.find("Laboratory"));
    QCOMPARE(book.states()->count("Laboratory"), std::size_t(0));
    QCOMPARE(forgetAccount(book, m_secrets, sandboxAccounts()[0]).error().kind, ErrorKind::InvalidInput);
}

void TestAccounts::aStateRemembersSinceWhen()
{
    const AccountState answered = AccountState().afterAnswer(kNow);

    const AccountState refused = answered.afterRefusal(kNow, "expired").afterRefusal(kLater, "expired");

    QCOMPARE(refused.refused, std::string(kNow));
    QCOMPARE(refused.answered, std::string(kNow));
    QCOMPARE(refused.problem, std::string("expired"));
    QVERIFY(refused.afterAnswer(kLater).refused.empty());
}

QTEST_GUILESS_MAIN(TestAccounts)
#include "tst_accounts.moc"
