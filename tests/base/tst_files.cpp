#include <string>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <array>
#include <csignal>
#include <string_view>

#include "engine/base/files.h"
#include "engine/base/input_file.h"
#include "engine/base/parts_file.h"

using namespace ty;

class TestFiles : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }

private Q_SLOTS:
    void writtenFileIsReadBack()
    {
        QVERIFY(writeFileAtomically(path("a.txt"), "hello"));
        QCOMPARE(*readFile(path("a.txt")), std::string("hello"));
    }

    void partsAreWrittenOneAfterTheOther()
    {
        const std::array<std::string_view, 4> parts{"hel", "", "lo ", "there"};
        QVERIFY(writePartsAtomically(path("parts.txt"), parts));
        QCOMPARE(*readFile(path("parts.txt")), std::string("hello there"));
    }

    void piecesOfAFileAreReadWhereTheyLie()
    {
        QVERIFY(writeFileAtomically(path("pieces.txt"), "hello there"));
        const auto file = InputFile::open(path("pieces.txt"));
        QVERIFY(file);
        QCOMPARE(file->size(), std::uint64_t{11});
        std::string piece(5, '?');
        QVERIFY(file->read(6, piece));
        QCOMPARE(piece, std::string("there"));
        QVERIFY(file->read(11, std::span<char>()));
        const auto beyond = file->read(7, piece);
        QVERIFY(!beyond);
        QVERIFY2(beyond.error().message.find("became shorter") != std::string::npos, beyond.error().message.c_str());
        QCOMPARE(InputFile::open(path("none.txt")).error().kind, ErrorKind::NotFound);
        QCOMPARE(InputFile::open(m_folder.path().toStdString()).error().kind, ErrorKind::InvalidInput);
    }

    void failedWriteKeepsTheOldFileAndLeavesNothingBeside()
    {
        QVERIFY(writeFileAtomically(path("kept.txt"), "old"));
        // A file-size limit is what a full disk looks like to write().
        ::signal(SIGXFSZ, SIG_IGN);
        struct rlimit before = {};
        ::getrlimit(RLIMIT_FSIZE, &before);
        struct rlimit small = before;
        small.rlim_cur = 1024;
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto written = writeFileAtomically(path("kept.txt"), std::string(10'000, 'x'));
        ::setrlimit(RLIMIT_FSIZE, &before);

        QVERIFY(!written);
        QCOMPARE(written.error().kind, ErrorKind::DiskFull);
        QVERIFY(written.error().message.find("kept.txt") != std::string::npos);
        QVERIFY(!written.error().advice.empty());
        QCOMPARE(*readFile(path("kept.txt")), std::string("old"));
        QCOMPARE(QDir(m_folder.path()).entryList({"kept.txt*"}, QDir::Files).size(), 1);
    }

    void missingFolderIsNamed()
    {
        const auto written = writeFileAtomically(path("none/a.txt"), "x");
        QVERIFY(!written);
        QCOMPARE(written.error().kind, ErrorKind::NotFound);
        QVERIFY(written.error().message.find("none/a.txt") != std::string::npos);
    }

    void readingAFolderSaysSo()
    {
        const auto read = readFile(m_folder.path().toStdString());
        QVERIFY(!read);
        QVERIFY(read.error().message.find("folder") != std::string::npos);
    }

    void tornLastLineIsCutWhenTheLogIsOpenedAgain()
    {
        QFile torn(m_folder.filePath("events.jsonl"));
        QVERIFY(torn.open(QIODevice::WriteOnly));
        torn.write("{\"a\":1}\n{\"b\":");
        torn.close();

        auto log = LineLog::open(path("events.jsonl"));
        QVERIFY(log);
        QVERIFY(log->append("{\"c\":3}"));
        QVERIFY(log->sync());
        QCOMPARE(*readFile(path("events.jsonl")), std::string("{\"a\":1}\n{\"c\":3}\n"));
    }

    void removingATreeDoesNotFollowLinks()
    {
        QVERIFY(makeFolders(path("outside")));
        QVERIFY(writeFileAtomically(path("outside/precious.txt"), "x"));
        QVERIFY(makeFolders(path("tree/deep")));
        QVERIFY(QFile::link(m_folder.filePath("outside"), m_folder.filePath("tree/deep/link")));
        QVERIFY(removeTree(path("tree")));
        QVERIFY(!pathExists(path("tree")));
        QVERIFY(pathExists(path("outside/precious.txt")));
    }

    void treeBytesAddsRegularFiles()
    {
        QVERIFY(makeFolders(path("sum/b")));
        QVERIFY(writeFileAtomically(path("sum/x"), std::string(100, 'x')));
        QVERIFY(writeFileAtomically(path("sum/b/y"), std::string(23, 'x')));
        QCOMPARE(treeBytes(path("sum")), std::uint64_t{123});
        QCOMPARE(treeBytes(path("nothing")), std::uint64_t{0});
    }
};

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
