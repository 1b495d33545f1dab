#include <optional>
#include <thread>
#include <vector>

#include <QTest>

#include "cloud/auth/auth_transport.h"
#include "cloud/auth/service_transport.h"
#include "cloud/http/curl_transport.h"
#include "engine/base/base64.h"
#include "tests/cloud/auth/auth_fixture.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;
using namespace std::chrono_literals;

namespace {

/// Gives tokens "t1", "t2", ... or the error it was told to.
class CountingSource : public TokenSource {
public:
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token) override
    {
        ++fetched;
        lastClaims = request.claims;
        if (failure) {
            return *failure;
        }
        AccessToken token;
        token.token = Secret("t" + std::to_string(fetched));
        token.expiresAt = now + 1h;
        return token;
    }

    int fetched = 0;
    std::string lastClaims;
    std::optional<Error> failure;
    WallTime now = kNow;
};

} // namespace

class TestTokenCache : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cacheRenewsBeforeTheEnd()
    {
        CountingSource source;
        WallTime now = kNow;
        TokenCache cache(source, [&] { return now; });
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t1"));
        now += 54min;
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t1"));
        now += 2min; // less than five minutes are left
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t2"));
        QCOMPARE(cache.token("b", {})->reveal(), std::string("t3"));
    }

    void tokenThatStillHoldsOutlivesAFailedRenewal()
    {
        CountingSource source;
        WallTime now = kNow;
        TokenCache cache(source, [&] { return now; });
        QVERIFY(cache.token("a", {}));
        source.failure = Error{ErrorKind::Network, "down", {}};
        now += 57min;
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t1"));
        now += 3min;
        QCOMPARE(cache.token("a", {}).error().kind, ErrorKind::Network);
    }

    void refusedTokenIsRenewedOnceAndTheRequestRepeated()
    {
        const std::string claims = "{\"access_token\":{\"nbf\":{\"essential\":true}}}";
        const std::string header = "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"" + encodeBase64(claims) + "\"\r\n";
        ScriptedServer server({answer("401 Unauthorized", header.c_str()), answer("200 OK", "", "done"), answer("401 Unauthorized"), answer("401 Unauthorized")});
        CurlTransport transport;
        CountingSource source;
        TokenCache cache(source, fixedNow);
        AuthTransport auth(transport, cache, server.url(""), kScope);
        HttpRequest post;
        post.method = "POST";
        post.url = server.url("/start");
        const auto got = auth.send(post, {});
        QVERIFY(got);
        QCOMPARE(got->body, std::string("done"));
        QVERIFY(server.requests()[0].contains("Authorization: Bearer t1\r\n"));
        QVERIFY(server.requests()[1].contains("Authorization: Bearer t2\r\n"));
        QCOMPARE(source.lastClaims, claims);
        QCOMPARE(auth.send(post, {})->status, 401);
        QCOMPARE(server.requests().size(), std::size_t{4});
    }

    void tokenIsNotSentElsewhere()
    {
        ScriptedServer server({answer("200 OK")});
        CurlTransport transport;
        CountingSource source;
        TokenCache cache(source, fixedNow);
        AuthTransport auth(transport, cache, "https://management.azure.com", kScope);
        HttpRequest get;
        get.url = server.url("/");
        QVERIFY(!auth.send(get, {}));
        QCOMPARE(source.fetched, 0);
        QVERIFY(server.requests().empty());
    }

    void allPoliciesWorkTogether()
    {
        ScriptedServer server({answer("401 Unauthorized"), answer("503 Busy", "retry-after-ms: 1\r\n"), answer("200 OK", "", "done")});
        CountingSource source;
        TokenCache cache(source, fixedNow);
        std::vector<std::string> lines;
        ServiceTransportOptions options;
        options.service = server.url("");
        options.scope = kScope;
        options.log = [&](const std::string& line) { lines.push_back(line); };
        const auto transport = makeServiceTransport(options, &cache);
        HttpRequest post;
        post.method = "POST";
        post.url = server.url("/start?sig=SECRET");
        const auto got = transport->send(post, {});
        QVERIFY(got);
        QCOMPARE(got->body, std::string("done"));
        const auto requests = server.requests();
        QCOMPARE(requests.size(), std::size_t{3});
        const auto idOf = [](const QByteArray& request) {
            const auto at = request.indexOf("x-ms-client-request-id: ");
            return at < 0 ? QByteArray() : request.mid(at, 60);
        };
        QVERIFY(!idOf(requests[0]).isEmpty());
        QCOMPARE(idOf(requests[0]), idOf(requests[2]));
        QVERIFY(requests[2].contains("Authorization: Bearer t2\r\n"));
        QCOMPARE(lines.size(), std::size_t{3});
        for (const std::string& line : lines) {
            QVERIFY2(line.find("SECRET") == std::string::npos && line.find("Bearer") == std::string::npos, line.c_str());
        }
    }

    void serviceWithoutSignInGetsNoToken()
    {
        ScriptedServer server({answer("200 OK")});
        const auto transport = makeServiceTransport({}, nullptr);
        HttpRequest get;
        get.url = server.url("/prices");
        QVERIFY(transport->send(get, {}));
        QVERIFY(!server.requests()[0].contains("Authorization"));
    }

    void manyThreadsCauseOneRenewal()
    {
        CountingSource source;
        TokenCache cache(source, fixedNow);
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i) {
                threads.emplace_back([&] { (void)cache.token("a", {}); });
            }
        }
        QCOMPARE(source.fetched, 1);
        const Secret refused("t1");
        QCOMPARE(cache.replace("a", refused, {}, {})->reveal(), std::string("t2"));
        QCOMPARE(cache.replace("a", refused, {}, {})->reveal(), std::string("t2")); // somebody was faster
        QCOMPARE(source.fetched, 2);
    }
};

QTEST_GUILESS_MAIN(TestTokenCache)
#include "tst_token_cache.moc"
