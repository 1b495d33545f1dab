#include <chrono>

#include <QTest>

#include "cloud/auth/oauth.h"
#include "cloud/azure/metrics.h"
#include "cloud/azure/network.h"
#include "cloud/azure/operation_state.h"
#include "cloud/azure/prices.h"
#include "cloud/azure/scale_set.h"
#include "cloud/azure/sku.h"
#include "cloud/azure/virtual_machine.h"
#include "cloud/gcp/compute_operation.h"
#include "cloud/gcp/instance.h"
#include "cloud/http/cloud_error.h"
#include "cloud/http/url.h"
#include "cloud/model/quota_text.h"
#include "tests/cloud/support/contract_data.h"
#include "tests/fuzz/mutator.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;

namespace {

template<typename T>
void readAs(const Json& json)
{
    if (const auto value = fromJson<T>(json, "answer")) {
        (void)toJson(*value);
    }
}

/// Everything that reads an answer's body; it must come back with a value or an Error, whatever the bytes are.
void readBody(const std::string& body)
{
    for (const int status : {200, 202, 409}) {
        const HttpResponse answer{status, {{"Azure-AsyncOperation", body.substr(0, 60)}, {"Retry-After", body.substr(0, 20)}}, body};
        const CloudError error = parseCloudError(answer);
        (void)parseQuotaText(error.message());
        azure::OperationState state = azure::beginOperation("PUT", "https://a/b", answer);
        (void)azure::advance(state, answer);
        if (const auto back = azure::OperationState::fromJson(state.toJson())) {
            QVERIFY(back->toJson() == state.toJson());
        }
        (void)readTokenAnswer(answer, {}, "test", {});
    }
    (void)parseUrl(body);
    (void)parseQuery(body);
    const auto json = parseJson(body, "answer");
    if (!json) {
        return;
    }
    (void)azure::OperationState::fromJson(*json);
    (void)gcp::parseOperation(*json);
    readAs<azure::VirtualMachine>(*json);
    readAs<azure::ScaleSet>(*json);
    readAs<azure::NetworkInterface>(*json);
    readAs<azure::MetricAnswer>(*json);
    readAs<gcp::Instance>(*json);
    if (const auto page = fromJson<azure::PricePage>(*json, "prices")) {
        (void)azure::vmPrices(page->items);
        (void)azure::nextPriceUrl("https://a/b?x=1", *page);
    }
    if (const auto sku = fromJson<azure::ResourceSku>(*json, "sku")) {
        (void)azure::vmSizeOf(*sku);
        (void)azure::offerOf(*sku, "westeurope");
    }
}

/// Good answers of every kind, as text.
std::vector<std::string> seeds()
{
    std::vector<std::string> all{
        "\xEF\xBB\xBF<?xml version=\"1.0\"?><Error><Code>C</Code><Message>a &lt; b</Message></Error>",
        toJsonLine(Json{{"access_token", "T"}, {"expires_in", "3600"}, {"refresh_in", 1800}})};
    const Json errors = contractJson("azure/recordings/arm/errors.json");
    for (const Json& each : errors.at("errors")) {
        const auto body = each.at("response").find("body");
        if (body != each.at("response").end() && body->is_string()) {
            all.push_back(body->get<std::string>());
        }
    }
    const Json observed = contractJson("compiled/observed-error-bodies.json");
    for (const char* cloud : {"azure", "gcp"}) {
        for (const Json& each : observed.at(cloud)) {
            all.push_back(each.at("body").dump());
        }
    }
    for (const Exchange& each : azureExamples()) {
        const bool isWanted = each.operationId == "VirtualMachines_Get" || each.operationId == "NetworkInterfaces_Get"
            || each.operationId == "VirtualMachineScaleSets_Get" || each.operationId == "Metrics_List";
        for (const auto& [status, body] : each.answers) {
            if (isWanted && !body.is_null()) {
                all.push_back(body.dump());
            }
        }
    }
    all.push_back(contractJson("azure/recordings/retail-prices/aks-availability-set.json").dump());
    const Json skus = contractJson("azure/tables/resource-skus-southcentralus.json");
    all.push_back(skus.at("value").at(0).dump());
    all.push_back(contractJson("gcp/fixtures/libcloud-gce/zones_us-central1-a_instances_node-name.json").dump());
    return all;
}

} // namespace

class TestHostileAnswers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void damagedAnswersComeBack()
    {
        const fuzz::Mutator mutator(seeds());
        Random random(20261121);
        int count = 0;
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
        while (std::chrono::steady_clock::now() < end) {
            readBody(mutator.next(random));
            ++count;
        }
        qInfo("%d damaged answers", count);
        QVERIFY(count > 50);
    }
};

QTEST_GUILESS_MAIN(TestHostileAnswers)
#include "tst_hostile_answers.moc"
