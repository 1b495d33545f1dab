#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

#include "cloud/http/curl_transport.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/paged.h"
#include "cloud/http/redact.h"
#include "cloud/http/request_id.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport_pool.h"
#include "cloud/http/url.h"
#include "tests/cloud/support/connect_proxy.h"
#include "tests/cloud/support/scripted_server.h"
#include "tests/cloud/support/tls_server.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;
using namespace std::chrono_literals;

namespace {

HttpRequest request(const char* method, std::string url, std::string body = {})
{
    HttpRequest made;
    made.method = method;
    made.url = std::move(url);
    made.body = std::move(body);
    made.timeout = 5s;
    return made;
}

} // namespace

class TestHttp : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answerComesWithStatusHeadersAndBody()
    {
        ScriptedServer server({answer("404 Not Found", "X-Ms-Request-Id: abc\r\n", "{\"error\":1}")});
        CurlTransport transport;
        const auto got = transport.send(request("GET", server.url("/a")), {});
        QVERIFY2(got, got ? "" : got.error().message.c_str());
        QCOMPARE(got->status, 404);
        QCOMPARE(*got->headers.find("x-ms-request-id"), std::string("abc"));
        QCOMPARE(got->body, std::string("{\"error\":1}"));
    }

    void bodyAndHeadersAreSentAsGiven()
    {
        ScriptedServer server({answer("201 Created")});
        CurlTransport transport;
        HttpRequest put = request("PUT", server.url("/vm"), "{\"a\":1}");
        put.headers.add("Content-Type", "application/json");
        put.headers.add("If-Match", "");
        QVERIFY(transport.send(put, {}));
        const QByteArray sent = server.requests().at(0);
        QVERIFY(sent.startsWith("PUT /vm HTTP/1.1"));
        QVERIFY(sent.contains("\r\nContent-Type: application/json\r\n"));
        QVERIFY(sent.contains("\r\nIf-Match:"));
        QVERIFY(!sent.contains("Expect:"));
        QVERIFY(sent.endsWith("\r\n\r\n{\"a\":1}"));
    }

    void proxyIsUsedWhenItIsSetAndLeftOutWhenDirect()
    {
        ScriptedServer proxy({answer("200 OK", "", "by proxy")});
        CurlOptions byProxy;
        byProxy.proxy = proxy.url("");
        CurlTransport through(byProxy);
        QCOMPARE(through.send(request("GET", "http://cloud.example/a"), {})->body, std::string("by proxy"));
        QVERIFY(proxy.requests()[0].startsWith("GET http://cloud.example/a HTTP/1.1"));

        ScriptedServer server({answer("200 OK", "", "itself"), answer("200 OK", "", "itself")});
        ScriptedServer unused({answer("200 OK", "", "by environment")});
        qputenv("http_proxy", unused.url("").c_str());
        CurlOptions direct;
        direct.isDirect = true;
        CurlTransport straight(direct);
        const auto got = straight.send(request("GET", server.url("/a")), {});
        qunsetenv("http_proxy");
        QCOMPARE(got->body, std::string("itself"));
        QVERIFY(unused.requests().empty());
    }

    void serverOfAnUnknownAuthorityIsRefusedUnlessItIsAdded()
    {
        const TlsServer server;
        const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
        CurlTransport plain;
        const auto refused = plain.send(request("GET", url), {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Network);
        QVERIFY2(refused.error().advice.find("authority") != std::string::npos, refused.error().message.c_str());
        CurlOptions options;
        options.extraCaFile = server.authorityFile();
        CurlTransport trusting(options);
        const auto got = trusting.send(request("GET", url), {});
        QVERIFY2(got, got ? "" : got.error().message.c_str());
        QCOMPARE(got->body, std::string("safe"));
    }

    /// As in an office: https leaves by a proxy with a password, and the server's certificate is of the office's authority.
    void httpsGoesThroughAProxyThatSeesNothingOfIt()
    {
        const TlsServer server;
        ConnectProxy proxy("ada:secret");
        const std::string host = "127.0.0.1:" + std::to_string(server.port());
        CurlOptions options;
        options.extraCaFile = server.authorityFile();
        qputenv("HTTPS_PROXY", ("http://ada:secret@" + proxy.address()).c_str());
        CurlTransport byEnvironment(options);
        const auto got = byEnvironment.send(request("GET", "https://" + host + "/private"), {});
        qputenv("NO_PROXY", "127.0.0.1");
        CurlTransport past(options);
        const auto direct = past.send(request("GET", "https://" + host + "/"), {});
        qunsetenv("NO_PROXY");
        qunsetenv("HTTPS_PROXY");
        QVERIFY2(got, got ? "" : got.error().message.c_str());
        QCOMPARE(got->body, std::string("safe"));
        QVERIFY(direct && direct->body == "safe");
        QCOMPARE(proxy.heads().size(), std::size_t{1});
        QVERIFY(proxy.heads()[0].startsWith("CONNECT " + QByteArray::fromStdString(host) + " "));
        QVERIFY(!proxy.relayed().isEmpty() && !proxy.relayed().contains("private") && !proxy.relayed().contains("safe"));
    }

    void aProxyThatRefusesIsToldWithoutItsPassword()
    {
        const TlsServer server;
        ConnectProxy proxy("ada:secret");
        CurlOptions options;
        options.extraCaFile = server.authorityFile();
        options.proxy = "http://ada:wrong-password@" + proxy.address();
        std::string logged;
        CurlTransport curl(options);
        LogTransport log(curl, [&](const std::string& line) { logged += line; });
        const auto got = log.send(request("GET", "https://127.0.0.1:" + std::to_string(server.port()) + "/"), {});
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Network);
        QVERIFY2(got.error().message.find("proxy") != std::string::npos || got.error().message.find("CONNECT") != std::string::npos, got.error().message.c_str());
        QVERIFY(got.error().message.find("wrong-password") == std::string::npos && logged.find("wrong-password") == std::string::npos);
    }

    void redirectsAreNotFollowed()
    {
        ScriptedServer server({answer("302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n")});
        CurlTransport transport;
        QCOMPARE(transport.send(request("GET", server.url("/")), {})->status, 302);
    }

    void onlyHttpIsSpoken()
    {
        CurlTransport transport;
        const auto got = transport.send(request("GET", "file:///etc/passwd"), {});
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::InvalidInput);
    }

    void halfWrittenAnswerIsANetworkErrorWithoutTheQuery()
    {
        ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"});
        CurlTransport transport;
        const auto got = transport.send(request("GET", server.url("/a?sig=SECRET")), {});
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Network);
        QVERIFY(got.error().message.find("SECRET") == std::string::npos);
        QVERIFY(got.error().message.find("/a") != std::string::npos);
    }

    void hugeAnswerIsRefused()
    {
        ScriptedServer server({answer("200 OK", "", "0123456789")});
        CurlTransport transport(CurlOptions{{}, {}, 5});
        const auto got = transport.send(request("GET", server.url("/")), {});
        QVERIFY(!got);
        QVERIFY(got.error().message.find("larger than 5 bytes") != std::string::npos);
    }

    void whatASinkFailsWithEndsTheRequest()
    {
        ScriptedServer server({answer("200 OK", "", "0123456789"), answer("200 OK", "", "0123456789"), answer("404 Not Found", "", "nothing")});
        CurlTransport transport;
        HttpRequest asked = request("GET", server.url("/"));
        std::string memory(10, ' ');
        asked.sink = memorySink(std::as_writable_bytes(std::span(memory)));
        const auto got = transport.send(asked, {});
        QVERIFY(got);
        QCOMPARE(memory, std::string("0123456789"));
        QCOMPARE(got->sunkBytes, std::size_t{10});
        QVERIFY(got->body.empty());
        asked.sink.take = [](std::size_t, std::span<const std::byte>) {
            return Result<void>(Error{ErrorKind::DiskFull, "no room", {}});
        };
        const auto full = transport.send(asked, {});
        QVERIFY(!full);
        QCOMPARE(full.error().kind, ErrorKind::DiskFull);
        const auto missing = transport.send(asked, {}); // what is no success is no file
        QVERIFY(missing);
        QCOMPARE(missing->body, std::string("nothing"));
    }

    void stopEndsAWaitingRequest()
    {
        QTcpServer silent; // accepts (in the kernel's queue) and never answers
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        CurlTransport transport;
        std::stop_source stop;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(100ms);
            stop.request_stop();
        });
        const auto url = "http://127.0.0.1:" + std::to_string(silent.serverPort()) + "/";
        const auto got = transport.send(request("GET", url), stop.get_token());
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Cancelled);
    }

    void transientStatusIsTriedAgainAndTheServersWaitWins()
    {
        ScriptedServer server(
            {answer("503 Busy"), answer("429 Slow", "Retry-After: 7\r\n"), answer("200 OK", "", "done")});
        CurlTransport transport;
        RecordedSleep sleep;
        RetryTransport retry(transport, {}, Random(1), sleep);
        const auto got = retry.send(request("GET", server.url("/")), {});
        QVERIFY(got);
        QCOMPARE(got->body, std::string("done"));
        QCOMPARE(sleep.waits->size(), std::size_t{2});
        QVERIFY(sleep.waits->at(0) >= 640ms && sleep.waits->at(0) <= 1040ms);
        QVERIFY(sleep.waits->at(1) == 7s);
    }

    void givesUpAfterThreeRetriesWithTheLastAnswer()
    {
        ScriptedServer server({answer("500 A"), answer("500 B"), answer("500 C"), answer("502 D"), answer("200 OK")});
        CurlTransport transport;
        RecordedSleep sleep;
        RetryTransport retry(transport, {}, Random(1), sleep);
        QCOMPARE(retry.send(request("GET", server.url("/")), {})->status, 502);
        QCOMPARE(server.requests().size(), std::size_t{4});
    }

    void postIsNotRepeatedAfterALostAnswer_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<int>("sent");
        QTest::newRow("connection lost") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx") << 1;
        QTest::newRow("server error") << answer("500 Oops") << 1;
        QTest::newRow("busy without a word") << answer("503 Busy") << 1;
        QTest::newRow("told to come back") << answer("503 Busy", "Retry-After: 1\r\n") << 2;
        QTest::newRow("throttled") << answer("429 Slow", "retry-after-ms: 20\r\n") << 2;
    }

    void postIsNotRepeatedAfterALostAnswer()
    {
        QFETCH(QByteArray, first);
        QFETCH(int, sent);
        ScriptedServer server({first, answer("200 OK")});
        CurlTransport transport;
        RetryTransport retry(transport, {}, Random(1), RecordedSleep{});
        (void)retry.send(request("POST", server.url("/start"), "x"), {});
        QCOMPARE(static_cast<int>(server.requests().size()), sent);
    }

    void repeatablePostIsSentAgain()
    {
        ScriptedServer server({answer("500 Oops"), answer("200 OK")});
        CurlTransport transport;
        RetryTransport retry(transport, {}, Random(1), RecordedSleep{});
        HttpRequest insert = request("POST", server.url("/instances?requestId=1"), "{}");
        insert.isRepeatable = true;
        QCOMPARE(retry.send(insert, {})->status, 200);
    }

    void waitThatPassesTheDeadlineIsNotBegun()
    {
        ScriptedServer server({answer("429 Slow", "Retry-After: 3600\r\n"), answer("200 OK")});
        CurlTransport transport;
        RecordedSleep sleep;
        RetryTransport retry(transport, {}, Random(1), sleep);
        HttpRequest get = request("GET", server.url("/"));
        get.deadline = std::chrono::steady_clock::now() + 30s;
        QCOMPARE(retry.send(get, {})->status, 429);
        QVERIFY(sleep.waits->empty());
    }

    void deadlineEndsATryThatHangs()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        CurlTransport transport;
        HttpRequest get = request("GET", "http://127.0.0.1:" + std::to_string(silent.serverPort()) + "/");
        get.deadline = std::chrono::steady_clock::now() + 100ms;
        const auto got = transport.send(get, {});
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Network);
        QVERIFY(std::chrono::steady_clock::now() - *get.deadline < 3s);
    }

    void logHasALineForAnswersAndForTheirAbsenceAndNoSecret()
    {
        std::vector<std::string> lines;
        ScriptedServer server({answer("200 OK", "x-ms-request-id: r1\r\n"), QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")});
        CurlTransport transport;
        LogTransport log(transport, [&](const std::string& line) { lines.push_back(line); });
        HttpRequest get = request("GET", server.url("/a?sig=SECRET"));
        get.headers.add("Authorization", "Bearer SECRET");
        QVERIFY(log.send(get, {}));
        QVERIFY(!log.send(get, {}));
        QCOMPARE(lines.size(), std::size_t{2});
        QVERIFY2(lines[0].find("-> 200 r1") != std::string::npos, lines[0].c_str());
        QVERIFY2(lines[1].find("GET") != std::string::npos && lines[1].find(" ms") != std::string::npos, lines[1].c_str());
        for (const std::string& line : lines) {
            QVERIFY2(line.find("SECRET") == std::string::npos, line.c_str());
        }
    }

    void poolSendsFromManyThreadsAtOnce()
    {
        std::vector<QByteArray> answers(20, answer("200 OK"));
        ScriptedServer server(answers);
        TransportPool pool([] { return std::make_unique<CurlTransport>(); });
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i) {
                threads.emplace_back([&] {
                    for (int k = 0; k < 5; ++k) {
                        good += pool.send(request("GET", server.url("/")), {}).isOk() ? 1 : 0;
                    }
                });
            }
        }
        QCOMPARE(good.load(), 20);
    }

    void addressIsTakenApart_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("parts");
        QTest::newRow("plain") << "https://Host.com/a/b?x=1" << "https host.com 443 /a/b x=1";
        QTest::newRow("port") << "http://127.0.0.1:8080" << "http 127.0.0.1 8080 / ";
        QTest::newRow("user and fragment") << "https://me:pw@h/p#f" << "https h 443 /p ";
        QTest::newRow("ipv6") << "http://[::1]:81/p" << "http [::1] 81 /p ";
        QTest::newRow("bad port") << "http://h:0x/p" << "";
        QTest::newRow("not http") << "file:///etc" << "";
        QTest::newRow("no host") << "https:///x" << "";
    }

    void addressIsTakenApart()
    {
        QFETCH(QString, text);
        QFETCH(QString, parts);
        const auto url = parseUrl(text.toStdString());
        const std::string got
            = url ? url->scheme + " " + url->host + " " + std::to_string(url->port) + " " + url->path + " " + url->query : "";
        QCOMPARE(QString::fromStdString(got), parts);
    }

    void queryComesBackAsItWas()
    {
        const Query query{{"$filter", "location eq 'west us'&x"}, {"sig", "a+b/c=%"}, {"empty", ""}};
        QCOMPARE(queryText(query), std::string("$filter=location%20eq%20%27west%20us%27%26x&sig=a%2Bb%2Fc%3D%25&empty="));
        QVERIFY(parseQuery(queryText(query)) == query);
    }

    void tokenMayTravelToTheServiceAndBelowOnly_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("isSame");
        QTest::newRow("itself") << "https://management.azure.com/x" << true;
        QTest::newRow("case") << "https://MANAGEMENT.azure.com/x" << true;
        QTest::newRow("below") << "https://westus.management.azure.com/x" << true;
        QTest::newRow("looks alike") << "https://evilmanagement.azure.com/x" << false;
        QTest::newRow("other domain") << "https://management.azure.com.evil.org/x" << false;
        QTest::newRow("user part") << "https://management.azure.com@evil.org/x" << false;
        QTest::newRow("unencrypted") << "http://management.azure.com/x" << false;
        QTest::newRow("other port") << "https://management.azure.com:444/x" << false;
        QTest::newRow("relative") << "/x" << false;
    }

    void tokenMayTravelToTheServiceAndBelowOnly()
    {
        QFETCH(QString, url);
        QFETCH(bool, isSame);
        QCOMPARE(isSameService("https://management.azure.com", url.toStdString()), isSame);
    }

    void pagesThatTurnInACircleEnd()
    {
        int fetched = 0;
        HttpRequest first = request("GET", "http://h/1");
        const auto got = readPages(
            first,
            [&](const HttpRequest& page) -> Result<Page> {
                ++fetched;
                return Page{Json::object(), request("GET", page.url == "http://h/1" ? "http://h/2" : "http://h/1")};
            },
            [](const Json&) -> Result<bool> { return true; });
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Network);
        QCOMPARE(fetched, 2);
    }

    void absurdRetryAfterIsADay()
    {
        QVERIFY(retryAfter(Headers{{"Retry-After", "9223372036854775807"}}) == 24h);
        QVERIFY(retryAfter(Headers{{"retry-after-ms", "9223372036854775807"}}) == 24h);
        QVERIFY(!retryAfter(Headers{{"Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"}}));
    }

    void requestIdStaysTheSameOverRetries()
    {
        ScriptedServer server({answer("503 Busy"), answer("200 OK")});
        CurlTransport transport;
        RetryTransport retry(transport, {}, Random(1), RecordedSleep{});
        RequestIdTransport named(retry, [] { return std::string("id-1"); });
        QVERIFY(named.send(request("GET", server.url("/")), {}));
        for (const QByteArray& sent : server.requests()) {
            QVERIFY(sent.contains("x-ms-client-request-id: id-1"));
        }
    }

    void uuidsAreVersionFourAndDiffer()
    {
        const QRegularExpression form("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        const QString a = QString::fromStdString(makeUuid());
        QVERIFY2(form.match(a).hasMatch(), qPrintable(a));
        QVERIFY(a != QString::fromStdString(makeUuid()));
    }

    void secretsDoNotReachTheLog_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("expected");
        QTest::newRow("sas") << "https://a.b/c?sv=1&sig=abc%3D&se=2" << "https://a.b/c?sv=1&sig=REDACTED&se=2";
        QTest::newRow("token") << "https://a.b/?access_token=xyz" << "https://a.b/?access_token=REDACTED";
        QTest::newRow("password") << "https://me:pw@a.b/c" << "https://REDACTED@a.b/c";
        QTest::newRow("plain") << "https://a.b/c?prefix=x" << "https://a.b/c?prefix=x";
    }

    void secretsDoNotReachTheLog()
    {
        QFETCH(QString, url);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(redactedUrl(url.toStdString())), expected);
    }
};

QTEST_GUILESS_MAIN(TestHttp)
#include "tst_http.moc"
