#include <QTest>

#include "cloud/http/cloud_error.h"
#include "cloud/model/quota_text.h"
#include "tests/cloud/support/contract_data.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;

namespace {

HttpResponse responseOf(const Json& recorded)
{
    HttpResponse response;
    response.status = recorded.at("status").get<int>();
    const Json& answer = recorded.at("response");
    for (const auto& [name, value] : answer.at("headers").items()) {
        response.headers.add(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    if (const auto body = answer.find("body"); body != answer.end() && body->is_string()) {
        response.body = body->get<std::string>();
    }
    return response;
}

CloudError errorOf(int status, const char* body)
{
    return parseCloudError(HttpResponse{status, {}, body});
}

/// The error texts that people quoted in public threads.
Json observed(const char* cloud, int index)
{
    return contractJson("compiled/observed-error-bodies.json").at(cloud).at(static_cast<std::size_t>(index));
}

} // namespace

class TestCloudError : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_recorded = contractJson("azure/recordings/arm/errors.json").at("errors"); }

    void recordedErrorTellsItsCode_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(m_recorded.size()); ++i) {
            const Json& each = m_recorded[static_cast<std::size_t>(i)];
            QTest::newRow((std::to_string(i) + " " + each.at("status").dump() + " " + each.at("code").dump()).c_str()) << i;
        }
    }

    void recordedErrorTellsItsCode()
    {
        QFETCH(int, index);
        const Json& recorded = m_recorded[static_cast<std::size_t>(index)];
        const HttpResponse response = responseOf(recorded);
        const CloudError error = parseCloudError(response);
        if (recorded.at("code").is_string()) {
            QCOMPARE(error.code(), recorded.at("code").get<std::string>());
            QVERIFY(!error.message().empty());
        } else if (response.body.empty()) {
            QVERIFY(error.causes.empty());
            QCOMPARE(error.code(), "HTTP " + std::to_string(response.status));
        } else if (response.status >= 400) { // capital envelopes, of which the list tells no code
            QVERIFY2(!error.causes.empty() && !error.code().starts_with("HTTP"), response.body.c_str());
        }
        QCOMPARE(error.requestId, response.headers.find("x-ms-request-id").value_or(""));
    }

    void everyEnvelopeIsUnderstood_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* body, const char* code, const char* message) {
            QTest::newRow(name) << QByteArray(body) << QString(code) << QString(message);
        };
        row("arm", R"({"error":{"code":"C","message":"M"}})", "C", "M");
        row("inner detail says more", R"({"error":{"code":"C","message":"M","details":[{"code":"D","message":"N"}]}})", "C", "N");
        row("flat", R"({"code":"C","message":"M"})", "C", "M");
        row("capital", R"({"Error":{"Code":"C","Message":"M"}})", "C", "M");
        row("flat capital", R"({"Code":"C","Message":"M","Details":[]})", "C", "M");
        row("odata", R"({"odata.error":{"code":"C","message":{"lang":"en","value":"M"}}})", "C", "M");
        const std::string wrapped
            = toJsonLine({{"error", {{"code", "C"}, {"message", R"({"error":{"code":"D","message":"N"}})"}}}});
        row("json in a message", wrapped.c_str(), "C", "N");
        row("operation", R"({"status":"Failed","error":{"code":"C","message":"M"}})", "C", "M");
        row("sign-in", R"({"error":"invalid_grant","error_description":"M","error_codes":[1]})", "invalid_grant", "M");
        row("storage", "\xEF\xBB\xBF<?xml version=\"1.0\"?><Error><Code>C</Code><Message>a &lt; b\nRequestId:1\nTime:2</Message></Error>", "C", "a < b");
        row("google", R"({"error":{"code":403,"message":"M","errors":[{"reason":"quotaExceeded","message":"M"}]}})", "quotaExceeded", "M");
        row("google with word", R"({"error":{"code":404,"message":"M","errors":[{"reason":"notFound","message":"M"}],"status":"NOT_FOUND"}})", "NOT_FOUND", "M");
        row("google operation", R"({"errors":[{"code":"ZONE_RESOURCE_POOL_EXHAUSTED","message":"M"}]})", "ZONE_RESOURCE_POOL_EXHAUSTED", "M");
        row("null message", R"({"Code":"C","Message":null})", "C", "in conflict with another change");
        row("nothing", "", "HTTP 409", "in conflict with another change");
        row("web page", "<html><body>Bad Gateway</body></html>", "HTTP 409", "in conflict with another change");
        row("not json", "upstream connect error", "HTTP 409", "in conflict with another change");
        row("list", "[1,2]", "HTTP 409", "in conflict with another change");
    }

    void everyEnvelopeIsUnderstood()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, code);
        QFETCH(QString, message);
        const CloudError error = errorOf(409, body.constData());
        QCOMPARE(QString::fromStdString(error.code()), code);
        QCOMPARE(QString::fromStdString(error.message()), message);
    }

    void hostileNestingEndsAndIsNoCrash()
    {
        std::string body = R"({"error":{"code":"C","message":"M"}})";
        for (int i = 0; i < 30; ++i) {
            body = R"({"error":{"code":"O","details":[)" + body + "]}}";
        }
        QCOMPARE(errorOf(500, body.c_str()).code(), std::string("O"));
    }

    void codeOfAHeadAnswerComesFromItsHeader()
    {
        const CloudError error = parseCloudError(HttpResponse{404, {{"x-ms-error-code", "BlobNotFound"}}, ""});
        QCOMPARE(error.code(), std::string("BlobNotFound"));
    }

    void googleTellsWhereTheCardsAre()
    {
        const CloudError error = parseCloudError(observed("gcp", 1).at("body"), 503);
        QCOMPARE(error.code(), std::string("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"));
        QCOMPARE(error.metadata.at("zonesAvailable"), std::string("us-central1-a,us-central1-f"));
        QVERIFY(error.hasCode("resource_availability"));
    }

    void throttledAzureAnswerTellsTheBudgetThatIsUsedUp()
    {
        const CloudError error = parseCloudError(observed("azure", 5).at("body"), 429);
        QVERIFY(error.hasCode("TooManyRequests"));
        QVERIFY(QString::fromStdString(error.message()).startsWith("The server rejected the request"));
    }

    void quotaSentenceGivesItsNumbers_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("place");
        QTest::addColumn<int>("limit");
        QTest::addColumn<int>("usage");
        QTest::addColumn<int>("required");
        QTest::addColumn<int>("newLimit");
        const auto message = [](int index) {
            return QString::fromStdString(observed("azure", index).at("body").at("error").at("message").get<std::string>());
        };
        QTest::newRow("azure region") << message(0) << "Total Regional Cores" << "KoreaSouth" << 50 << 50 << 2 << 52;
        QTest::newRow("azure family") << message(1) << "standardDASv5Family Cores" << "eastus" << 100 << 96 << 64 << 160;
        QTest::newRow("azure, old wording")
            << "Operation results in exceeding quota limits of Core. Maximum allowed: 4, Current in use: 4, Additional requested: 1."
            << "Core" << "" << 4 << 4 << 1 << -1;
        QTest::newRow("google region") << "Quota 'NVIDIA_T4_GPUS' exceeded.  Limit: 1.0 in region us-central1." << "NVIDIA_T4_GPUS"
                                       << "us-central1" << 1 << -1 << -1 << -1;
        QTest::newRow("google global") << "Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally." << "GPUS_ALL_REGIONS" << ""
                                       << 0 << -1 << -1 << -1;
    }

    void quotaSentenceGivesItsNumbers()
    {
        QFETCH(QString, text);
        QFETCH(QString, name);
        QFETCH(QString, place);
        QFETCH(int, limit);
        QFETCH(int, usage);
        QFETCH(int, required);
        QFETCH(int, newLimit);
        const auto numbers = parseQuotaText(text.toStdString());
        QVERIFY(numbers.has_value());
        QCOMPARE(QString::fromStdString(numbers->name), name);
        QCOMPARE(QString::fromStdString(numbers->place), place);
        QCOMPARE(numbers->limit.value_or(-1), limit);
        QCOMPARE(numbers->usage.value_or(-1), usage);
        QCOMPARE(numbers->required.value_or(-1), required);
        QCOMPARE(numbers->newLimit.value_or(-1), newLimit);
        QVERIFY(!parseQuotaText("Allocation failed."));
    }

private:
    Json m_recorded;
};

QTEST_GUILESS_MAIN(TestCloudError)
#include "tst_cloud_error.moc"
