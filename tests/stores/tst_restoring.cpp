#include <string>

#include <QTest>

#include "app/stores/store_restoring.h"
#include "cloud/storage/blob_store.h"
#include "cloud/storage/local_store.h"
#include "tests/cloud/support/scripted_server.h"

using namespace ty;
using namespace ty::cloud;

namespace {

QByteArray answerWith(const QByteArray& body, const char* status = "200 OK")
{
    return QByteArray("HTTP/1.1 ") + status + "\r\nContent-Type: application/xml\r\nContent-Length: " + QByteArray::number(body.size())
        + "\r\nConnection: close\r\n\r\n" + body;
}

/// As the service writes it: Microsoft's "List Blobs", with include=deleted.
QByteArray listOf(const QByteArray& blobs, const QByteArray& prefix = {})
{
    return answerWith(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"box\"><Prefix>" + prefix + "</Prefix><Blobs>" + blobs
        + "</Blobs><NextMarker/></EnumerationResults>");
}

QByteArray blob(const QByteArray& name, bool isDeleted)
{
    return "<Blob><Name>" + name + "</Name>" + (isDeleted ? "<Deleted>true</Deleted>" : "")
        + "<Properties><Content-Length>4</Content-Length><Etag>0x1</Etag></Properties></Blob>";
}

BlobStore storeAt(const std::string& endpoint)
{
    StorageAccessOptions access;
    access.endpoint = endpoint;
    access.credential.kind = StorageCredential::Kind::Anonymous;
    return BlobStore(access, std::string());
}

QByteArray firstLine(const QByteArray& request)
{
    return request.left(request.indexOf("\r\n"));
}

} // namespace

class TestRestoring : public QObject {
    Q_OBJECT

private slots:
    void aDeletedFileComesBack();
    void allDeletedFilesBelowAFolderComeBack();
    void whatIsNotDeletedIsToldSo();
    void whetherWhatWasDeletedIsKeptIsKnown();
    void aStoreThatKeepsNothingSaysSo();
};

void TestRestoring::aDeletedFileComesBack()
{
    test::ScriptedServer server({listOf(blob("images/a.png", true) + blob("images/a.png.txt", true), "images/a.png"), answerWith({})});
    BlobStore store = storeAt(server.url("/account"));

    const auto restored = app::restoreBelow(store, "box/images/a.png", {});

    QVERIFY2(restored, restored ? "" : restored.error().message.c_str());
    QCOMPARE(*restored, 1);
    const auto requests = server.requests();
    QCOMPARE(requests.size(), std::size_t{2});
    QVERIFY2(firstLine(requests[0]).contains("deleted"), requests[0].constData());
    QVERIFY2(firstLine(requests[1]).startsWith("PUT /account/box/images/a.png?comp=undelete "), requests[1].constData());
}

void TestRestoring::allDeletedFilesBelowAFolderComeBack()
{
    test::ScriptedServer server(
        {listOf({}), listOf(blob("images/a.png", true) + blob("images/b.png", false) + blob("images/c/d.png", true)), answerWith({}),
         answerWith({})});
    BlobStore store = storeAt(server.url("/account"));

    const auto restored = app::restoreBelow(store, "box/images", {});

    QVERIFY2(restored, restored ? "" : restored.error().message.c_str());
    QCOMPARE(*restored, 2);
    QVERIFY(firstLine(server.requests().back()).contains("/box/images/c/d.png?comp=undelete"));
}

void TestRestoring::whetherWhatWasDeletedIsKeptIsKnown()
{
    test::ScriptedServer server({listOf(blob("images/a.png", true), "images/a.png"), listOf({}), listOf({})});
    BlobStore store = storeAt(server.url("/account"));

    const auto kept = app::isKeptBelow(store, "box/images/a.png", {});
    const auto gone = app::isKeptBelow(store, "box/images/b.png", {});

    QVERIFY(kept && *kept);
    QVERIFY(gone && !*gone);
}

void TestRestoring::whatIsNotDeletedIsToldSo()
{
    test::ScriptedServer server({listOf(blob("a.png", false)), listOf({})});
    BlobStore store = storeAt(server.url("/account"));

    const auto restored = app::restoreBelow(store, "box/a.png", {});

    QVERIFY(!restored);
    QCOMPARE(restored.error().kind, ErrorKind::NotFound);
}

void TestRestoring::aStoreThatKeepsNothingSaysSo()
{
    LocalStore store("/");

    const auto restored = app::restoreBelow(store, "tmp", {});

    QVERIFY(!restored);
    QCOMPARE(restored.error().kind, ErrorKind::Unsupported);
}

QTEST_GUILESS_MAIN(TestRestoring)
#include "tst_restoring.moc"
