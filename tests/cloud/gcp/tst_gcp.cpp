#include <map>

#include <QTest>

#include "cloud/gcp/compute_client.h"
#include "cloud/gcp/resource_manager.h"
#include "cloud/http/curl_transport.h"
#include "tests/cloud/support/contract_data.h"
#include "tests/cloud/support/scripted_server.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::cloud::gcp;
using namespace ty::test;
using namespace std::chrono_literals;

namespace {

ComputeOptions optionsFor(const ScriptedServer& server, const RecordedSleep& sleep = {})
{
    return {server.url("/compute/v1"), 2000ms, sleep};
}

QByteArray operation(const char* status, const Json& more = Json::object())
{
    Json json{
        {"kind", "compute#operation"},
        {"name", "op-1"},
        {"status", status},
        {"selfLink", "https://www.googleapis.com/compute/v1/projects/p/zones/z/operations/op-1"}};
    json.update(more);
    return answer("200 OK", "", toJsonLine(json).c_str());
}

/// The words of the compiled table in ours; empty: not an error of the service.
std::string classOf(const std::string& word)
{
    const std::map<std::string, std::string> classes{
        {"capacity", "no-capacity"}, {"capacity-tpu", "no-capacity"}, {"quota", "quota"}, {"quota-tpu", "quota"},
        {"throttle", "throttled"}, {"transient", "transient"}, {"permanent", "permanent"}, {"auth", "permission"},
        {"policy", "permission"}, {"conflict", "permanent"}, {"unknown", "permanent"}, {"capacity-suspected", "not-found"}};
    return classes.at(word);
}

} // namespace

class TestGcp : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRowOfTheCompiledTableIsClassedSo()
    {
        const Json rows = contractJson("compiled/gcp-error-classes.json").at("rows");
        for (const Json& row : rows) {
            const std::string code = row.at("code").is_string() ? row.at("code").get<std::string>() : row.at("code").dump();
            CloudError error;
            error.status = 200;
            error.causes.push_back({code, "", {}});
            const std::string got = failureClassName(classify(error).failure);
            const std::string wanted = classOf(row.at("klass").get<std::string>());
            QVERIFY2(got == wanted, (code + ": " + got + " instead of " + wanted).c_str());
            const std::string blocks = row.at("blocks").get<std::string>();
            const std::string scope = blockScopeName(classify(error).scope);
            if (wanted == "no-capacity" && blocks == "zone") {
                QCOMPARE(scope, std::string("zone"));
            }
            if (blocks == "cloud") {
                QCOMPARE(scope, std::string("subscription"));
            }
        }
    }

    void observedErrorBlocksWhatItConcerns_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("failure");
        QTest::addColumn<QString>("scope");
        QTest::newRow("sold out") << 0 << 503 << "no-capacity" << "zone";
        QTest::newRow("sold out, told where else") << 1 << 503 << "no-capacity" << "zone";
        QTest::newRow("no GPUs at all") << 2 << 403 << "quota" << "subscription";
        QTest::newRow("403 that is a throttle") << 3 << 403 << "throttled" << "nothing";
    }

    void observedErrorBlocksWhatItConcerns()
    {
        QFETCH(int, index);
        QFETCH(int, status);
        QFETCH(QString, failure);
        QFETCH(QString, scope);
        const Json bodies = contractJson("compiled/observed-error-bodies.json");
        const Json& body = bodies.at("gcp").at(static_cast<std::size_t>(index)).at("body");
        const CloudError error = body.contains("operationType") ? *parseOperation(body)->failure : parseCloudError(body, status);
        const Verdict verdict = classify(error);
        QCOMPARE(QString(failureClassName(verdict.failure)), failure);
        QCOMPARE(QString(blockScopeName(verdict.scope)), scope);
    }

    void machineWithACardIsWrittenAsTheDefinitionSays()
    {
        Instance instance;
        instance.name = "ty-1";
        instance.machineType = "zones/z/machineTypes/n1-standard-4";
        AttachedDisk boot;
        boot.isBoot = true;
        boot.autoDelete = true;
        boot.make.emplace();
        boot.make->sourceImage = "projects/debian-cloud/global/images/family/debian-12";
        boot.make->sizeGiB = 50;
        instance.disks = {boot};
        NetworkInterface card;
        card.network = "global/networks/default";
        card.accessConfigs = {AccessConfig{}};
        instance.networkInterfaces = {card};
        instance.accelerators = {{"zones/z/acceleratorTypes/nvidia-tesla-t4", 1}};
        instance.scheduling.onHostMaintenance = "TERMINATE";
        instance.scheduling.provisioningModel = "SPOT";
        instance.scheduling.automaticRestart = false;
        instance.metadata.items = {{"ssh-keys", "trainer:ssh-ed25519 AAAA"}};
        instance.labels = {{"trainyard", "m-1"}};
        const ComputeRequest request = insertInstance("p", "z", instance, "0-1-2");
        QCOMPARE(request.path, std::string("projects/p/zones/z/instances"));
        QVERIFY(request.isRepeatable);
        QVERIFY((request.query == Query{{"requestId", "0-1-2"}}));
        const Json expected = parseJson(R"({
            "name": "ty-1", "machineType": "zones/z/machineTypes/n1-standard-4",
            "disks": [{"boot": true, "autoDelete": true, "initializeParams":
                {"sourceImage": "projects/debian-cloud/global/images/family/debian-12", "diskSizeGb": "50"}}],
            "networkInterfaces": [{"network": "global/networks/default", "accessConfigs": [{"name": "External NAT", "type": "ONE_TO_ONE_NAT"}]}],
            "guestAccelerators": [{"acceleratorType": "zones/z/acceleratorTypes/nvidia-tesla-t4", "acceleratorCount": 1}],
            "scheduling": {"onHostMaintenance": "TERMINATE", "provisioningModel": "SPOT", "automaticRestart": false},
            "metadata": {"items": [{"key": "ssh-keys", "value": "trainer:ssh-ed25519 AAAA"}]}, "labels": {"trainyard": "m-1"}})", "expected").value();
        const Difference difference = differenceOf(expected, *request.body);
        QVERIFY2(difference.missing.empty() && difference.wrong.empty(), request.body->dump(2).c_str());
        QVERIFY(!insertInstance("p", "z", instance).isRepeatable);
    }

    void stateIsToldInOurWords_data()
    {
        QTest::addColumn<QString>("status");
        QTest::addColumn<QString>("state");
        QTest::newRow("provisioning") << "PROVISIONING" << "starting";
        QTest::newRow("staging") << "STAGING" << "starting";
        QTest::newRow("running") << "RUNNING" << "running";
        QTest::newRow("stopping") << "STOPPING" << "stopping";
        QTest::newRow("off") << "TERMINATED" << "off";
        QTest::newRow("suspended") << "SUSPENDED" << "off";
        QTest::newRow("new word") << "DREAMING" << "unknown";
    }

    void stateIsToldInOurWords()
    {
        QFETCH(QString, status);
        QFETCH(QString, state);
        Instance instance;
        instance.status = status.toStdString();
        QCOMPARE(QString(machineStateName(instance.state())), state);
    }

    void quotaOfACardHasItsOwnName()
    {
        QCOMPARE(gpuQuotaMetric("nvidia-tesla-t4", false), std::string("NVIDIA_T4_GPUS"));
        QCOMPARE(gpuQuotaMetric("zones/z/acceleratorTypes/nvidia-tesla-v100", true), std::string("PREEMPTIBLE_NVIDIA_V100_GPUS"));
        QCOMPARE(gpuQuotaMetric("nvidia-l4", false), std::string("NVIDIA_L4_GPUS"));
        const std::vector<Quota> quotas{{"NVIDIA_T4_GPUS", 4.0, 1.0}, {"CPUS", 10.0, 12.0}};
        QCOMPARE(quotaLeft(quotas, "NVIDIA_T4_GPUS").value(), 3.0);
        QCOMPARE(quotaLeft(quotas, "CPUS").value(), 0.0);
        QVERIFY(!quotaLeft(quotas, "NVIDIA_H100_GPUS"));
        QCOMPARE(regionOfZone("https://x/zones/us-central1-a"), std::string("us-central1"));
    }

    void soldOutInsertAnswersWellAndFailsInItsOperation()
    {
        const Json sold{
            {"error", {{"errors", Json::array({{{"code", "ZONE_RESOURCE_POOL_EXHAUSTED"}, {"message", "M"}}})}}},
            {"httpErrorStatusCode", 503}};
        ScriptedServer server({operation("RUNNING"), operation("RUNNING"), operation("DONE", sold)});
        CurlTransport transport;
        RecordedSleep sleep;
        ComputeClient client(transport, optionsFor(server, sleep));
        const auto begun = client.begin(insertInstance("p", "z", {}, "id-1"), {});
        QVERIFY(begun && !begun->isDone() && !begun->failure);
        const auto ended = client.wait(*begun, {});
        QVERIFY(ended && ended->isDone() && ended->failure);
        QCOMPARE(ended->failure->status, 503);
        QCOMPARE(classify(*ended->failure).failure, FailureClass::NoCapacity);
        QCOMPARE(sleep.waits->size(), std::size_t{1}); // only where the service came back early
        const auto requests = server.requests();
        QVERIFY(requests[0].startsWith("POST /compute/v1/projects/p/zones/z/instances?requestId=id-1 "));
        QVERIFY(requests[1].startsWith("POST /compute/v1/projects/p/zones/z/operations/op-1/wait "));
    }

    void refusedInsertIsAFailedOperation()
    {
        ScriptedServer server({answer("403 Forbidden", "", R"({"error":{"code":403,"message":"M","errors":[{"reason":"quotaExceeded","message":"M"}]}})")});
        CurlTransport transport;
        ComputeClient client(transport, optionsFor(server));
        const auto begun = client.begin(insertInstance("p", "z", {}), {});
        QVERIFY(begun && begun->isDone() && begun->failure);
        QCOMPARE(classify(*begun->failure).failure, FailureClass::Quota);
    }

    void waitEndsWhenStopped()
    {
        ScriptedServer server({operation("RUNNING"), operation("RUNNING")});
        CurlTransport transport;
        ComputeClient client(transport, optionsFor(server));
        const auto begun = client.begin(stopInstance({"p", "z", "i"}), {});
        QVERIFY(begun);
        QCOMPARE(client.wait(*begun, {}, std::chrono::steady_clock::now() - 1s).error().kind, ErrorKind::Network);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(client.wait(*begun, stop.get_token()).error().kind, ErrorKind::Cancelled);
    }

    void aggregatedListIsReadOverItsPages()
    {
        const Json first{
            {"items",
             {{"zones/a", {{"acceleratorTypes", Json::array({{{"name", "nvidia-tesla-t4"}, {"maximumCardsPerInstance", 4}}})}}},
              {"zones/b", {{"warning", {{"code", "NO_RESULTS_ON_PAGE"}}}}}}},
            {"nextPageToken", "t/2"}};
        const Json second{{"items", {{"zones/c", {{"acceleratorTypes", Json::array({{{"name", "nvidia-l4"}}})}}}}}};
        ScriptedServer server({answer("200 OK", "", toJsonLine(first).c_str()), answer("200 OK", "", toJsonLine(second).c_str())});
        CurlTransport transport;
        ComputeClient client(transport, optionsFor(server));
        const auto all = client.aggregated<AcceleratorScope>(listAllAcceleratorTypes("p"), {});
        QVERIFY2(all, all ? "" : all.error().message.c_str());
        QCOMPARE(all->size(), std::size_t{3});
        QCOMPARE(all->at("zones/a").types.at(0).maximumPerInstance.value(), std::int64_t{4});
        QCOMPARE(all->at("zones/b").warning, std::string("NO_RESULTS_ON_PAGE"));
        QVERIFY(server.requests()[0].contains("maxResults=500&returnPartialSuccess=true "));
        QVERIFY(server.requests()[1].contains("pageToken=t%2F2 "));
    }

    void keptPagesOfRegionsAreReadAsOneList()
    {
        ScriptedServer server(
            {answer("200 OK", "", contractJson("gcp/fixtures/libcloud-gce/regions-paged-1.json").dump().c_str()),
             answer("200 OK", "", contractJson("gcp/fixtures/libcloud-gce/regions-paged-2.json").dump().c_str())});
        CurlTransport transport;
        ComputeClient client(transport, optionsFor(server));
        const auto all = client.list<Region>(listRegions("p"), {});
        QVERIFY2(all, all ? "" : all.error().message.c_str());
        QVERIFY(all->size() > 2);
    }

    void projectsAreReadPageByPage()
    {
        const char* first = R"({"projects":[{"projectId":"b","displayName":"B","state":"ACTIVE"},{"projectId":"gone","state":"DELETE_REQUESTED"}],"nextPageToken":"t/2"})";
        ScriptedServer server({answer("200 OK", "", first), answer("200 OK", "", R"({"projects":[{"projectId":"a","displayName":"A","state":"ACTIVE"}]})")});
        CurlTransport transport;

        const auto projects = searchProjects(transport, server.url(""), {});

        QVERIFY2(projects, projects ? "" : projects.error().message.c_str());
        QCOMPARE(projects->size(), std::size_t(2)); // one is being deleted
        QCOMPARE(projects->front().projectId, std::string("a"));
        const auto requests = server.requests();
        QVERIFY(requests.at(0).startsWith("GET /v3/projects:search?"));
        QVERIFY2(requests.at(1).contains("pageToken=t%2F2"), requests.at(1).constData());
    }

    void permissionsThatAreNotGrantedAreLeftOut()
    {
        ScriptedServer server({answer("200 OK", "", R"({"permissions":["compute.disks.create"]})"), answer("200 OK", "", "{}"),
             answer("403 Forbidden", "", R"({"error":{"code":403,"message":"M","errors":[{"reason":"forbidden","message":"M"}]}})")});
        CurlTransport transport;
        const auto ask = [&] {
            return grantedPermissions(transport, server.url(""), "p", {"compute.disks.create", "compute.instances.create"}, {});
        };

        const auto some = ask();
        const auto none = ask();
        const auto refused = ask();

        QVERIFY(some && *some == std::vector<std::string>{"compute.disks.create"});
        QVERIFY(none && none->empty());
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Permission);
        QVERIFY(server.requests().front().startsWith("POST /v3/projects/p:testIamPermissions"));
    }
};

QTEST_GUILESS_MAIN(TestGcp)
#include "tst_gcp.moc"
