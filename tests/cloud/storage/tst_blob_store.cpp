#include <set>

#include <QTest>

#include "cloud/storage/blob_store.h"
#include "cloud/storage/crc64.h"
#include "cloud/storage/md5.h"
#include "cloud/storage/store_address.h"
#include "engine/base/random.h"
#include "tests/cloud/storage/azurite.h"
#include "tests/cloud/storage/outcome.h"

using namespace ty;
using namespace ty::cloud;
using test::bytesOf;

namespace {

std::vector<std::byte> randomBytes(std::size_t count)
{
    Random random(7);
    std::vector<std::byte> bytes(count);
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(random.below(256));
    }
    return bytes;
}

} // namespace

/// Our client against Microsoft's emulator.
class TestBlobStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString missing = test::Azurite::missing(); !missing.isEmpty()) {
            QSKIP(qPrintable(missing));
        }
        m_azurite = std::make_unique<test::Azurite>();
        m_store = std::make_unique<BlobStore>(m_azurite->access(), "");
        FINE(m_store->makeFolder("train", {}));
    }

    void aSmallFileComesBackAsItWas()
    {
        const std::string text = "a,b\n1,2\n";
        const auto written = m_store->writeFile("train/t.csv", bytesOf(text), Md5::of(bytesOf(text)), "text/csv", Overwrite::No, {});
        FINE(written);
        const auto there = m_store->properties("train/t.csv", {});
        FINE(there);
        QCOMPARE(there->bytes.value_or(0), text.size());
        QCOMPARE(there->md5, Md5::of(bytesOf(text)));
        QCOMPARE(there->contentType, std::string("text/csv"));
        QVERIFY(there->modified.size() == 20 && there->etag.size() > 4);
        std::string back(3, ' ');
        FINE(m_store->read("train/t.csv", there->etag, 4, std::as_writable_bytes(std::span(back)), {}));
        QCOMPARE(back, std::string("1,2"));
    }

    void blocksArriveInAnyOrderAndAreFoundAgain()
    {
        const auto bytes = randomBytes(2'500'000);
        const auto upload = m_store->beginUpload({"train/big.bin", bytes.size(), 1'000'000, {}, "application/octet-stream"}, {});
        FINE(upload);
        QCOMPARE(upload->blocks(), std::uint64_t{3});
        for (const std::uint64_t block : {std::uint64_t{2}, std::uint64_t{0}}) {
            FINE(m_store->writeBlock(*upload, block, std::span(bytes).subspan(upload->offset(block), upload->size(block)), {}));
        }
        QCOMPARE(m_store->properties("train/big.bin", {}).error().kind, ErrorKind::NotFound); // not there before it is whole
        BlobStore later(m_azurite->access(), ""); // as after a restart
        const auto written = later.writtenBlocks(*upload, {});
        FINE(written);
        QCOMPARE(*written, (std::vector<bool>{true, false, true}));
        FINE(later.writeBlock(*upload, 1, std::span(bytes).subspan(upload->offset(1), upload->size(1)), {}));
        FINE(later.finishUpload(*upload, {Md5::of(bytes), crc64(bytes)}, Overwrite::No, {}));
        QCOMPARE(m_store->properties("train/big.bin", {})->bytes.value_or(0), bytes.size());
        std::vector<std::byte> back(bytes.size());
        FINE(m_store->read("train/big.bin", {}, 0, back, {}));
        QVERIFY(back == bytes);
        QCOMPARE(m_store->properties("train/big.bin", {})->md5, Md5::of(bytes));
        QCOMPARE(m_store->properties("train/big.bin", {})->crc64, std::optional(crc64(bytes)));
        // Whoever writes it anew by other means takes the sum away, so that it never belongs to other bytes.
        FINE(m_store->writeFile("train/big.bin", bytesOf("other"), {}, {}, Overwrite::Yes, {}));
        QVERIFY(!m_store->properties("train/big.bin", {})->crc64);
    }

    void aFolderIsListedByPagesWithItsPrefix()
    {
        std::set<std::string> names;
        for (const char* name : {"d/a 1.txt", "d/b&c<d>.txt", "d/\xC3\xA9t\xC3\xA9.txt", "d/50%.txt", "d/a#b?c.txt", "d/sub/x.txt", "d/sub/y.txt"}) {
            FINE(m_store->writeFile(std::string("train/") + name, bytesOf("x"), {}, {}, Overwrite::Yes, {}));
            names.insert(std::string("train/") + name);
        }
        std::set<std::string> seen;
        int folders = 0;
        ListRequest request;
        request.folder = "train/d";
        request.pageSize = 2;
        do {
            const auto page = m_store->list(request, {});
            FINE(page);
            QVERIFY(page->entries.size() <= 2);
            for (const StoreEntry& entry : page->entries) {
                folders += entry.isFolder ? 1 : 0;
                seen.insert(entry.path);
            }
            request.marker = page->next;
        } while (!request.marker.empty());
        QCOMPARE(folders, 1);
        QVERIFY(seen.contains("train/d/sub"));
        QCOMPARE(seen.size(), std::size_t{6});
        ListRequest all;
        all.folder = "train/d";
        all.isRecursive = true;
        const auto page = m_store->list(all, {});
        FINE(page);
        std::set<std::string> found;
        for (const StoreEntry& entry : page->entries) {
            found.insert(entry.path);
            std::string back(1, ' ');
            FINE(m_store->read(entry.path, entry.etag, 0, std::as_writable_bytes(std::span(back)), {}));
        }
        QCOMPARE(found, names);
        all.prefix = "a";
        QCOMPARE(m_store->list(all, {})->entries.size(), std::size_t{2});
        ListRequest root;
        QVERIFY(m_store->list(root, {})->entries.front().isFolder);
    }

    void whatChangedMeanwhileIsAConflict()
    {
        const auto first = m_store->writeFile("train/c.txt", bytesOf("one"), {}, {}, Overwrite::Yes, {});
        FINE(first);
        FINE(m_store->writeFile("train/c.txt", bytesOf("two"), {}, {}, Overwrite::Yes, {}));
        std::string back(3, ' ');
        QCOMPARE(m_store->read("train/c.txt", first->etag, 0, std::as_writable_bytes(std::span(back)), {}).error().kind, ErrorKind::Conflict);
        QCOMPARE(m_store->writeFile("train/c.txt", bytesOf("three"), {}, {}, Overwrite::No, {}).error().kind, ErrorKind::AlreadyExists);
        std::string longer(30, ' ');
        QCOMPARE(m_store->read("train/c.txt", {}, 0, std::as_writable_bytes(std::span(longer)), {}).error().kind, ErrorKind::Conflict);
    }

    void aCopyStaysInTheStore()
    {
        FINE(m_store->writeFile("train/from.txt", bytesOf("copy me"), {}, {}, Overwrite::Yes, {}));
        const auto copied = m_store->copy("train/from.txt", "train/to/there.txt", Overwrite::No, {});
        FINE(copied);
        QCOMPARE(copied->bytes.value_or(0), std::uint64_t{7});
        QVERIFY(!m_store->copy("train/from.txt", "train/to/there.txt", Overwrite::No, {}));
        FINE(m_store->remove("train/from.txt", {}));
        QCOMPARE(m_store->properties("train/from.txt", {}).error().kind, ErrorKind::NotFound);
        QVERIFY(m_store->properties("train/to", {})->isFolder);
    }

    void tiersChange()
    {
        FINE(m_store->writeFile("train/cool.txt", bytesOf("x"), {}, {}, Overwrite::Yes, {}));
        FINE(m_store->setTier("train/cool.txt", "Cool", {}));
        QCOMPARE(m_store->properties("train/cool.txt", {})->tier, std::string("Cool"));
    }

    void aSharedAddressOpensWhatItSaysAndNoMore()
    {
        FINE(m_store->writeFile("train/shared.txt", bytesOf("for you"), {}, {}, Overwrite::Yes, {}));
        const auto address = m_store->shareAddress("train/shared.txt", "r", "2099-01-01T00:00:00Z", {});
        FINE(address);
        const auto parsed = parseStoreAddress(address->reveal());
        FINE(parsed);
        QCOMPARE(parsed->auth, std::string("sas"));
        auto access = m_azurite->access();
        access.credential = {StorageCredential::Kind::Sas, {"devstoreaccount1", {}}, parsed->secret, nullptr};
        BlobStore guest(access, "");
        std::string back(7, ' ');
        FINE(guest.read("train/shared.txt", {}, 0, std::as_writable_bytes(std::span(back)), {}));
        QCOMPARE(back, std::string("for you"));
        const auto refused = guest.writeFile("train/shared.txt", bytesOf("mine"), {}, {}, Overwrite::Yes, {});
        QCOMPARE(refused.error().kind, ErrorKind::Permission);
        QVERIFY(!refused.error().message.empty() && refused.error().message.find("sig=") == std::string::npos);
    }

    void aWrongKeyIsSaidInWords()
    {
        auto access = m_azurite->access();
        access.credential.key.key = Secret("AAAA8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");
        BlobStore stranger(access, "");
        const auto refused = stranger.list({}, {});
        QVERIFY(refused.error().kind == ErrorKind::NotSignedIn || refused.error().kind == ErrorKind::Permission);
        QVERIFY(!refused.error().advice.empty());
    }

    void theAccountsSettingsTellOfSoftDelete() { QCOMPARE(m_store->softDeleteDays({}).valueOr(-1), 0); }

private:
    std::unique_ptr<test::Azurite> m_azurite;
    std::unique_ptr<BlobStore> m_store;
};

QTEST_GUILESS_MAIN(TestBlobStore)
#include "tst_blob_store.moc"
