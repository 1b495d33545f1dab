#include <map>

#include <QTest>

#include "cloud/azure/azure_failures.h"
#include "tests/cloud/support/contract_data.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::cloud::azure;
using namespace ty::test;
using namespace std::chrono_literals;

namespace {

CloudError errorOf(int status, const std::string& code, const std::string& message)
{
    CloudError error;
    error.status = status;
    error.causes.push_back({code, message, {}});
    return error;
}

/// The words of the compiled table in ours.
FailureClass classOf(const std::string& word)
{
    static const std::map<std::string, FailureClass> classes{
        {"quota", FailureClass::Quota},
        {"quota-spot", FailureClass::Quota},
        {"quota-family", FailureClass::Quota},
        {"quota-regional", FailureClass::Quota},
        {"quota-network", FailureClass::Quota},
        {"throttle", FailureClass::Throttled},
        {"capacity-or-restricted", FailureClass::NoCapacity},
        {"capacity-zone", FailureClass::NoCapacity},
        {"capacity-region", FailureClass::NoCapacity},
        {"permanent", FailureClass::Permanent},
        {"permanent-or-state", FailureClass::Permanent},
        {"permanent-policy", FailureClass::Permission},
        {"permanent-region", FailureClass::NotOffered},
        {"transient", FailureClass::Transient},
        {"transient-180s", FailureClass::Transient},
        {"fixable", FailureClass::Unregistered},
        {"auth", FailureClass::Permission},
        {"auth-subscription", FailureClass::Permission},
        {"auth-token", FailureClass::SignIn},
        {"not-found", FailureClass::NotFound}};
    return classes.at(word);
}

} // namespace

class TestAzureFailures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_rows = contractJson("compiled/azure-error-classes.json").at("rows"); }

    void everyRowOfTheCompiledTableIsClassedSo_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(m_rows.size()); ++i) {
            const Json& row = m_rows[static_cast<std::size_t>(i)];
            QTest::newRow((std::to_string(i) + " " + row.at("code").dump() + " " + row.at("klass").dump()).c_str()) << i;
        }
    }

    void everyRowOfTheCompiledTableIsClassedSo()
    {
        QFETCH(int, index);
        const Json& row = m_rows[static_cast<std::size_t>(index)];
        const auto text = [&](const char* key) { return row.at(key).is_string() ? row.at(key).get<std::string>() : ""; };
        const int status = row.at("httpStatus").is_number() ? row.at("httpStatus").get<int>() : 200;
        const Verdict verdict = classify(
            errorOf(status, text("code"), "before " + text("messageContains") + " after"), PriceClass::Spot);
        QCOMPARE(failureClassName(verdict.failure), failureClassName(classOf(text("klass"))));
        QCOMPARE(verdict.blockFor.count(), static_cast<std::int64_t>(row.at("blockForSeconds").get<int>()));
    }

    void observedErrorBlocksWhatItConcerns_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("failure");
        QTest::addColumn<QString>("scope");
        QTest::newRow("regional quota") << 0 << 409 << "quota" << "whole-region";
        QTest::newRow("family quota") << 1 << 409 << "quota" << "family";
        QTest::newRow("no capacity") << 2 << 409 << "no-capacity" << "region";
        QTest::newRow("zone too constrained") << 3 << 200 << "no-capacity" << "zone";
        QTest::newRow("quota inside a deployment") << 4 << 400 << "quota" << "whole-region";
        QTest::newRow("too many requests") << 5 << 429 << "throttled" << "nothing";
    }

    void observedErrorBlocksWhatItConcerns()
    {
        QFETCH(int, index);
        QFETCH(int, status);
        QFETCH(QString, failure);
        QFETCH(QString, scope);
        const Json bodies = contractJson("compiled/observed-error-bodies.json");
        const Verdict verdict = classify(
            parseCloudError(bodies.at("azure").at(static_cast<std::size_t>(index)).at("body"), status));
        QCOMPARE(QString(failureClassName(verdict.failure)), failure);
        QCOMPARE(QString(blockScopeName(verdict.scope)), scope);
    }

    void closedSizeIsBlockedLongerThanAFullSpotMarket()
    {
        const CloudError error = errorOf(409, "SkuNotAvailable", "not available");
        QVERIFY(classify(error, PriceClass::Regular).blockFor == 23h);
        QVERIFY(classify(error, PriceClass::Spot).blockFor == 1h);
    }

    void familyWithoutAnyQuotaIsBlockedLonger()
    {
        const std::string text = "exceeding approved X Family Cores quota. Location: eastus, Current Limit: ";
        QVERIFY(classify(errorOf(409, "OperationNotAllowed", text + "0, Current Usage: 0")).blockFor == 1h);
        QVERIFY(classify(errorOf(409, "OperationNotAllowed", text + "4, Current Usage: 4")).blockFor == 10min);
    }

    void unknownErrorIsJudgedByItsStatus_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("failure");
        QTest::newRow("400") << 400 << "permanent";
        QTest::newRow("401") << 401 << "sign-in";
        QTest::newRow("403") << 403 << "permission";
        QTest::newRow("404") << 404 << "not-found";
        QTest::newRow("409") << 409 << "permanent";
        QTest::newRow("429") << 429 << "throttled";
        QTest::newRow("503") << 503 << "transient";
    }

    void unknownErrorIsJudgedByItsStatus()
    {
        QFETCH(int, status);
        QFETCH(QString, failure);
        QCOMPARE(QString(failureClassName(classify(errorOf(status, "NeverHeardOf", "")).failure)), failure);
    }

    void errorForThePersonNamesCodeAndRequest()
    {
        CloudError error = errorOf(409, "SkuNotAvailable", "The size is not available.");
        error.requestId = "r-1";
        const Error shown = error.toError(classify(error));
        QCOMPARE(shown.message, std::string("The size is not available. (SkuNotAvailable, request r-1)"));
        QVERIFY(!shown.advice.empty());
        QCOMPARE(shown.kind, ErrorKind::Busy);
    }

private:
    Json m_rows;
};

QTEST_GUILESS_MAIN(TestAzureFailures)
#include "tst_azure_failures.moc"
