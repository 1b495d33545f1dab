#include <algorithm>

#include <QAccessible>
#include <QApplication>
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QScreen>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTextEdit>

#include <sqlite3.h>

#include "app/catalog/catalog.h"
#include "app/command_palette.h"
#include "app/main_window.h"
#include "app/pages/page.h"
#include "app/services/all_services.h"
#include "tests/app/window_fixture.h"

using namespace ty;
using namespace ty::app;

namespace {

/// Beside it on its page lies the table of studies.
QTableView* runsTable(const QWidget& window)
{
    const auto tables = window.findChild<QWidget*>(QStringLiteral("runsPage"))->findChildren<QTableView*>();
    const auto found = std::find_if(
        tables.begin(), tables.end(), [](const QTableView* one) { return one->accessibleName() == QStringLiteral("Runs"); });
    return found == tables.end() ? nullptr : *found;
}

} // namespace

class TestMainWindow : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void opensOnHome();
    void everyPageOpensByItsKey();
    void aSampleTileLeadsToTrain();
    void aDroppedFolderBecomesADataset();
    void aDroppedTableShowsItsSheet();
    void aDatabaseOffersItsTables();
    void aDropOfSomethingElseIsAnswered();
    void paletteGoesToPages();
    void paletteChoosesThemes();
    void paletteFindsDatasets();
    void paletteScoresWordStartsHigher();
    void layoutIsKeptAndReset();
    void panesAreReachedByKey();
    void keysAreListed();
    void aChangedKeyWorksAndIsListed();
    void theInspectorTellsOfWhatIsSelected();
    void projectsFilterRunsAndTakeNewOnes();
    void aProjectComesBackWithUndo();
    void errorsMayHaveAButton();
    void errorsStayUntilClosed();
    void noControlIsUnnamed();
    void fitsTheSmallestScreen();

private:
    /// A run in the chosen project; its id, 0 if it could not be made.
    qint64 makeRun(const QString& name);

    std::unique_ptr<WindowFixture> m_fixture;
};

void TestMainWindow::init()
{
    m_fixture = std::make_unique<WindowFixture>();
    QElapsedTimer clock;
    clock.start();
    QVERIFY(m_fixture->start());
    qInfo("services and window in %lld ms", clock.elapsed());
}

void TestMainWindow::cleanup()
{
    m_fixture.reset();
}

void TestMainWindow::opensOnHome()
{
    auto& window = m_fixture->window();
    QCOMPARE(window.currentPage(), PageId::Home);
    QVERIFY(window.findChild<QWidget*>(QStringLiteral("homePage"))->isVisible());
    QVERIFY(window.findChild<QWidget*>(QStringLiteral("sample-digits"))->isVisible());
    QVERIFY(window.findChild<QWidget*>(QStringLiteral("firstRunStrip"))->isVisible());
    QCOMPARE(window.windowTitle(), QStringLiteral("Home – Trainyard"));
}

void TestMainWindow::everyPageOpensByItsKey()
{
    auto& window = m_fixture->window();
    for (int page = 0; page < 8; ++page) {
        QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_1 + page), Qt::ControlModifier);
        QCOMPARE(static_cast<int>(window.currentPage()), page);
    }
    QTest::keyClick(&window, Qt::Key_Comma, Qt::ControlModifier);
    QCOMPARE(window.currentPage(), PageId::Settings);
}

void TestMainWindow::aSampleTileLeadsToTrain()
{
    auto& window = m_fixture->window();
    auto* tile = window.findChild<QAbstractButton*>(QStringLiteral("sample-iris"));
    QVERIFY(tile != nullptr);
    QSignalSpy requested(&m_fixture->context().navigation, &Navigation::trainingRequested);
    QTest::mouseClick(tile, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(requested.count(), 1, 30000);
    QVERIFY(requested.front().at(0).toLongLong() > 0);
    QCOMPARE(requested.front().at(1).toString(), QStringLiteral("fast"));
    QCOMPARE(window.currentPage(), PageId::Train);
}

void TestMainWindow::aDroppedFolderBecomesADataset()
{
    auto& window = m_fixture->window();
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    const auto folder = m_fixture->writePictures(QStringLiteral("animals"), {"cat", "dog"}, 6);
    QVERIFY(WindowFixture::dropFiles(window, {folder}));
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
    QCOMPARE(window.currentPage(), PageId::Data);
    QCOMPARE(added.front().at(2).toString(), QStringLiteral("animals"));
}

void TestMainWindow::aDroppedTableShowsItsSheet()
{
    auto& window = m_fixture->window();
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    QVERIFY(WindowFixture::dropFiles(window, {m_fixture->writeCsv()}));
    QDialog* sheet = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((sheet = window.findChild<QDialog*>(QStringLiteral("importSheet"))) != nullptr, 30000);
    auto* accept = sheet->findChild<QAbstractButton*>(QStringLiteral("import"));
    QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 30000);
    QCOMPARE(sheet->findChild<QComboBox*>(QStringLiteral("target"))->currentText(), QStringLiteral("species"));
    QCOMPARE(sheet->findChild<QTableView*>(QStringLiteral("importPreview"))->model()->rowCount(), 60);
    QTest::mouseClick(accept, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
}

void TestMainWindow::aDatabaseOffersItsTables()
{
    const QString file = m_fixture->folder() + QStringLiteral("/shop.db");
    sqlite3* database = nullptr;
    QCOMPARE(sqlite3_open(file.toUtf8().constData(), &database), SQLITE_OK);
    std::string text = "CREATE TABLE sales(price REAL, amount REAL, kind TEXT); CREATE TABLE \"staff list\"(age REAL, height REAL, role TEXT);";
    for (int i = 0; i < 40; ++i) {
        text += "INSERT INTO sales VALUES(" + std::to_string(i) + "," + std::to_string(i % 7) + (i % 2 == 0 ? ",'food');" : ",'tool');");
        if (i < 24) {
            text += "INSERT INTO \"staff list\" VALUES(" + std::to_string(20 + i) + "," + std::to_string(160 + i % 9)
                + (i % 3 == 0 ? ",'clerk');" : ",'cook');");
        }
    }
    QCOMPARE(sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);

    auto& window = m_fixture->window();
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    QVERIFY(WindowFixture::dropFiles(window, {file}));
    QDialog* sheet = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((sheet = window.findChild<QDialog*>(QStringLiteral("importSheet"))) != nullptr, 30000);
    auto* accept = sheet->findChild<QAbstractButton*>(QStringLiteral("import"));
    QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 30000);
    auto* tables = sheet->findChild<QComboBox*>(QStringLiteral("importTable"));
    QVERIFY(tables->isVisible());
    QCOMPARE(tables->currentText(), QStringLiteral("sales")); // the longest
    QTest::keyClick(tables, Qt::Key_Down);
    QCOMPARE(tables->currentText(), QStringLiteral("staff list"));
    const auto* rows = sheet->findChild<QTableView*>(QStringLiteral("importPreview"))->model();
    QTRY_COMPARE_WITH_TIMEOUT(rows->rowCount(), 24, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 30000);
    QCOMPARE(tables->count(), 2);
    QTest::mouseClick(accept, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
    QVERIFY2(added.front().at(2).toString().contains(QStringLiteral("staff list")), qPrintable(added.front().at(2).toString()));
}

void TestMainWindow::aDropOfSomethingElseIsAnswered()
{
    auto& window = m_fixture->window();
    QVERIFY(WindowFixture::dropFiles(
        window, {m_fixture->writeFile(QStringLiteral("data.parquet"), "PAR1\x15\x04\x15 PAR1")}));
    QDialog* sheet = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((sheet = window.findChild<QDialog*>(QStringLiteral("importSheet"))) != nullptr, 30000);
    QWidget* panel = sheet->findChild<QWidget*>(QStringLiteral("importError"));
    QTRY_VERIFY_WITH_TIMEOUT(panel->isVisible(), 30000);
    QVERIFY(!sheet->findChild<QAbstractButton*>(QStringLiteral("import"))->isEnabled());
}

void TestMainWindow::paletteGoesToPages()
{
    auto& window = m_fixture->window();
    QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
    CommandPalette* palette = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((palette = window.findChild<CommandPalette*>()) != nullptr, 30000);
    QTest::keyClicks(palette->input(), QStringLiteral("model"));
    QVERIFY(palette->list()->model()->index(0, 0).data().toString().startsWith(QStringLiteral("Models")));
    QTest::keyClick(palette->input(), Qt::Key_Return);
    QCOMPARE(window.currentPage(), PageId::Models);
}

void TestMainWindow::paletteChoosesThemes()
{
    auto& window = m_fixture->window();
    const QString before = m_fixture->context().settings.themeName();
    QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
    CommandPalette* palette = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((palette = window.findChild<CommandPalette*>()) != nullptr, 30000);
    QTest::keyClicks(palette->input(), QStringLiteral("dark"));
    QTest::keyClick(palette->input(), Qt::Key_Return);
    QCOMPARE(m_fixture->context().settings.themeName(), QStringLiteral("dark"));
    m_fixture->context().settings.setThemeName(before);
}

void TestMainWindow::paletteFindsDatasets()
{
    auto& window = m_fixture->window();
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::sampleAdded);
    m_fixture->context().datasets.addSample(QStringLiteral("iris"));
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
    QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
    CommandPalette* palette = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((palette = window.findChild<CommandPalette*>()) != nullptr, 30000);
    QSignalSpy requested(&m_fixture->context().navigation, &Navigation::datasetRequested);
    palette->input()->setText(QStringLiteral("iris"));
    QTRY_VERIFY_WITH_TIMEOUT(palette->list()->model()->rowCount() > 0, 30000);
    const auto first = [&] { return palette->list()->model()->index(0, 0).data().toString(); };
    QTRY_VERIFY_WITH_TIMEOUT(first().contains(QStringLiteral("Dataset")), 30000);
    QTest::keyClick(palette->input(), Qt::Key_Return);
    QCOMPARE(requested.count(), 1);
    QCOMPARE(window.currentPage(), PageId::Data);
}

void TestMainWindow::paletteScoresWordStartsHigher()
{
    QVERIFY(paletteScore(QStringLiteral("rl"), QStringLiteral("Reset layout")) > 0);
    QCOMPARE(paletteScore(QStringLiteral("zq"), QStringLiteral("Reset layout")), 0);
    QVERIFY(
        paletteScore(QStringLiteral("lay"), QStringLiteral("Reset layout"))
        > paletteScore(QStringLiteral("lay"), QStringLiteral("Replay")));
}

void TestMainWindow::layoutIsKeptAndReset()
{
    auto* log = m_fixture->window().findChild<QDockWidget*>(QStringLiteral("logDock"));
    QVERIFY(!log->isVisible());
    log->show();
    // Newer Qt makes a window fit its screen, and the screen of these tests is small.
    const QSize size = m_fixture->window().screen()->availableSize() - QSize(10, 30);
    m_fixture->window().resize(size);
    const QSize kept = m_fixture->window().size();
    m_fixture->stop();
    QVERIFY(m_fixture->start());
    log = m_fixture->window().findChild<QDockWidget*>(QStringLiteral("logDock"));
    QVERIFY(log->isVisible());
    QCOMPARE(m_fixture->window().size(), kept);
    m_fixture->context().settings.clearLayout();
    QVERIFY(!log->isVisible());
}

void TestMainWindow::panesAreReachedByKey()
{
    auto& window = m_fixture->window();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QSet<QWidget*> focused;
    for (int step = 0; step < 3; ++step) {
        QTest::keyClick(&window, Qt::Key_F6);
        QVERIFY(QApplication::focusWidget() != nullptr);
        focused.insert(QApplication::focusWidget());
    }
    QCOMPARE(focused.size(), 3);
}

void TestMainWindow::keysAreListed()
{
    auto& window = m_fixture->window();
    QTest::keyClick(&window, Qt::Key_Slash, Qt::ControlModifier);
    QTableView* table = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((table = window.findChild<QTableView*>(QStringLiteral("keysTable"))) != nullptr, 30000);
    QStringList keys;
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        keys << table->model()->index(row, 1).data().toString();
    }
    const auto all = keys.join(QStringLiteral("; "));
    for (const auto* key : {"Ctrl+K", "Ctrl+J", "Ctrl+B", "F6", "F11", "Ctrl+1", "Ctrl+7", "Ctrl+Z", "F1", "Shift+L"}) {
        QVERIFY2(all.contains(QLatin1String(key)), key);
    }
}

void TestMainWindow::aChangedKeyWorksAndIsListed()
{
    auto& window = m_fixture->window();
    m_fixture->context().keys.setKeys(QStringLiteral("window/models"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M));
    QTest::keyClick(&window, Qt::Key_5, Qt::ControlModifier);
    QCOMPARE(window.currentPage(), PageId::Home);
    QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.currentPage(), PageId::Models);
    QTest::keyClick(&window, Qt::Key_Slash, Qt::ControlModifier);
    QTableView* table = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((table = window.findChild<QTableView*>(QStringLiteral("keysTable"))) != nullptr, 30000);
    const auto has = [table](const QString& text) {
        const auto* model = table->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            if (model->index(row, 1).data().toString() == text) {
                return true;
            }
        }
        return false;
    };
    QVERIFY(has(QStringLiteral("Ctrl+Shift+M")));
    QVERIFY(!has(QStringLiteral("Ctrl+5")));
    // Pages that have not been shown are listed a moment later.
    QTRY_VERIFY_WITH_TIMEOUT(has(QStringLiteral("Ctrl+E")), 30000);
}

void TestMainWindow::theInspectorTellsOfWhatIsSelected()
{
    auto& window = m_fixture->window();
    auto* dock = window.findChild<QDockWidget*>(QStringLiteral("inspectorDock"));
    QTest::keyClick(&window, Qt::Key_Return, Qt::AltModifier);
    QTRY_VERIFY_WITH_TIMEOUT(dock->isVisible(), 30000);
    for (int page = 0; page < MainWindow::kPages; ++page) {
        window.showPage(static_cast<PageId>(page));
        const auto* label = qobject_cast<QLabel*>(dock->widget());
        label = label != nullptr ? label : dock->widget()->findChild<QLabel*>();
        QVERIFY2(label != nullptr && !label->text().isEmpty(), qPrintable(window.windowTitle()));
    }
    makeRun(QStringLiteral("first"));
    window.showPage(PageId::Runs);
    auto* text = dock->widget()->findChild<QLabel*>(QStringLiteral("inspectorText"));
    auto* table = runsTable(window);
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 30000);
    table->setCurrentIndex(table->model()->index(0, 2));
    QTRY_VERIFY_WITH_TIMEOUT(text->text().contains(QStringLiteral("first")), 30000);
}

qint64 TestMainWindow::makeRun(const QString& name)
{
    qint64 id = -1;
    m_fixture->context().catalog.change(
        CatalogService::Runs, this,
        [name = name.toStdString()](catalog::Catalog& catalog) -> Result<catalog::RunRecord> {
            RunSpec spec;
            spec.name = name;
            spec.data.training = "/data/" + name + ".csv";
            TY_TRY(const std::int64_t project, catalog.currentProject());
            return catalog.createRun(spec, 0, project);
        },
        [&id](Result<catalog::RunRecord> run) { id = run ? run->id : 0; });
    return QTest::qWaitFor([&id] { return id >= 0; }, 30000) ? id : 0;
}

void TestMainWindow::projectsFilterRunsAndTakeNewOnes()
{
    auto& window = m_fixture->window();
    auto* picker = window.findChild<QComboBox*>(QStringLiteral("projectPicker"));
    QTRY_VERIFY_WITH_TIMEOUT(picker->findText(QStringLiteral("Default")) >= 0, 30000);
    QVERIFY(makeRun(QStringLiteral("old")) > 0);
    window.showPage(PageId::Runs);
    auto* table = runsTable(window);
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 30000);

    const int create = picker->findText(QStringLiteral("New project…"));
    picker->setCurrentIndex(create);
    emit picker->activated(create);
    QInputDialog* dialog = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((dialog = window.findChild<QInputDialog*>(QStringLiteral("projectName"))) != nullptr, 30000);
    dialog->setTextValue(QStringLiteral("Paper"));
    dialog->accept();
    QTRY_COMPARE_WITH_TIMEOUT(picker->currentText(), QStringLiteral("Paper"), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 0, 30000);
    QVERIFY(makeRun(QStringLiteral("new")) > 0);
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 30000);
    emit picker->activated(picker->findText(QStringLiteral("All projects")));
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, 30000);
}

void TestMainWindow::aProjectComesBackWithUndo()
{
    auto& window = m_fixture->window();
    auto* picker = window.findChild<QComboBox*>(QStringLiteral("projectPicker"));
    QTRY_VERIFY_WITH_TIMEOUT(picker->findText(QStringLiteral("Default")) >= 0, 30000);
    emit picker->activated(picker->findText(QStringLiteral("New project…")));
    QInputDialog* dialog = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((dialog = window.findChild<QInputDialog*>(QStringLiteral("projectName"))) != nullptr, 30000);
    dialog->setTextValue(QStringLiteral("Paper"));
    dialog->accept();
    QTRY_COMPARE_WITH_TIMEOUT(picker->currentText(), QStringLiteral("Paper"), 30000);
    QVERIFY(makeRun(QStringLiteral("kept")) > 0);
    emit picker->activated(picker->findText(QStringLiteral("Delete Paper")));
    QTRY_COMPARE_WITH_TIMEOUT(picker->findText(QStringLiteral("Paper")), -1, 30000);
    QCOMPARE(picker->currentText(), QStringLiteral("All projects"));
    m_fixture->context().notices.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(picker->currentText(), QStringLiteral("Paper"), 30000);
    window.showPage(PageId::Runs);
    auto* table = runsTable(window);
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 30000);
}

void TestMainWindow::errorsMayHaveAButton()
{
    auto& window = m_fixture->window();
    int tries = 0;
    m_fixture->context().notices.error(
        QStringLiteral("The moon could not be reached."), {ErrorKind::Network, "no rocket", "Build one."},
        {QStringLiteral("Try again"), [&tries] { ++tries; }});
    auto* button = window.findChild<QAbstractButton*>(QStringLiteral("remedy"));
    QVERIFY(button != nullptr && button->isVisible());
    button->click();
    QCOMPARE(tries, 1);
    QVERIFY(!window.findChild<QWidget*>(QStringLiteral("windowError"))->isVisible());
}

void TestMainWindow::errorsStayUntilClosed()
{
    auto& window = m_fixture->window();
    m_fixture->context().notices.error(
        QStringLiteral("The moon could not be reached."), {ErrorKind::Network, "no rocket", "Build one."});
    QVERIFY(window.findChild<QWidget*>(QStringLiteral("windowError"))->isVisible());
}

void TestMainWindow::noControlIsUnnamed()
{
    auto& window = m_fixture->window();
    QStringList unnamed;
    for (int page = 0; page < MainWindow::kPages; ++page) {
        window.showPage(static_cast<PageId>(page));
        QCoreApplication::processEvents();
        for (const auto* widget : window.findChildren<QWidget*>()) {
            const bool isControl = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QLineEdit*>(widget)
                || qobject_cast<const QComboBox*>(widget) || qobject_cast<const QAbstractItemView*>(widget)
                || qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QTextEdit*>(widget);
            // Named by the box around it.
            const bool isInside = qobject_cast<const QAbstractSpinBox*>(widget->parentWidget())
                || qobject_cast<const QComboBox*>(widget->parentWidget());
            if (!isControl || isInside || !widget->isVisible() || widget->focusPolicy() == Qt::NoFocus) {
                continue;
            }
            auto* spoken = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
            if (spoken != nullptr && spoken->text(QAccessible::Name).isEmpty()) {
                unnamed << QStringLiteral("%1 '%2' in %3").arg(
                    QString::fromLatin1(widget->metaObject()->className()), widget->objectName(),
                    QString::fromLatin1(widget->parentWidget()->metaObject()->className()));
            }
        }
    }
    unnamed.removeDuplicates();
    QVERIFY2(unnamed.isEmpty(), qPrintable(unnamed.join(QStringLiteral("\n"))));
}

void TestMainWindow::fitsTheSmallestScreen()
{
    auto& window = m_fixture->window();
    window.resize(1024, 680);
    for (int page = 0; page < MainWindow::kPages; ++page) {
        window.showPage(static_cast<PageId>(page));
        QTest::qWait(20);
        QVERIFY2(window.width() <= 1024 && window.height() <= 680, qPrintable(window.windowTitle()));
    }
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
