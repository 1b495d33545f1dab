// Storage accounts: our requests and what we read, by Microsoft's examples and by recordings of the real service.
#include <QTest>

#include "cloud/azure/arm_client.h"
#include "cloud/azure/storage_account.h"
#include "engine/base/files.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::cloud::azure;

namespace {

const std::string kContracts = TRAINYARD_SOURCE_DIR "/tests/data/contracts/azure/";

Json example(const std::string& name)
{
    return readJsonFile(
               kContracts + "specification/storage/resource-manager/Microsoft.Storage/stable/2023-05-01/examples/StorageAccount" + name
               + ".json")
        .valueOr(Json());
}

Json answer(const std::string& name)
{
    return example(name).at("responses").at("200").at("body");
}

ResourceRef accountOf(const Json& parameters)
{
    return {
        parameters.at("subscriptionId"), parameters.at("resourceGroupName"), kStorageAccounts, {parameters.at("accountName").get<std::string>()}};
}

/// The answers of a recording to requests whose method and end of path are these, in order.
std::vector<Json> recorded(const std::string& file, const std::string& method, const std::string& part)
{
    std::vector<Json> bodies;
    const Json recording = readJsonFile(kContracts + "recordings/arm/" + file).valueOr(Json());
    for (const Json& exchange : recording.at("exchanges")) {
        const std::string body = exchange["response"]["body"].is_string() ? exchange["response"]["body"].get<std::string>() : "";
        if (exchange["request"]["method"] == method && !body.empty()
            && exchange["request"]["url"].get<std::string>().find(part) != std::string::npos) {
            bodies.push_back(parseJson(body, file).valueOr(Json()));
        }
    }
    return bodies;
}

} // namespace

class TestStorageAccounts : public QObject {
    Q_OBJECT
private slots:
    void requestsAreThoseOfTheExamples()
    {
        const Json made = example("Create").at("parameters");
        StorageAccount account;
        account.kind = made.at("parameters").at("kind");
        account.location = made.at("parameters").at("location");
        account.redundancy = made.at("parameters").at("sku").at("name");
        account.minimumTls = "TLS1_2";
        account.allowsPublicBlobs = false;
        account.tags = {{"key1", "value1"}, {"key2", "value2"}};
        const ArmRequest create = putResource(accountOf(made), toJson(account));
        QCOMPARE(create.method, std::string("PUT"));
        QCOMPARE(create.path, answer("Create").at("id").get<std::string>());
        const Json asked = *create.body;
        for (const auto& [name, value] : asked.items()) {
            if (name == "properties") {
                for (const auto& [inner, one] : value.items()) {
                    QVERIFY2(one == made.at("parameters").at("properties").at(inner), inner.c_str());
                }
            } else {
                QVERIFY2(value == made.at("parameters").at(name), name.c_str());
            }
        }

        const Json named = example("CheckNameAvailability").at("parameters");
        const ArmRequest check = checkStorageName(named.at("subscriptionId"), named.at("accountName").at("name"));
        QCOMPARE(check.method, std::string("POST"));
        QVERIFY(*check.body == named.at("accountName"));
        QVERIFY(check.query == Query({{"api-version", named.at("api-version").get<std::string>()}}));

        const Json renewed = example("RegenerateKey").at("parameters");
        const ArmRequest renew = renewStorageKey(accountOf(renewed), "key2");
        QVERIFY(renew.path.ends_with("/storageAccounts/sto3539/regenerateKey"));
        QVERIFY(*renew.body == renewed.at("regenerateKey"));
        QVERIFY(listStorageKeys(accountOf(renewed)).path.ends_with("/storageAccounts/sto3539/listKeys"));
    }

    void answersOfTheExamplesAreReadRight()
    {
        const auto made = fromJson<StorageAccount>(answer("Create"), "example");
        QVERIFY(made);
        QCOMPARE(made->name, std::string("sto4445"));
        QCOMPARE(made->redundancy, std::string("Standard_GRS"));
        QCOMPARE(made->fileEndpoint, std::string("https://sto4445.file.core.windows.net/"));
        QCOMPARE(made->blobEndpoint, std::string("https://sto4445.blob.core.windows.net/"));
        QCOMPARE(made->provisioningState, std::string("Succeeded"));
        const auto keys = fromJson<StorageKeys>(answer("ListKeys"), "example");
        QVERIFY(keys && keys->keys.size() == 2 && keys->keys[1].name == "key2" && keys->keys[1].value == "<value>");
        const auto free = fromJson<StorageNameAnswer>(answer("CheckNameAvailability"), "example");
        QVERIFY(free && free->isAvailable.value_or(false));
        for (const char* list : {"List", "ListByResourceGroup"}) {
            const auto all = listFromJson<StorageAccount>(answer(list).at("value"), "example");
            QVERIFY(all && !all->empty());
            for (const StorageAccount& each : *all) {
                QVERIFY(!each.name.empty() && !each.location.empty() && !each.redundancy.empty());
            }
        }
    }

    void whatTheServiceWasSeenToAnswerIsReadRight()
    {
        const auto bodies = recorded("storage-account-create.json", "GET", "asyncoperations");
        QCOMPARE(bodies.size(), std::size_t{1});
        const auto made = fromJson<StorageAccount>(bodies.front(), "recording");
        QVERIFY(made);
        QCOMPARE(made->name, std::string("stgbnt4439"));
        QCOMPARE(made->accessTier, std::string("Hot"));
        QCOMPARE(made->created, std::string("2019-10-23T18:55:24.9046304Z"));
        QVERIFY(made->fileEndpoint.empty()); // an account of blobs alone
        for (const char* verb : {"/listKeys", "/regenerateKey"}) {
            const auto answers = recorded("storage-account-keys.json", "POST", verb);
            QVERIFY2(!answers.empty(), verb);
            const auto keys = fromJson<StorageKeys>(answers.front(), "recording");
            QVERIFY(keys && keys->keys.size() == 2 && keys->keys[0].name == "key1");
        }
    }
};

QTEST_GUILESS_MAIN(TestStorageAccounts)
#include "tst_storage_accounts.moc"
