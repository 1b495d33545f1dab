#include <thread>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include "app/catalog/catalog.h"
#include "app/services/all_services.h"
#include "app/services/english_plurals.h"
#include "app/services/services.h"
#include "app/services/single_instance.h"
#include "app/services/watchdog.h"
#include "tests/app/window_fixture.h"

using namespace ty;
using namespace ty::app;

class TestServices : public QObject {
    Q_OBJECT
private slots:
    void catalogWorksOnItsThreadAndAnswersOnOurs();
    void anAnswerForADestroyedReceiverIsDropped();
    void aChangeIsAnnouncedOnce();
    void aChangeByAnotherProcessIsNoticed();
    void anUnreadableCatalogIsReported();
    void aTableIsInspectedOffProcess();
    void aCancelledInspectionSaysSo();
    void aBrokenFileGivesAMessage();
    void aSampleIsRegisteredOnce();
    void glanceCountsPicturesAndColumns();
    void undoTakesBackTheActOfItsToast();
    void pluralsFitTheirNumber();
    void settingsAreReadAgain();
    void themeSwitchesLive();
    void watchdogSeesAStall();
    void aSecondStartHandsOverItsFiles();
};

namespace {
/// Services without a window.
struct Home {
    Home() : paths(catalog::Paths::below(folder.path().toStdString()))
    {
        if (!paths.ensure()) {
            qFatal("no data folder");
        }
        services = std::make_unique<Services>(paths);
    }
    bool open()
    {
        services->start();
        return QTest::qWaitFor([this] { return services->context().catalog.isOpen(); }, 30000);
    }
    /// Until all that starting set off is done and told.
    bool settle()
    {
        bool isAnswered = false;
        context().catalog.call(
            &context().catalog, [](catalog::Catalog& catalog) { return catalog.projects(); },
            [&isAnswered](const auto&) { isAnswered = true; });
        const bool isSettled = QTest::qWaitFor([&isAnswered] { return isAnswered; }, 30000);
        QCoreApplication::processEvents(); // announcements come a turn later
        return isSettled;
    }
    AppContext& context() { return services->context(); }

    QTemporaryDir folder;
    catalog::Paths paths;
    std::unique_ptr<Services> services;
};
} // namespace

void TestServices::catalogWorksOnItsThreadAndAnswersOnOurs()
{
    Home home;
    QVERIFY(home.open());
    QThread* workThread = nullptr;
    QThread* answerThread = nullptr;
    std::size_t projects = 0;
    home.context().catalog.call(
        this,
        [&workThread](catalog::Catalog& catalog) {
            workThread = QThread::currentThread();
            return catalog.projects();
        },
        [&](Result<std::vector<catalog::ProjectRecord>> found) {
            answerThread = QThread::currentThread();
            projects = found ? found->size() : 0;
        });
    QVERIFY(answerThread == nullptr); // never inside the call
    QTRY_VERIFY_WITH_TIMEOUT(answerThread != nullptr, 30000);
    QCOMPARE(answerThread, QThread::currentThread());
    QVERIFY(workThread != QThread::currentThread());
    QCOMPARE(projects, std::size_t{1});
}

void TestServices::anAnswerForADestroyedReceiverIsDropped()
{
    Home home;
    QVERIFY(home.open());
    auto receiver = std::make_unique<QObject>();
    bool isAnswered = false;
    home.context().catalog.call(
        receiver.get(), [](catalog::Catalog& catalog) { return catalog.projects(); },
        [&](const auto&) { isAnswered = true; });
    receiver.reset();
    bool isLaterAnswered = false;
    home.context().catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.projects(); },
        [&](const auto&) { isLaterAnswered = true; });
    QTRY_VERIFY_WITH_TIMEOUT(isLaterAnswered, 30000);
    QVERIFY(!isAnswered);
}

void TestServices::aChangeIsAnnouncedOnce()
{
    Home home;
    QVERIFY(home.open());
    QVERIFY(home.settle());
    QSignalSpy datasets(&home.context().catalog, &CatalogService::datasetsChanged);
    home.context().catalog.announce(CatalogService::Datasets);
    home.context().catalog.announce(CatalogService::Datasets | CatalogService::Runs);
    QCOMPARE(datasets.count(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(datasets.count(), 1, 30000);
}

void TestServices::aChangeByAnotherProcessIsNoticed()
{
    Home home;
    QVERIFY(home.open());
    QVERIFY(home.settle());
    QSignalSpy changed(&home.context().catalog, &CatalogService::runsChanged);
    auto other = catalog::Catalog::open(home.paths);
    QVERIFY(other);
    QVERIFY((*other)->createProject("from elsewhere"));
    QTRY_VERIFY_WITH_TIMEOUT(changed.count() > 0, 30000);
}

void TestServices::anUnreadableCatalogIsReported()
{
    QTemporaryDir folder;
    // A folder where the catalog's file should be cannot be opened, whoever asks.
    QVERIFY(QDir().mkpath(folder.path() + "/home"));
    auto paths = catalog::Paths::below(folder.path().toStdString() + "/home");
    QVERIFY(paths.ensure());
    QVERIFY(QDir().mkpath(QString::fromStdString(paths.catalogFile()) + "/inside"));
    CatalogService service(paths);
    QSignalSpy failed(&service, &CatalogService::openFailed);
    QSignalSpy opened(&service, &CatalogService::opened);
    service.open();
    QTRY_VERIFY_WITH_TIMEOUT(failed.count() + opened.count() == 1, 30000);
    if (failed.count() == 1) {
        bool isError = false;
        service.call(
            this, [](catalog::Catalog& catalog) { return catalog.projects(); },
            [&](const auto& result) { isError = !result; });
        QTRY_VERIFY_WITH_TIMEOUT(isError, 30000);
    }
}

void TestServices::aTableIsInspectedOffProcess()
{
    Home home;
    QVERIFY(home.open());
    WindowFixture files;
    DataSpec data;
    data.training = files.writeCsv().toStdString();
    QSignalSpy inspected(&home.context().datasets, &DatasetService::inspected);
    const int ticket = home.context().datasets.inspect(data);
    QCOMPARE(home.context().activity.runningCount(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(inspected.count(), 1, 30000);
    QCOMPARE(inspected.front().at(0).toInt(), ticket);
    const auto summary = inspected.front().at(1).value<DatasetSummary>();
    QCOMPARE(summary.samples, quint64{60});
    QCOMPARE(summary.target, QStringLiteral("species"));
    QCOMPARE(summary.classes.size(), std::size_t{2});
    QCOMPARE(home.context().activity.runningCount(), 0);
}

void TestServices::aCancelledInspectionSaysSo()
{
    Home home;
    QVERIFY(home.open());
    WindowFixture files;
    DataSpec data;
    data.training = files.writeCsv(QStringLiteral("long.csv"), 400000).toStdString();
    QSignalSpy failed(&home.context().datasets, &DatasetService::inspectFailed);
    home.context().datasets.inspect(data);
    const int id = home.context().activity.index(0, 0).data(ActivityService::IdRole).toInt();
    QTest::qWait(30);
    home.context().activity.requestCancel(id);
    QCOMPARE(
        home.context().activity.index(0, 0).data(ActivityService::StateRole).toInt(),
        static_cast<int>(OperationState::Cancelling));
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000);
    QCOMPARE(
        home.context().activity.index(0, 0).data(ActivityService::StateRole).toInt(),
        static_cast<int>(OperationState::Cancelled));
}

void TestServices::aBrokenFileGivesAMessage()
{
    Home home;
    QVERIFY(home.open());
    WindowFixture files;
    DataSpec data;
    data.training = files.writeFile(QStringLiteral("empty.csv"), "").toStdString();
    QSignalSpy failed(&home.context().datasets, &DatasetService::inspectFailed);
    home.context().datasets.import(data);
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000);
    QVERIFY2(failed.front().at(1).toString().contains("empty.csv"), qPrintable(failed.front().at(1).toString()));
}

void TestServices::aSampleIsRegisteredOnce()
{
    Home home;
    QVERIFY(home.open());
    QSignalSpy added(&home.context().datasets, &DatasetService::sampleAdded);
    home.context().datasets.addSample(QStringLiteral("iris"));
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
    home.context().datasets.addSample(QStringLiteral("iris"));
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 2, 30000);
    QCOMPARE(added.at(0).at(1).toLongLong(), added.at(1).at(1).toLongLong());
    QSignalSpy failed(&home.context().datasets, &DatasetService::sampleFailed);
    home.context().datasets.addSample(QStringLiteral("no such sample"));
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000);
}

void TestServices::glanceCountsPicturesAndColumns()
{
    Home home;
    WindowFixture files;
    QString text;
    home.context().datasets.glance(
        {files.writePictures(QStringLiteral("animals"), {"cat", "dog", "owl"}, 4)}, this,
        [&](const DropGlance& glance) { text = glance.text; });
    QTRY_VERIFY_WITH_TIMEOUT(!text.isEmpty(), 30000);
    QVERIFY2(text.contains("3") && text.contains("12"), qPrintable(text));
    text.clear();
    home.context().datasets.glance({files.writeCsv()}, this, [&](const DropGlance& glance) { text = glance.text; });
    QTRY_VERIFY_WITH_TIMEOUT(!text.isEmpty(), 30000);
    QVERIFY2(text.contains("60") && text.contains("species"), qPrintable(text));
}

void TestServices::undoTakesBackTheActOfItsToast()
{
    Notices notices;
    QSignalSpy toasts(&notices, &Notices::toastRequested);
    Toast shown;
    connect(&notices, &Notices::toastRequested, this, [&](const Toast& toast) { shown = toast; });
    int value = 0;
    notices.doUndoable(QStringLiteral("Raised"), [&] { ++value; }, [&] { --value; });
    QCOMPARE(value, 1);
    QVERIFY(shown.action);
    shown.action();
    QCOMPARE(value, 0);
    notices.undoStack().redo();
    QCOMPARE(value, 1);
}

void TestServices::pluralsFitTheirNumber()
{
    QCOMPARE(EnglishPlurals::chosen(QStringLiteral("1 class(es)"), true), QStringLiteral("1 class"));
    QCOMPARE(EnglishPlurals::chosen(QStringLiteral("3 class(es)"), false), QStringLiteral("3 classes"));
    QCOMPARE(
        EnglishPlurals::chosen(QStringLiteral("2 run(s) (is/are) training."), false),
        QStringLiteral("2 runs are training."));
    Home home;
    QCOMPARE(tr("%n image(s)", nullptr, 2), QStringLiteral("2 images"));
    QCOMPARE(tr("%n image(s)", nullptr, 1), QStringLiteral("1 image"));
}

void TestServices::settingsAreReadAgain()
{
    QTemporaryDir folder;
    const auto paths = catalog::Paths::below(folder.path().toStdString());
    QVERIFY(paths.ensure());
    {
        SettingsService settings(paths);
        QCOMPARE(settings.themeName(), QStringLiteral("system"));
        settings.setThemeName(QStringLiteral("dark"));
        settings.setLayout(QStringLiteral("window/state"), "abc");
    }
    SettingsService settings(paths);
    QCOMPARE(settings.themeName(), QStringLiteral("dark"));
    QCOMPARE(settings.layout(QStringLiteral("window/state")), QByteArray("abc"));
    settings.clearLayout();
    QVERIFY(settings.layout(QStringLiteral("window/state")).isEmpty());
    QCOMPARE(settings.themeName(), QStringLiteral("dark"));
}

void TestServices::themeSwitchesLive()
{
    Home home;
    home.services->start();
    QSignalSpy changed(&home.context().theme, &ThemeService::themeChanged);
    home.context().settings.setThemeName(QStringLiteral("contrast-black"));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(home.context().theme.theme(), widgets::Theme::HighContrastBlack);
    QCOMPARE(
        qApp->palette().color(QPalette::Window), widgets::colorsOf(widgets::Theme::HighContrastBlack).window);
    home.context().settings.setThemeName(QStringLiteral("light"));
    QCOMPARE(home.context().theme.theme(), widgets::Theme::Light);
    QVERIFY(!home.context().theme.icon(QStringLiteral("home")).isNull());
}

void TestServices::watchdogSeesAStall()
{
    QTemporaryDir folder;
    const auto file = folder.filePath(QStringLiteral("watch.json"));
    {
        Watchdog watchdog(file.toStdString());
        QTest::qWait(60);
        std::this_thread::sleep_for(std::chrono::milliseconds(400)); // the GUI thread, held on purpose
        QTest::qWait(60);
        QVERIFY(watchdog.longest() >= std::chrono::milliseconds(100));
        QVERIFY(watchdog.stalls() >= 1);

        const auto before = watchdog.longest();
        QVERIFY(QFile::remove(file)); // a new count
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), 30000);
        QVERIFY(watchdog.longest() < before);
    }
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QVERIFY(written.readAll().contains("\"stalls\""));
}

void TestServices::aSecondStartHandsOverItsFiles()
{
    QTemporaryDir folder;
    SingleInstance first(folder.path());
    QVERIFY(!first.handOver({}));
    first.listen();
    QStringList received;
    connect(&first, &SingleInstance::raised, this, [&](const QStringList& files) { received = files; });
    bool isHandedOver = false;
    const auto path = QStringLiteral("/tmp/with space & ümlaut.csv");
    auto second = std::thread([&] { isHandedOver = SingleInstance(folder.path()).handOver({path}); });
    QTRY_VERIFY_WITH_TIMEOUT(!received.isEmpty(), 30000);
    second.join();
    QVERIFY(isHandedOver);
    QCOMPARE(received, QStringList{path});
}

QTEST_MAIN(TestServices)
#include "tst_services.moc"
