#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>

#include "cloud/http/curl_transport.h"
#include "cloud/http/redact.h"
#include "cloud/http/request_id.h"
#include "cloud/http/retry.h"

using namespace ty;
using namespace ty::cloud;
using namespace std::chrono_literals;

namespace {

/// A real server on loopback that gives the bytes it was told to, one answer a connection. Lives in its own thread.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<QByteArray> answers)
        : m_answers(std::move(answers))
    {
        m_context.moveToThread(&m_thread);
        m_thread.start();
        QMetaObject::invokeMethod(&m_context, [this] { listen(); }, Qt::BlockingQueuedConnection);
    }

    ~ScriptedServer()
    {
        QMetaObject::invokeMethod(&m_context, [this] { m_server.reset(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }

    std::string url(const char* path) const { return "http://127.0.0.1:" + std::to_string(m_port) + path; }
    std::vector<QByteArray> requests()
    {
        std::vector<QByteArray> copy;
        QMetaObject::invokeMethod(&m_context, [&] { copy = m_requests; }, Qt::BlockingQueuedConnection);
        return copy;
    }

private:
    void listen()
    {
        m_server = std::make_unique<QTcpServer>();
        m_server->listen(QHostAddress::LocalHost);
        m_port = m_server->serverPort();
        QObject::connect(m_server.get(), &QTcpServer::newConnection, &m_context, [this] {
            QTcpSocket* socket = m_server->nextPendingConnection();
            auto received = std::make_shared<QByteArray>();
            QObject::connect(socket, &QTcpSocket::readyRead, &m_context, [this, socket, received] {
                *received += socket->readAll();
                const auto head = received->indexOf("\r\n\r\n");
                if (head < 0) {
                    return;
                }
                qsizetype length = 0;
                for (const QByteArray& line : received->left(head).split('\n')) {
                    if (line.toLower().startsWith("content-length:")) {
                        length = line.mid(15).trimmed().toLongLong();
                    }
                }
                if (received->size() < head + 4 + length) {
                    return;
                }
                m_requests.push_back(*received);
                if (m_next < m_answers.size()) {
                    socket->write(m_answers[m_next++]);
                }
                socket->disconnectFromHost();
            });
        });
    }

    std::vector<QByteArray> m_answers;
    std::vector<QByteArray> m_requests;
    std::size_t m_next = 0;
    quint16 m_port = 0;
    std::unique_ptr<QTcpServer> m_server;
    QObject m_context;
    QThread m_thread;
};

QByteArray answer(const char* status, const char* headers = "", const char* body = "")
{
    return QByteArray("HTTP/1.1 ") + status + "\r\n" + headers + "Content-Length: "
        + QByteArray::number(qstrlen(body)) + "\r\nConnection: close\r\n\r\n" + body;
}

/// Remembers the waits it was asked for and does not wait.
struct RecordedSleep {
    std::shared_ptr<std::vector<std::chrono::milliseconds>> waits
        = std::make_shared<std::vector<std::chrono::milliseconds>>();
    bool operator()(std::chrono::milliseconds duration, std::stop_token stop) const
    {
        waits->push_back(duration);
        return !stop.stop_requested();
    }
};

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
