#include <algorithm>

#include <QTest>

#include "cloud/azure/arm_client.h"
#include "cloud/azure/machine_requests.h"
#include "cloud/azure/provider_registration.h"
#include "cloud/http/curl_transport.h"
#include "tests/cloud/support/contract_data.h"
#include "tests/cloud/support/scripted_server.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::cloud::azure;
using namespace ty::test;
using namespace std::chrono_literals;

namespace {

using Step = OperationState::Step;

/// A recorded exchange, with its address made absolute.
struct Recorded {
    std::string method;
    std::string url;
    HttpResponse answer;
};

std::string absolute(const std::string& url)
{
    return url.starts_with('/') ? "https://management.azure.com" + url : url;
}

std::vector<Recorded> recordingOf(const std::string& file)
{
    const Json json = contractJson(file);
    std::vector<Recorded> all;
    if (!json.contains("exchanges")) {
        return all;
    }
    for (const Json& each : json.at("exchanges")) {
        Recorded recorded;
        recorded.method = each.at("request").at("method").get<std::string>();
        recorded.url = absolute(each.at("request").at("url").get<std::string>());
        recorded.answer.status = each.at("response").at("status").get<int>();
        for (const auto& [name, value] : each.at("response").at("headers").items()) {
            recorded.answer.headers.add(name, value.is_string() ? value.get<std::string>() : value.dump());
        }
        if (const auto body = each.at("response").find("body"); body != each.at("response").end() && body->is_string()) {
            recorded.answer.body = body->get<std::string>();
        }
        all.push_back(std::move(recorded));
    }
    return all;
}

/// Recordings name one operation by several versions and hosts; its path is what stays.
std::string pathOf(const std::string& url)
{
    const auto parts = parseUrl(absolute(url));
    const bool isMonitor = parts && parts->query.find("monitor=true") != std::string::npos;
    return parts ? parts->path + (isMonitor ? "?monitor" : "") : url;
}

OperationState begun(const std::string& method, int status, Headers headers, const std::string& body = {})
{
    return beginOperation(method, "https://management.azure.com/x?api-version=1", HttpResponse{status, std::move(headers), body});
}

ResourceRef machine()
{
    return ResourceRef{"s", "g", kVirtualMachines, {"vm"}};
}

/// A page with one subscription.
std::string pageOf(const char* subscription, const char* nextLink)
{
    return toJsonLine(Json{{"value", Json::array({Json{{"subscriptionId", subscription}}})}, {"nextLink", nextLink}});
}

ArmOptions optionsFor(const ScriptedServer& server, const RecordedSleep& sleep = {})
{
    ArmOptions options;
    options.baseUrl = server.url("");
    options.sleep = sleep;
    return options;
}

} // namespace

class TestAzureOperation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Every write of the recordings is followed through the answers that were recorded after it.
    void recordedTaskEndsAsItDid_data()
    {
        QTest::addColumn<QString>("file");
        for (const std::string& file : contractFiles("azure/recordings/arm")) {
            QTest::newRow(file.substr(file.rfind('/') + 1).c_str()) << QString::fromStdString(file);
        }
    }

    void recordedTaskEndsAsItDid()
    {
        QFETCH(QString, file);
        const auto all = recordingOf(file.toStdString());
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool isWrite = all[i].method != "GET" && all[i].method != "HEAD";
            if (!isWrite) {
                continue;
            }
            OperationState state = beginOperation(all[i].method, all[i].url, all[i].answer);
            const std::string name = all[i].method + " " + pathOf(all[i].url);
            if (all[i].answer.status >= 400) {
                QVERIFY2(state.isDone() && state.failure && !state.failure->code().empty(), name.c_str());
                continue;
            }
            std::size_t polls = 0;
            for (std::size_t k = i + 1; k < all.size() && !state.isDone(); ++k) {
                if (all[k].method == "GET" && pathOf(all[k].url) == pathOf(state.nextUrl())) {
                    ++polls;
                    const auto followed = advance(state, all[k].answer);
                    QVERIFY2(followed, followed ? "" : followed.error().message.c_str());
                }
            }
            if (state.isDone()) {
                QVERIFY2(state.status == OperationStatus::Succeeded, name.c_str());
                ++m_finished;
                if (all[i].method == "PUT") {
                    const bool hasResult = state.result.is_object() && state.result.contains("id");
                    QVERIFY2(hasResult, name.c_str());
                }
            } else {
                // The recording's client did not look, or took the result of a success from elsewhere.
                const bool isKnownToBeWell = state.step == Step::Final && state.status == OperationStatus::Succeeded;
                QVERIFY2(polls == 0 || isKnownToBeWell, name.c_str());
            }
        }
    }

    void mostRecordedTasksWereFollowedToTheEnd()
    {
        QVERIFY2(m_finished >= 125, std::to_string(m_finished).c_str());
    }

    void answerTellsWhereToLook_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("header");
        QTest::addColumn<QString>("body");
        QTest::addColumn<int>("step");
        const auto row = [](const char* name, const char* method, int status, const char* header, const char* body, Step step) {
            QTest::newRow(name) << method << status << header << body << static_cast<int>(step);
        };
        const char* creating = R"({"id":"/x","properties":{"provisioningState":"Creating"}})";
        const char* done = R"({"id":"/x","properties":{"provisioningState":"Succeeded"}})";
        row("async header", "PUT", 201, "Azure-AsyncOperation", creating, Step::StatusUrl);
        row("operation location", "PUT", 201, "Operation-Location", creating, Step::StatusUrl);
        row("location", "PUT", 202, "Location", "", Step::Location);
        row("resource itself", "PUT", 201, "", creating, Step::Resource);
        row("accepted without a word", "PUT", 202, "", "", Step::Resource);
        row("done at once", "PUT", 200, "", done, Step::Done);
        row("done although it names an address", "PUT", 201, "Azure-AsyncOperation", done, Step::Done);
        row("no state means done", "PUT", 200, "", R"({"id":"/x"})", Step::Done);
        row("action", "POST", 202, "Azure-AsyncOperation", "", Step::StatusUrl);
        row("action done at once", "POST", 200, "", "", Step::Done);
        row("deletion", "DELETE", 202, "Location", "", Step::Location);
        row("nothing to delete", "DELETE", 204, "", "", Step::Done);
    }

    void answerTellsWhereToLook()
    {
        QFETCH(QString, method);
        QFETCH(int, status);
        QFETCH(QString, header);
        QFETCH(QString, body);
        QFETCH(int, step);
        Headers headers;
        if (!header.isEmpty()) {
            headers.add(header.toStdString(), "https://management.azure.com/op");
        }
        const OperationState state = begun(method.toUtf8().constData(), status, headers, body.toStdString());
        QCOMPARE(static_cast<int>(state.step), step);
    }

    void statusWordsOfAllServicesAreUnderstood_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<int>("status");
        const auto row = [](const char* word, OperationStatus status) {
            QTest::newRow(word) << word << static_cast<int>(status);
        };
        row("Succeeded", OperationStatus::Succeeded);
        row("SUCCEEDED", OperationStatus::Succeeded);
        row("Failed", OperationStatus::Failed);
        row("CreateFailed", OperationStatus::Failed);
        row("Canceled", OperationStatus::Canceled);
        row("Cancelled", OperationStatus::Canceled);
        row("InProgress", OperationStatus::Running);
        row("Accepted", OperationStatus::Running);
        row("ResolvingAtPeers", OperationStatus::Running);
    }

    void statusWordsOfAllServicesAreUnderstood()
    {
        QFETCH(QString, word);
        QFETCH(int, status);
        OperationState state = begun("POST", 202, {{"Azure-AsyncOperation", "https://management.azure.com/op"}});
        QVERIFY(advance(state, HttpResponse{200, {}, toJsonLine(Json{{"status", word.toStdString()}})}));
        QCOMPARE(static_cast<int>(state.status), status);
    }

    void unreadableStatusSaysNothingAboutTheTask()
    {
        OperationState state = begun("PUT", 201, {{"Azure-AsyncOperation", "https://management.azure.com/op"}});
        for (const int status : {404, 429, 500}) {
            QVERIFY(!advance(state, HttpResponse{status, {}, ""}));
            QVERIFY(state.step == Step::StatusUrl && !state.failure);
        }
    }

    void deletionOfAGroupMayEndInCapitalLetters()
    {
        OperationState state = begun("DELETE", 202, {{"Location", "https://management.azure.com/op"}});
        QVERIFY(advance(state, HttpResponse{202, {{"Retry-After", "15"}}, ""}));
        QVERIFY(state.wait == 15s);
        QVERIFY(advance(state, HttpResponse{409, {}, R"({"Error":{"Code":"ResourceGroupDeletionBlocked","Message":"M"}})"}));
        QCOMPARE(state.failure->code(), std::string("ResourceGroupDeletionBlocked"));
    }

    void failedTaskTellsWhy()
    {
        OperationState state = begun("PUT", 201, {{"Azure-AsyncOperation", "https://management.azure.com/op"}});
        QVERIFY(advance(
            state, HttpResponse{200, {}, R"({"status":"Failed","error":{"code":"AllocationFailed","message":"M"}})"}));
        QVERIFY(state.isDone());
        QCOMPARE(classify(*state.failure).failure, FailureClass::NoCapacity);
    }

    void resumeTokenBringsBackTheState()
    {
        OperationState state = begun("PUT", 201, {{"Azure-AsyncOperation", "https://management.azure.com/op"}, {"Retry-After", "7"}});
        const auto back = OperationState::fromJson(parseJson(toJsonLine(state.toJson()), "token").value());
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(back->toJson() == state.toJson());
        QCOMPARE(back->nextUrl(), std::string("https://management.azure.com/op"));
        QVERIFY(back->wait == 7s);
        QVERIFY(!OperationState::fromJson(Json{{"version", 2}}));
    }

    void machineIsCreatedOverTheWire()
    {
        const char* status = "Azure-AsyncOperation: http://127.0.0.1:%PORT/op?api-version=1\r\nRetry-After: 10\r\n";
        ScriptedServer server(
            {answer("201 Created", status, R"({"id":"/vm","properties":{"provisioningState":"Creating"}})"),
             answer("200 OK", "Retry-After: 70\r\n", R"({"status":"InProgress"})"),
             answer("200 OK", "", R"({"status":"Succeeded"})"),
             answer("200 OK", "", R"({"id":"/vm","name":"vm","properties":{"provisioningState":"Succeeded","vmId":"1"}})")});
        CurlTransport transport;
        RecordedSleep sleep;
        ArmClient client(transport, optionsFor(server, sleep));
        VirtualMachine model;
        model.location = "westus";
        auto operation = client.begin<VirtualMachine>(createMachine(machine(), model), {});
        QVERIFY(operation);
        const auto made = operation->wait({});
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(made->vmId, std::string("1"));
        QVERIFY((*sleep.waits == std::vector<std::chrono::milliseconds>{10s, 70s}));
        const auto requests = server.requests();
        QVERIFY(requests[0].startsWith(
            "PUT /subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm?api-version=2024-03-01 "));
        QVERIFY(requests[0].endsWith(R"({"location":"westus"})"));
        QVERIFY(requests[1].startsWith("GET /op?api-version=1 "));
        QVERIFY(requests[3].startsWith("GET /subscriptions/s/"));
    }

    void taskGoesOnInAnotherProgram()
    {
        ScriptedServer server(
            {answer("202 Accepted", "Azure-AsyncOperation: http://127.0.0.1:%PORT/op\r\n"),
             answer("200 OK", "", R"({"status":"Succeeded"})")});
        CurlTransport transport;
        Json token;
        {
            ArmClient client(transport, optionsFor(server));
            auto operation = client.begin<NoBody>(deallocate(machine()), {});
            QVERIFY(operation && !operation->isDone());
            token = operation->resumeToken();
        }
        ArmClient client(transport, optionsFor(server));
        auto operation = Operation<NoBody>::resume(client, token);
        QVERIFY(operation);
        QVERIFY(operation->wait({}));
        QCOMPARE(server.requests().size(), std::size_t{2});
    }

    void refusedCreationIsAFailedOperationWithItsCode()
    {
        ScriptedServer server({answer("409 Conflict", "x-ms-request-id: r1\r\n", R"({"error":{"code":"SkuNotAvailable","message":"M"}})")});
        CurlTransport transport;
        ArmClient client(transport, optionsFor(server));
        auto operation = client.begin<VirtualMachine>(createMachine(machine(), {}), {});
        QVERIFY(operation && operation->isDone() && operation->failure());
        QCOMPARE(operation->failure()->code(), std::string("SkuNotAvailable"));
        QCOMPARE(operation->wait({}).error().kind, ErrorKind::Busy);
    }

    void creationIsTakenBackByDeletingIt()
    {
        ScriptedServer server(
            {answer("201 Created", "Azure-AsyncOperation: http://127.0.0.1:%PORT/op\r\n", "{}"), answer("204 No Content")});
        CurlTransport transport;
        ArmClient client(transport, optionsFor(server));
        auto operation = client.begin<VirtualMachine>(createMachine(machine(), {}), {});
        QVERIFY(operation);
        auto deletion = operation->cancel({});
        QVERIFY(deletion && deletion->isDone() && !deletion->failure());
        QVERIFY(server.requests()[1].startsWith(
            "DELETE /subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm?api-version=2024-03-01 "));
    }

    void statusAddressOfAnotherHostIsNotAsked()
    {
        ScriptedServer server({answer("202 Accepted", "Azure-AsyncOperation: https://evil.example/op\r\n")});
        CurlTransport transport;
        ArmClient client(transport, optionsFor(server));
        auto operation = client.begin<NoBody>(start(machine()), {});
        QVERIFY(operation);
        QVERIFY(!operation->poll({}));
    }

    void waitEndsWhenStopped()
    {
        ScriptedServer server({answer("202 Accepted", "Azure-AsyncOperation: http://127.0.0.1:%PORT/op\r\n")});
        CurlTransport transport;
        ArmClient client(transport, optionsFor(server));
        auto operation = client.begin<NoBody>(start(machine()), {});
        QVERIFY(operation);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(operation->wait(stop.get_token()).error().kind, ErrorKind::Cancelled);
        const auto past = std::chrono::steady_clock::now() - 1s;
        QCOMPARE(operation->wait({}, past).error().kind, ErrorKind::Network);
    }

    void listIsReadOverAllItsPages()
    {
        ScriptedServer server(
            {answer("200 OK", "", pageOf("a", "http://127.0.0.1:%PORT/next?x=1").c_str()),
             answer("200 OK", "", R"({"value":[{"subscriptionId":"b"},{"subscriptionId":"c"}]})")});
        CurlTransport transport;
        ArmClient client(transport, optionsFor(server));
        const auto all = client.list<Subscription>(listSubscriptions(), {});
        QVERIFY2(all, all ? "" : all.error().message.c_str());
        QCOMPARE(all->size(), std::size_t{3});
        QCOMPARE(all->at(2).subscriptionId, std::string("c"));
        QVERIFY(server.requests()[1].startsWith("GET /next?x=1 "));
    }

    void nextPageOfAnotherHostIsNotAsked()
    {
        ScriptedServer server({answer("200 OK", "", pageOf("a", "https://evil.example/next").c_str())});
        CurlTransport transport;
        ArmClient client(transport, optionsFor(server));
        QVERIFY(!client.list<Subscription>(listSubscriptions(), {}));
    }

    void providerIsRegisteredWhenItIsNot()
    {
        const auto state = [](const char* word) { return answer("200 OK", "", toJsonLine(Json{{"registrationState", word}}).c_str()); };
        ScriptedServer server({state("NotRegistered"), state("Registering"), state("Registering"), state("Registered"), state("registered")});
        CurlTransport transport;
        RecordedSleep sleep;
        ArmClient client(transport, optionsFor(server, sleep));
        const auto deadline = std::chrono::steady_clock::now() + 1h;
        QVERIFY(ensureRegistered(client, "s", "Microsoft.Compute", deadline, {}));
        QCOMPARE(sleep.waits->size(), std::size_t{2});
        QVERIFY(server.requests()[1].startsWith("POST /subscriptions/s/providers/Microsoft.Compute/register?"));
        QVERIFY(ensureRegistered(client, "s", "Microsoft.Compute", deadline, {}));
        QCOMPARE(server.requests().size(), std::size_t{5});
    }

    void existenceIsAskedWithoutABody()
    {
        ScriptedServer server({answer("204 No Content"), answer("404 Not Found"), answer("403 Forbidden")});
        CurlTransport transport;
        ArmClient client(transport, optionsFor(server));
        QVERIFY(client.exists(hasGroup("s", "g"), {}).value());
        QVERIFY(!client.exists(hasGroup("s", "g"), {}).value());
        QCOMPARE(client.exists(hasGroup("s", "g"), {}).error().kind, ErrorKind::Permission);
    }

private:
    int m_finished = 0;
};

QTEST_GUILESS_MAIN(TestAzureOperation)
#include "tst_azure_operation.moc"
