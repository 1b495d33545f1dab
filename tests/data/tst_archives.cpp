#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <QTest>
#include <archive.h>
#include <archive_entry.h>

#include "engine/base/files.h"
#include "engine/data/dataset.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

struct Packed {
    std::string name;
    std::string content;
    std::string link = {}; ///< not empty: a symbolic link to it
};

/// `path` tells the format: ".zip", ".7z", ".tar.gz", ".tar.xz", ".tar".
void pack(const std::string& path, const std::vector<Packed>& files)
{
    archive* const handle = archive_write_new();
    if (path.ends_with(".zip") || path.ends_with(".npz")) {
        archive_write_set_format_zip(handle);
    } else if (path.ends_with(".7z")) {
        archive_write_set_format_7zip(handle);
    } else {
        archive_write_set_format_pax_restricted(handle);
    }
    if (path.ends_with(".gz")) {
        archive_write_add_filter_gzip(handle);
    } else if (path.ends_with(".xz")) {
        archive_write_add_filter_xz(handle);
    }
    QVERIFY2(archive_write_open_filename(handle, path.c_str()) == ARCHIVE_OK, archive_error_string(handle));
    for (const Packed& file : files) {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, file.name.c_str());
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_filetype(entry, file.link.empty() ? AE_IFREG : AE_IFLNK);
        archive_entry_set_size(entry, static_cast<la_int64_t>(file.content.size()));
        if (!file.link.empty()) {
            archive_entry_set_symlink(entry, file.link.c_str());
        }
        QVERIFY2(archive_write_header(handle, entry) == ARCHIVE_OK, archive_error_string(handle));
        archive_write_data(handle, file.content.data(), file.content.size());
        archive_entry_free(entry);
    }
    archive_write_close(handle);
    archive_write_free(handle);
}

QString messageOf(const Result<std::unique_ptr<Dataset>>& result)
{
    return result ? QStringLiteral("opened") : QString::fromStdString(result.error().message);
}

std::size_t filesBelow(const std::string& folder)
{
    std::size_t count = 0;
    std::error_code ignored;
    for (std::filesystem::recursive_directory_iterator it(folder, ignored), end; it != end; it.increment(ignored)) {
        count += it->is_regular_file() ? 1U : 0U;
    }
    return count;
}

} // namespace

class TestArchives : public QObject {
    Q_OBJECT

private slots:
    void init();
    void everyKindHoldsATable_data();
    void everyKindHoldsATable();
    void hostileArchivesAreRefused_data();
    void hostileArchivesAreRefused();
    void aBombIsRefusedBeforeTheDiskIsFull();
    void anArchiveInAnArchiveIsOpenedAndNoDeeperOne();
    void aChangedArchiveIsUnpackedAnew();
    void arraysGiveTheirParts();
    void arraysOfOneAxisAreColumns();
    void badArraysAreNamed_data();
    void badArraysAreNamed();

private:
    std::unique_ptr<FolderOfFiles> m_cache;
};

void TestArchives::init()
{
    m_cache = std::make_unique<FolderOfFiles>();
    qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(m_cache->folder()));
}

void TestArchives::everyKindHoldsATable_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const char* name : {"a.zip", "a.7z", "a.tar", "a.tar.gz", "a.tar.xz"}) {
        QTest::newRow(name) << QByteArray(name);
    }
}

void TestArchives::everyKindHoldsATable()
{
    QFETCH(QByteArray, name);
    const FolderOfFiles files;
    const std::string path = files.path(name.toStdString());
    pack(path, {{"flowers/data.csv", "a,class\n1,x\n2,y\n3,x\n"}, {"flowers/README.md", "words"}, {"__MACOSX/._data.csv", "junk"}});
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    const DatasetInfo& info = (*dataset)->info();
    QCOMPARE(QString::fromStdString(info.path), QString::fromStdString(path));
    QCOMPARE(QString::fromStdString(info.name), QString("a"));
    QCOMPARE(info.samples, 3U);
    QCOMPARE(info.bytes, std::uint64_t{std::filesystem::file_size(path)});
    QCOMPARE(QString::fromStdString((*dataset)->cellText(1, 1)), QString("y"));
    QVERIFY(previewDataset(path, {}).isOk());
    QCOMPARE(filesBelow(m_cache->folder()), std::size_t{2}); // unpacked once
    OpenOptions repaired;
    repaired.repairs.missing["a"] = MissingValues::DropRows;
    QVERIFY(openDataset(path, repaired).isOk());
}

void TestArchives::hostileArchivesAreRefused_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("entry");
    QTest::addColumn<QByteArray>("link");
    QTest::addColumn<QString>("message");
    QTest::newRow("up") << QByteArray("a.zip") << QByteArray("../../evil.csv") << QByteArray()
                        << "a.zip is refused: the name \"../../evil.csv\" in it leads out of its folder";
    QTest::newRow("up in the middle") << QByteArray("a.tar") << QByteArray("x/../../evil.csv") << QByteArray()
                                      << "a.tar is refused: the name \"x/../../evil.csv\" in it leads out of its folder";
    QTest::newRow("absolute") << QByteArray("a.tar.gz") << QByteArray("/tmp/evil.csv") << QByteArray()
                              << "a.tar.gz is refused: the name \"/tmp/evil.csv\" in it leads out of its folder";
    QTest::newRow("backslashes") << QByteArray("a.tar") << QByteArray("..\\evil.csv") << QByteArray()
                                 << "a.tar is refused: the name \"..\\evil.csv\" in it leads out of its folder";
    QTest::newRow("link") << QByteArray("a.tar") << QByteArray("data.csv") << QByteArray("/etc/passwd")
                          << "a.tar is refused: \"data.csv\" in it is a link or a device";
    QTest::newRow("link in a zip") << QByteArray("a.zip") << QByteArray("data") << QByteArray("..")
                                   << "a.zip is refused: \"data\" in it is a link or a device";
}

void TestArchives::hostileArchivesAreRefused()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, entry);
    QFETCH(QByteArray, link);
    QFETCH(QString, message);
    const FolderOfFiles files;
    const std::string path = files.path(name.toStdString());
    pack(path, {{"good.csv", "a,b\n1,2\n"}, {entry.toStdString(), link.isEmpty() ? "a,b\n1,2\n" : "", link.toStdString()}});
    const auto dataset = openDataset(path, {});
    QVERIFY(!dataset.isOk());
    QCOMPARE(messageOf(dataset), message);
    QCOMPARE(filesBelow(m_cache->folder()), std::size_t{0}); // nothing stays of it
    QCOMPARE(filesBelow(files.folder()), std::size_t{1});
}

void TestArchives::aBombIsRefusedBeforeTheDiskIsFull()
{
    const FolderOfFiles files;
    const std::string path = files.path("bomb.npz");
    // The header promises far more than so few bytes can hold.
    pack(path, {{"x.npy", npyBytes("|u1", "(100000, 100000)", std::string(1U << 20, '\0'))}});
    const auto dataset = openDataset(path, {});
    QVERIFY(!dataset.isOk());
    QVERIFY2(messageOf(dataset).contains("is cut off"), qPrintable(messageOf(dataset)));
}

void TestArchives::anArchiveInAnArchiveIsOpenedAndNoDeeperOne()
{
    const FolderOfFiles files;
    const auto bytesOf = [](const std::string& path) { return readFile(path).valueOr({}); };
    pack(files.path("one.tar.gz"), {{"table.csv", "a,kind\n1,x\n2,y\n3,x\n"}});
    pack(files.path("two.zip"), {{"one.tar.gz", bytesOf(files.path("one.tar.gz"))}});
    pack(files.path("three.zip"), {{"two.zip", bytesOf(files.path("two.zip"))}});
    QCOMPARE(messageOf(openDataset(files.path("two.zip"), {})), QStringLiteral("opened"));
    QVERIFY(previewDataset(files.path("two.zip"), {}));
    for (const std::string& path : {files.path("three.zip"), files.write("self.xz", bytesOf(TRAINYARD_SOURCE_DIR "/tests/fuzz/corpus/archive/holds_itself"))}) {
        const auto deep = messageOf(openDataset(path, {}));
        QVERIFY2(deep.contains("lies in an archive and holds another one"), qPrintable(deep));
        QVERIFY(!previewDataset(path, {}));
    }
}

void TestArchives::aChangedArchiveIsUnpackedAnew()
{
    const FolderOfFiles files;
    const std::string path = files.path("a.zip");
    pack(path, {{"data.csv", "a,class\n1,x\n2,y\n"}});
    QCOMPARE((*openDataset(path, {}))->info().samples, 2U);
    std::filesystem::remove(path);
    pack(path, {{"data.csv", "a,class\n1,x\n2,y\n3,y\n"}});
    QCOMPARE((*openDataset(path, {}))->info().samples, 3U);
}

void TestArchives::arraysGiveTheirParts()
{
    const FolderOfFiles files;
    const std::string path = files.path("mnist.npz");
    const std::string labels = rawBytes(std::vector<std::uint8_t>{0, 1, 2, 0, 1, 2});
    pack(
        path, {{"x_train.npy", npyBytes("|u1", "(6, 2, 2)", std::string(24, '\x10'))}, {"y_train.npy", npyBytes("|u1", "(6,)", labels)},
               {"x_test.npy", npyBytes("|u1", "(3, 2, 2)", std::string(12, '\x20'))},
               {"y_test.npy", npyBytes("|u1", "(3,)", labels.substr(0, 3))}});
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    const DatasetInfo& info = (*dataset)->info();
    QCOMPARE(info.kind, DataKind::Image);
    QVERIFY((info.givenSplit == std::array<std::uint64_t, 3>{6, 0, 3}));
    QCOMPARE(info.classes.size(), std::size_t{3});
    QCOMPARE((*dataset)->partOf(7), SplitPart::Test);
    QCOMPARE((*dataset)->classOf(7), 1);
}

void TestArchives::arraysOfOneAxisAreColumns()
{
    const FolderOfFiles files;
    const std::string path = files.path("columns.npz");
    pack(
        path, {{"age.npy", npyBytes("<f4", "(4,)", rawBytes(std::vector<float>{1, 2, 3, 4}))},
               {"target.npy", npyBytes("<i4", "(4,)", rawBytes(std::vector<std::int32_t>{0, 1, 0, 1}))}});
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QCOMPARE(QString::fromStdString((*dataset)->info().target), QString("target"));
    QCOMPARE((*dataset)->numericColumn(0)[3], 4.0F);
}

void TestArchives::badArraysAreNamed_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<QString>("message");
    const QByteArray table = QByteArray::fromStdString(npyBytes("|u1", "(2, 2)", std::string(4, '\x01')));
    QTest::newRow("which?") << table << table << "a.npz does not say which array holds the inputs: one (2 x 2), two (2 x 2)";
    QTest::newRow("pickle") << QByteArray::fromStdString(npyBytes("|O8", "(2,)", "x")) << table
                            << "one.npy in a.npz holds Python objects (pickle), which can run any code when they are opened";
    QTest::newRow("cut") << table.left(table.size() - 2) << table << "one.npy in a.npz: is cut off: 2 of 4 elements are there";
}

void TestArchives::badArraysAreNamed()
{
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, second);
    QFETCH(QString, message);
    const FolderOfFiles files;
    pack(files.path("a.npz"), {{"one.npy", first.toStdString()}, {"two.npy", second.toStdString()}});
    const auto dataset = openDataset(files.path("a.npz"), {});
    QVERIFY(!dataset.isOk());
    QCOMPARE(messageOf(dataset), message);
}

QTEST_GUILESS_MAIN(TestArchives)
#include "tst_archives.moc"
