#include <algorithm>

#include <QTest>

#include "cloud/storage/sas.h"
#include "cloud/storage/user_delegation.h"
#include "tests/cloud/support/contract_data.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;

namespace {

std::string text(const Json& object, const char* key)
{
    return object.contains(key) && object.at(key).is_string() ? object.at(key).get<std::string>() : std::string();
}

/// A URL's query, in any order.
Query sortedQuery(const std::string& query)
{
    Query parts = parseQuery(query);
    std::sort(parts.begin(), parts.end());
    return parts;
}

} // namespace

/// 41 vectors made by running Microsoft's own SDK.
class TestStorageSigning : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_vectors = contractJson("azure/signing/shared-key-and-sas-vectors.json");
        m_key = {text(m_vectors, "account"), Secret(text(m_vectors, "key"))};
        QCOMPARE(m_vectors.at("sharedKey").size() + m_vectors.at("sas").size(), std::size_t{41});
    }

    void sharedKeyIsThatOfTheSdk_data() { addRows("sharedKey"); }
    void sharedKeyIsThatOfTheSdk()
    {
        QFETCH(int, index);
        const Json& vector = m_vectors.at("sharedKey").at(static_cast<std::size_t>(index));
        HttpRequest request;
        request.method = text(vector, "method");
        request.url = text(vector, "url");
        request.body = text(vector, "body");
        for (const auto& [name, value] : vector.at("headers").items()) {
            request.headers.add(name, value.get<std::string>());
        }
        QCOMPARE(sharedKeyText(request, m_key.account), text(vector, "stringToSign"));
        QVERIFY(signSharedKey(request, m_key));
        QCOMPARE(request.headers.find("Authorization").value_or(""), text(vector, "authorization"));
    }

    // Made by running @azure/storage-blob 12.32.0, generateBlobSASQueryParameters() with a user delegation key.
    void userDelegationSasIsThatOfTheSdk()
    {
        const UserDelegationKey key{
            "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000", "2024-01-01T00:00:00Z",
            "2024-01-05T00:00:00Z", "b", "2024-08-04", Secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")};
        ServiceSas container;
        container.container = "train-data";
        container.permissions = "rl";
        container.startsOn = "2024-01-01T00:00:00Z";
        container.expiresOn = "2024-01-02T03:04:05Z";
        container.protocol = "https";
        ServiceSas blob;
        blob.container = "train-data";
        blob.path = "dir/file name.csv";
        blob.permissions = "rcw";
        blob.expiresOn = "2024-01-02T03:04:05Z";
        blob.contentDisposition = "attachment; filename=f.csv";
        blob.contentType = "text/csv";
        const auto signatureOf = [&](const ServiceSas& sas) {
            const Query query = parseQuery(sasToken(sas, "devstoreaccount1", key)->reveal());
            return query.back().second;
        };
        QCOMPARE(signatureOf(container), std::string("83fCqZ24KtWzHNw8eLRcYFYD7gRJ5ainyXVhyqSXSxc="));
        QCOMPARE(signatureOf(blob), std::string("UkWPCo33N6Tjtrf/RYYM38H1jUbZOSD0RhFZl+bS8ow="));
    }

    void sasIsThatOfTheSdk_data() { addRows("sas"); }
    void sasIsThatOfTheSdk()
    {
        QFETCH(int, index);
        const Json& vector = m_vectors.at("sas").at(static_cast<std::size_t>(index));
        const Json& input = vector.at("input");
        const std::string kind = text(vector, "kind");
        std::string signedText;
        Result<Secret> token = Secret();
        if (kind == "account") {
            AccountSas sas;
            sas.version = text(input, "version");
            sas.services = text(input, "services");
            sas.resourceTypes = text(input, "resourceTypes");
            sas.permissions = text(input, "permissions");
            sas.startsOn = text(input, "startsOn");
            sas.expiresOn = text(input, "expiresOn");
            sas.ipRange = text(input, "ipRange");
            sas.protocol = text(input, "protocol");
            signedText = sasText(sas, m_key.account);
            token = sasToken(sas, m_key);
        } else {
            const bool isBlob = kind == "service-blob";
            ServiceSas sas;
            sas.service = isBlob ? ServiceSas::Service::Blob : ServiceSas::Service::File;
            sas.version = text(input, "version");
            sas.container = text(input, isBlob ? "containerName" : "shareName");
            sas.path = text(input, isBlob ? "blobName" : "filePath");
            sas.permissions = text(input, "permissions");
            sas.startsOn = text(input, "startsOn");
            sas.expiresOn = text(input, "expiresOn");
            sas.storedPolicy = text(input, "identifier");
            sas.ipRange = text(input, "ipRange");
            sas.protocol = text(input, "protocol");
            sas.cacheControl = text(input, "cacheControl");
            sas.contentDisposition = text(input, "contentDisposition");
            sas.contentEncoding = text(input, "contentEncoding");
            sas.contentLanguage = text(input, "contentLanguage");
            sas.contentType = text(input, "contentType");
            signedText = sasText(sas, m_key.account);
            token = sasToken(sas, m_key);
        }
        QCOMPARE(signedText, text(vector, "stringToSign"));
        QVERIFY(token);
        QVERIFY(sortedQuery(token->reveal()) == sortedQuery(text(vector, "token")));
    }

    void keyThatIsNoneIsAnErrorThatDoesNotShowIt()
    {
        HttpRequest request;
        request.url = "https://a.blob.core.windows.net/";
        const auto got = signSharedKey(request, {"a", Secret("not/base64!!")});
        QVERIFY(!got);
        QVERIFY(got.error().message.find("not/base64") == std::string::npos);
    }

    void pathStyleOfTheEmulatorNamesTheAccountTwice()
    {
        HttpRequest request;
        request.url = "http://127.0.0.1:10000/devstoreaccount1/c/b";
        QVERIFY(sharedKeyText(request, "devstoreaccount1").ends_with("/devstoreaccount1/devstoreaccount1/c/b"));
    }

private:
    void addRows(const char* list)
    {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const Json& vector : m_vectors.at(list)) {
            QTest::newRow((std::to_string(index) + " " + text(vector, "name")).c_str()) << index;
            ++index;
        }
    }

    Json m_vectors;
    StorageKey m_key;
};

QTEST_GUILESS_MAIN(TestStorageSigning)
#include "tst_storage_signing.moc"
