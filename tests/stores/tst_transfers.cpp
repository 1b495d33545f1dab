#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/stores/transfer_run.h"
#include "cloud/storage/crc64.h"
#include "tests/stores/shaky_store.h"

using namespace ty;
using namespace ty::app;
using catalog::TransferRecord;

namespace {

Error lost()
{
    return Error{ErrorKind::Network, "the cable is out", {}};
}

} // namespace

/// Transfers between two folders of which one behaves like a distant store.
class TestTransfers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_from = std::make_shared<test::ShakyStore>(path("from"));
        m_to = std::make_shared<test::ShakyStore>(path("to"));
        QDir(m_folder->path()).mkpath(QStringLiteral("from"));
        const catalog::Paths paths = catalog::Paths::below(path("home"));
        QVERIFY(paths.ensure());
        auto opened = catalog::Transfers::open(paths);
        QVERIFY(opened);
        m_transfers = std::move(opened).value();
    }

    void aFolderArrivesWholeAndIsCounted()
    {
        write("from/a.bin", 10'500);
        write("from/sub/b.bin", 999);
        write("from/sub/empty", 0);
        const auto done = run(add("no"));
        QCOMPARE(done.state, std::string("done"));
        QCOMPARE(done.files, std::int64_t{3});
        QCOMPARE(done.filesDone, std::int64_t{3});
        QCOMPARE(done.bytes, std::int64_t{11'499});
        QCOMPARE(done.bytesDone, std::int64_t{11'499});
        for (const char* name : {"a.bin", "sub/b.bin", "sub/empty"}) {
            QCOMPARE(read("to/" + std::string(name)), read("from/" + std::string(name)));
        }
        QCOMPARE(m_to->written.load(), 11 + 1);
        QCOMPARE(QDir(QString::fromStdString(path("to"))).entryList(QDir::Files | QDir::Hidden).size(), 1); // no parts left
    }

    /// Streams that found nothing to do slept for half a second, whatever came meanwhile.
    void streamsWithoutWorkAreWokenWhenThereIsSome()
    {
        write("from/a.bin", 500);
        double fastest = 1e9;
        for (int i = 0; i < 5; ++i) {
            fastest = std::min(fastest, run(add("yes")).seconds);
        }
        QVERIFY2(fastest < 0.4, qPrintable(QString::number(fastest)));
    }

    void aShortOutageIsWaitedFor()
    {
        write("from/a.bin", 5'000);
        std::atomic<int> failures = 2;
        m_to->beforeWrite = [&](const std::string&, std::uint64_t) { return failures-- > 0 ? Result<void>(lost()) : Result<void>(); };
        QCOMPARE(run(add("no")).state, std::string("done"));
        QCOMPARE(read("to/a.bin"), read("from/a.bin"));
    }

    void aFileWhoseLastAnswerWasLostIsThere()
    {
        write("from/large.bin", 5'000);
        write("from/small.bin", 500);
        int answers = 2;
        m_to->afterFinish = [&] { return answers-- > 0 ? Result<void>(lost()) : Result<void>(); };
        const auto done = run(add("no"));
        QCOMPARE(done.state, std::string("done"));
        QCOMPARE(done.filesFailed, std::int64_t{0});
        QCOMPARE(read("to/large.bin"), read("from/large.bin"));
        QCOMPARE(read("to/small.bin"), read("from/small.bin"));
    }

    /// The program ends after the last step of a file and before the note of it.
    void whatWasFinishedButNotNotedIsNotSentAgain()
    {
        write("from/large.bin", 5'000);
        write("from/small.bin", 500);
        const auto id = add("no");
        m_to->afterFinish = [] { return Result<void>(Error{ErrorKind::Cancelled, "killed", {}}); };
        (void)TransferRun(*m_transfers, id, {m_from, ""}, {m_to, ""}, path("lock"), {}).run({});
        QVERIFY(QFile::exists(QString::fromStdString(path("to/large.bin"))));
        m_to->afterFinish = nullptr;
        m_to->written = 0;
        const auto done = run(id);
        QCOMPARE(done.state, std::string("done"));
        QCOMPARE(done.filesFailed, std::int64_t{0});
        QVERIFY2(m_to->written <= 1, "the large file was sent again");
        QCOMPARE(read("to/large.bin"), read("from/large.bin"));
    }

    void somebodyElsesFileOfTheSameSizeIsNoSuccess()
    {
        write("from/small.bin", 500);
        QDir(m_folder->path()).mkpath(QStringLiteral("to"));
        QFile other(QString::fromStdString(path("to/small.bin")));
        QVERIFY(other.open(QIODevice::WriteOnly));
        other.write(QByteArray(500, 'x'));
        other.close();
        QCOMPARE(run(add("no")).state, std::string("failed"));
        QCOMPARE(read("to/small.bin"), QByteArray(500, 'x'));
    }

    void aLongOutagePausesAndTheRestIsSentLater()
    {
        write("from/a.bin", 20'000);
        m_to->beforeWrite = [](const std::string&, std::uint64_t block) { return block >= 7 ? Result<void>(lost()) : Result<void>(); };
        const auto id = add("no");
        TransferOptions impatient;
        impatient.patience = std::chrono::seconds(0);
        const auto outcome = TransferRun(*m_transfers, id, {m_from, ""}, {m_to, ""}, path("lock"), impatient).run({});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::Network);
        QCOMPARE(m_transfers->stateOf(id).valueOr(""), std::string("paused"));
        const int before = m_to->written.exchange(0);
        QVERIFY(before >= 1 && before <= 7);
        m_to->beforeWrite = nullptr;
        QCOMPARE(run(id).state, std::string("done"));
        QCOMPARE(m_to->written.load(), 20 - before); // nothing twice
        QCOMPARE(read("to/a.bin"), read("from/a.bin"));
    }

    void aStopPausesAndASecondRunEndsIt()
    {
        write("from/a.bin", 50'000);
        std::stop_source stop;
        m_to->beforeWrite = [&](const std::string&, std::uint64_t block) {
            if (block == 20) {
                stop.request_stop();
            }
            return Result<void>();
        };
        const auto id = add("no");
        const auto paused = TransferRun(*m_transfers, id, {m_from, ""}, {m_to, ""}, path("lock"), {}).run(stop.get_token());
        QVERIFY(paused);
        QCOMPARE(paused->state, std::string("paused"));
        QVERIFY(!QFile::exists(QString::fromStdString(path("to/a.bin"))));
        QCOMPARE(run(id).state, std::string("done"));
        QCOMPARE(m_to->written.load(), 50);
        QCOMPARE(read("to/a.bin"), read("from/a.bin"));
    }

    void whatChangedInBetweenBeginsAnew()
    {
        write("from/a.bin", 30'000);
        std::stop_source stop;
        m_to->beforeWrite = [&](const std::string&, std::uint64_t block) {
            if (block == 10) {
                stop.request_stop();
            }
            return Result<void>();
        };
        const auto id = add("no");
        QVERIFY(TransferRun(*m_transfers, id, {m_from, ""}, {m_to, ""}, path("lock"), {}).run(stop.get_token()));
        m_to->beforeWrite = nullptr;
        write("from/a.bin", 25'000);
        QCOMPARE(run(id).state, std::string("done"));
        QCOMPARE(read("to/a.bin"), read("from/a.bin"));
        QCOMPARE(QDir(QString::fromStdString(path("to"))).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void oneBadFileDoesNotStopTheOthersAndIsTriedAgain()
    {
        for (int i = 0; i < 20; ++i) {
            write("from/" + std::to_string(i), 100 + i);
        }
        write("from/large", 5'000);
        m_from->beforeRead = [](const std::string& name, std::uint64_t block) {
            const bool isBad = name == "7" || (name == "large" && block == 2);
            return isBad ? Result<void>(Error{ErrorKind::Permission, "not this one", {}}) : Result<void>();
        };
        const auto id = add("no");
        const auto first = run(id);
        QCOMPARE(first.state, std::string("failed"));
        QCOMPARE(first.filesDone, std::int64_t{19});
        QCOMPARE(first.filesFailed, std::int64_t{2});
        QCOMPARE(m_transfers->failedItems(id, 10)->front().error, std::string("not this one"));
        m_from->beforeRead = nullptr;
        QCOMPARE(m_transfers->retryFailed(id).valueOr(0), std::int64_t{2});
        const auto second = run(id);
        QCOMPARE(second.state, std::string("done"));
        QCOMPARE(read("to/large"), read("from/large"));
    }

    void hostileNamesAreLeftOut()
    {
        write("from/good", 10);
        for (const char* name : {"../outside", "a/../../outside", "x//y"}) {
            cloud::StoreEntry entry;
            entry.path = name;
            entry.bytes = 10;
            m_from->extra.push_back(entry);
        }
        const auto done = run(add("no"));
        QCOMPARE(done.state, std::string("failed"));
        QCOMPARE(done.filesDone, std::int64_t{1});
        QCOMPARE(done.filesFailed, std::int64_t{3});
        QVERIFY(!QFile::exists(QString::fromStdString(path("outside"))));
    }

    void damageOnTheWayIsFound()
    {
        write("from/a.bin", 100);
        cloud::StoreEntry entry;
        entry.path = "b.bin";
        entry.bytes = 100;
        entry.md5 = std::string(32, '0'); // of other bytes
        entry.etag = m_from->properties("a.bin", {})->etag;
        write("from/b.bin", 100);
        entry.etag = m_from->properties("b.bin", {})->etag;
        QFile::remove(QString::fromStdString(path("from/a.bin")));
        m_from->extra = {entry};
        // Listed twice, first without a checksum: the first one counts, so ask for the file alone.
        const auto id = m_transfers->add({}).valueOr(0);
        QVERIFY(m_transfers->addItems(id, {{0, "b.bin", "b.bin", 100, entry.etag, entry.md5, "waiting", 0, {}, {}, {}, {}}}));
        QVERIFY(m_transfers->setListed(id));
        QCOMPARE(run(id).state, std::string("failed"));
        QVERIFY(m_transfers->failedItems(id, 1)->front().error.find("damaged") != std::string::npos);
        QVERIFY(!QFile::exists(QString::fromStdString(path("to/b.bin"))));
    }

    void aLargeFileIsJudgedByTheSumThatItsStoreKeeps()
    {
        write("from/a.bin", 10'500);
        const QByteArray content = read("from/a.bin");
        const auto sum = cloud::crc64(std::as_bytes(std::span(content.constData(), static_cast<std::size_t>(content.size()))));
        const auto here = std::make_shared<cloud::LocalStore>(path("here"));
        const auto bring = [&](std::int64_t id, TransferOptions options) {
            options.blockBytes = 1000;
            return TransferRun(*m_transfers, id, {m_from, ""}, {here, ""}, path("lock"), options).run({});
        };
        m_from->crc64 = sum ^ 1;
        const auto wrong = add("no");
        QCOMPARE(bring(wrong, {})->state, std::string("failed"));
        QVERIFY(m_transfers->failedItems(wrong, 1)->front().error.find("damaged") != std::string::npos);
        QVERIFY(!QFile::exists(QString::fromStdString(path("here/a.bin"))));
        // Half of it comes, the rest after a pause, and what lay there meanwhile has been damaged.
        m_from->crc64 = sum;
        for (const bool isDamaged : {true, false}) {
            m_from->beforeRead = [](const std::string&, std::uint64_t block) { return block >= 6 ? Result<void>(lost()) : Result<void>(); };
            TransferOptions impatient;
            impatient.patience = std::chrono::seconds(0);
            impatient.streams = 1;
            const auto id = add("no");
            QVERIFY(!bring(id, impatient));
            m_from->beforeRead = nullptr;
            if (isDamaged) {
                QDir parts(QString::fromStdString(path("here")));
                const auto names = parts.entryList(QDir::Files | QDir::Hidden);
                QCOMPARE(names.size(), 1);
                QFile part(parts.filePath(names.front()));
                QVERIFY(part.open(QIODevice::ReadWrite) && part.seek(2'345) && part.putChar('\x7f'));
            }
            const auto after = bring(id, {});
            QVERIFY(after);
            QCOMPARE(after->state, std::string(isDamaged ? "failed" : "done"));
        }
        QCOMPARE(read("here/a.bin"), content);
    }

    void aBlockThatBreaksOffWhileItStreamsBeginsAnew()
    {
        write("from/a.bin", 2'000'000);
        const QByteArray content = read("from/a.bin");
        m_from->crc64 = cloud::crc64(std::as_bytes(std::span(content.constData(), static_cast<std::size_t>(content.size()))));
        m_from->isStreamed = true;
        m_from->blockBytes = 600'000; // more than the pieces in which it is written
        std::atomic<int> faults = 1;
        m_from->beforeRead = [&faults](const std::string&, std::uint64_t block) {
            return block == 1 && faults-- > 0 ? Result<void>(lost()) : Result<void>();
        };
        const auto here = std::make_shared<cloud::LocalStore>(path("here"));
        TransferOptions options;
        options.blockBytes = m_from->blockBytes;
        const auto done = TransferRun(*m_transfers, add("no"), {m_from, ""}, {here, ""}, path("lock"), options).run({});
        QVERIFY(done);
        QCOMPARE(done->state, std::string("done"));
        QVERIFY(faults < 0); // asked twice
        QCOMPARE(read("here/a.bin"), content);
    }

    void aStreamIsJudgedByTheSumThatItsStoreKeeps()
    {
        write("from/a.bin", 2'000'000);
        m_from->crc64 = 1;
        m_from->isStreamed = true;
        m_from->blockBytes = 600'000;
        const auto here = std::make_shared<cloud::LocalStore>(path("here"));
        TransferOptions options;
        options.blockBytes = m_from->blockBytes;
        const auto id = add("no");
        const auto ended = TransferRun(*m_transfers, id, {m_from, ""}, {here, ""}, path("lock"), options).run({});
        QVERIFY(ended);
        QCOMPARE(ended->state, std::string("failed"));
        QVERIFY(m_transfers->failedItems(id, 1)->front().error.find("damaged") != std::string::npos);
        QVERIFY(!QFile::exists(QString::fromStdString(path("here/a.bin"))));
    }

    void whatIsThereIsKeptReplacedOrSkippedAsOrdered()
    {
        write("from/a", 10);
        write("to/a", 20);
        const QByteArray before = read("to/a");
        QCOMPARE(run(add("no")).state, std::string("failed"));
        QCOMPARE(read("to/a"), before);
        QCOMPARE(run(add("yes")).state, std::string("done"));
        QCOMPARE(read("to/a"), read("from/a"));
        const auto same = run(add("changed"));
        QCOMPARE(same.filesSkipped, std::int64_t{1});
        QCOMPARE(same.state, std::string("done"));
        write("from/a", 11);
        QCOMPARE(run(add("changed")).filesDone, std::int64_t{1});
    }

    void anotherProgramsOrderToPauseIsObeyed()
    {
        write("from/a.bin", 2'000'000);
        const auto id = add("no");
        m_to->beforeWrite = [&](const std::string&, std::uint64_t) {
            QThread::msleep(5);
            return Result<void>();
        };
        TransferOptions options;
        std::int64_t looks = 0;
        auto other = catalog::Transfers::open(catalog::Paths::below(path("home")));
        options.onProgress = [&](const TransferProgress& progress) {
            if (progress.bytesDone > 0 && looks++ == 0) {
                QVERIFY((*other)->setState(id, "paused", {}));
            }
        };
        const auto paused = TransferRun(*m_transfers, id, {m_from, ""}, {m_to, ""}, path("lock"), options).run({});
        QVERIFY(paused);
        QCOMPARE(paused->state, std::string("paused"));
        QVERIFY(m_to->written.load() < 2000);
    }

    void aThousandSmallFilesAreQuick()
    {
        for (int i = 0; i < 1000; ++i) {
            write("from/" + std::to_string(i / 100) + "/" + std::to_string(i), 50);
        }
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(run(add("no")).filesDone, std::int64_t{1000});
        QVERIFY(clock.elapsed() < 20'000);
    }

private:
    std::string path(const std::string& name) const { return m_folder->filePath(QString::fromStdString(name)).toStdString(); }

    void write(const std::string& name, int size) const
    {
        const QString file = QString::fromStdString(path(name));
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        QByteArray bytes(size, 'x');
        for (int i = 0; i < size; ++i) {
            bytes[i] = static_cast<char>((i * 7 + size) % 251);
        }
        out.write(bytes);
    }

    QByteArray read(const std::string& name) const
    {
        QFile in(QString::fromStdString(path(name)));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray("missing");
    }

    std::int64_t add(const char* overwrite) const
    {
        TransferRecord record;
        record.source = "from";
        record.target = "to";
        record.overwrite = overwrite;
        return m_transfers->add(record).valueOr(0);
    }

    TransferRecord run(std::int64_t id)
    {
        const auto done = TransferRun(*m_transfers, id, {m_from, ""}, {m_to, ""}, path("lock"), {}).run({});
        if (!done) {
            QTest::qFail(done.error().message.c_str(), __FILE__, __LINE__);
            return {};
        }
        return *done;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<test::ShakyStore> m_from;
    std::shared_ptr<test::ShakyStore> m_to;
    std::unique_ptr<catalog::Transfers> m_transfers;
};

QTEST_GUILESS_MAIN(TestTransfers)
#include "tst_transfers.moc"
