#include <QTest>

#include "app/provisioning/storage_accounts.h"
#include "app/stores/account_stores.h"
#include "app/stores/store_removal.h"
#include "cloud/provision/marks.h"
#include "sandbox_home.h"

using namespace ty;
using namespace ty::app;
using cloud::Outcome;

/// Storage accounts of the sandbox: made by the journal, opened as stores, given new keys, deleted.
class TestStorage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (!m_home.open()) {
            QSKIP("there is no sandbox");
        }
        auto stores = StoreBook::open(
            m_home.paths(), m_secrets, [](const std::string&, const std::string&) -> Result<cloud::SignIn> {
                return Error{ErrorKind::NotFound, "no account", {}};
            });
        QVERIFY(stores);
        m_stores = std::move(*stores);
        StorageAccounts accounts(m_home.session());
        const auto made = accounts.create(wanted("seedmnist"), {});
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(made->outcome, Outcome::Done);
    }

    void anAccountIsMadeByTheJournalWithOurTag()
    {
        StorageAccounts accounts(m_home.session());
        const auto found = accounts.find("seedmnist", {});
        QVERIFY(found);
        QVERIFY(found->tags.contains(cloud::kOperationTag));
        QCOMPARE(found->provisioningState, std::string("Succeeded"));
        QCOMPARE(found->redundancy, std::string("Standard_LRS"));
        const auto entries = m_home.session().operations().openOnes();
        QVERIFY(entries && entries->empty());
    }

    void aNameThatSomebodyHasIsRefusedBeforeAnythingIsMade()
    {
        StorageAccounts accounts(m_home.session());
        const auto again = accounts.create(wanted("seedmnist"), {});
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::AlreadyExists);
        const auto wrong = accounts.create(wanted("Seed-MNIST"), {});
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, ErrorKind::InvalidInput);
    }

    void sharesAndFoldersAreMadeFilledAndDeleted()
    {
        StorageAccounts accounts(m_home.session());
        const auto account = accounts.find("seedmnist", {});
        const auto keys = accounts.keys(*account, {});
        QVERIFY(keys && keys->size() == 2);
        const auto record = addAccountStore(*m_stores, "seed", *account, keys->front().value, cloud::StoreKind::Files);
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QVERIFY(!addAccountStore(*m_stores, "blobs", *account, keys->front().value, cloud::StoreKind::Blob)); // Files alone here
        for (const char* folder : {"seed:share", "seed:share/mnist", "seed:share/mnist/deep"}) {
            const auto end = m_stores->open(folder);
            QVERIFY(end && end->store->makeFolder(end->path, {}));
        }
        const auto end = m_stores->open("seed:share/mnist");
        QCOMPARE(removeBelow(*end->store, end->path, {}).valueOr(0), std::int64_t{2});
        QVERIFY(!end->store->properties(end->path, {}));
    }

    void aNewKeyLocksOutTheOldOneAndTheStoresGoOn()
    {
        StorageAccounts accounts(m_home.session());
        const auto account = accounts.find("seedmnist", {});
        const auto renewed = accounts.renewKey(*account, "key1", {});
        QVERIFY(renewed);
        cloud::ListRequest root;
        QVERIFY(!m_stores->open("seed:")->store->list(root, {})); // by the old one
        QCOMPARE(giveNewKey(*m_stores, *account, renewed->front().value).valueOr(0), std::size_t{1});
        const auto listed = m_stores->open("seed:")->store->list(root, {});
        QVERIFY2(listed, listed ? "" : listed.error().message.c_str());
        QCOMPARE(listed->entries.size(), std::size_t{1});
    }

    void aDeletedAccountTakesItsFilesAndStoresAlong()
    {
        StorageAccounts accounts(m_home.session());
        const auto account = accounts.find("seedmnist", {});
        QCOMPARE(removeStorage(m_home.session().machines(), *account, {})->outcome, Outcome::Done);
        cloud::azure::StorageAccount namesake = *account; // of a real cloud
        namesake.fileEndpoint = "https://seedmnist.file.core.windows.net/";
        QCOMPARE(forgetAccountStores(*m_stores, namesake).valueOr(9), std::size_t{0});
        QCOMPARE(forgetAccountStores(*m_stores, *account).valueOr(0), std::size_t{1});
        QVERIFY(!accounts.find("seedmnist", {}));
        // Its name is free again, and nothing of the first one is in it.
        QCOMPARE(accounts.create(wanted("seedmnist"), {})->outcome, Outcome::Done);
        const auto anew = accounts.find("seedmnist", {});
        QVERIFY(addAccountStore(*m_stores, "seed", *anew, accounts.keys(*anew, {})->front().value, cloud::StoreKind::Files));
        const auto listed = m_stores->open("seed:")->store->list({}, {});
        QVERIFY(listed && listed->entries.empty());
    }

private:
    static cloud::StorageRequest wanted(const std::string& name)
    {
        cloud::StorageRequest request;
        request.name = name;
        request.region = "westeurope";
        return request;
    }
    SandboxHome m_home;
    cloud::SessionSecrets m_secrets;
    std::unique_ptr<StoreBook> m_stores;
};

QTEST_GUILESS_MAIN(TestStorage)
#include "tst_storage.moc"
