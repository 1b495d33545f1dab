// Takes pictures of the window: window_pictures FOLDER [theme...]. For people to look at; not a test.
#include <cstdio>

#include <QAbstractButton>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QListView>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>

#include "app/main_window.h"
#include "app/main_window_actions.h"
#include "app/pages/data_export_dialog.h"
#include "app/services/all_services.h"
#include "app/start_problem.h"
#include "tests/app/window_fixture.h"

using namespace ty;
using namespace ty::app;

namespace {

void grab(MainWindow& window, const QString& folder, const QString& name)
{
    QTest::qWait(250);
    window.grab().save(QStringLiteral("%1/%2.png").arg(folder, name));
}

void grabDialog(QDialog* dialog, const QString& folder, const QString& name)
{
    if (dialog != nullptr) {
        QTest::qWait(400);
        dialog->grab().save(QStringLiteral("%1/%2.png").arg(folder, name));
        auto* window = dialog->parentWidget()->window();
        dialog->close();
        QCoreApplication::processEvents();
        window->activateWindow(); // a window manager would
        (void)QTest::qWaitForWindowActive(window);
    }
}

void grabPages(WindowFixture& fixture, const QString& folder, const QString& prefix)
{
    for (const auto& entry : railEntries()) {
        fixture.window().showPage(entry.id);
        grab(fixture.window(), folder, prefix + entry.icon);
    }
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: window_pictures FOLDER [theme...]\n");
        return 2;
    }
    const auto folder = QString::fromLocal8Bit(argv[1]);
    QDir().mkpath(folder);
    WindowFixture fixture;
    if (!fixture.start()) {
        return 1;
    }
    auto& window = fixture.window();
    auto& context = fixture.context();
    QStringList themes;
    for (int index = 2; index < argc; ++index) {
        themes << QString::fromLocal8Bit(argv[index]);
    }
    if (themes.isEmpty()) {
        themes = {QStringLiteral("light"), QStringLiteral("dark")};
    }
    window.resize(1024, 680);
    context.settings.setThemeName(themes.front());
    grabPages(fixture, folder, QStringLiteral("empty-small-"));

    QSignalSpy samples(&context.datasets, &DatasetService::sampleAdded);
    for (const auto* key : {"digits", "iris", "spirals", "tones"}) {
        context.datasets.addSample(QString::fromLatin1(key));
    }
    if (!QTest::qWaitFor([&] { return samples.count() == 4; }, 30000)) {
        std::fprintf(stderr, "the samples did not come\n");
        return 1;
    }
    QHash<QString, qint64> ids;
    for (const auto& sample : samples) {
        ids[sample.at(0).toString()] = sample.at(1).toLongLong();
    }
    for (const auto& theme : themes) {
        context.settings.setThemeName(theme);
        window.resize(1600, 1000);
        grabPages(fixture, folder, theme + QStringLiteral("-"));
        emit context.navigation.datasetRequested(ids[QStringLiteral("digits")]);
        QTest::qWait(800);
        grab(window, folder, theme + QStringLiteral("-digits"));
        emit context.navigation.datasetRequested(ids[QStringLiteral("iris")]);
        QTest::qWait(500);
        grab(window, folder, theme + QStringLiteral("-iris"));
        window.findChild<QAbstractButton*>(QStringLiteral("exportDataset"))->click();
        QTest::qWait(500);
        grabDialog(window.findChild<DataExportDialog*>(), folder, theme + QStringLiteral("-export"));
        auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("datasetTabs"));
        tabs->setCurrentIndex(1);
        grab(window, folder, theme + QStringLiteral("-columns"));
        tabs->setCurrentIndex(2);
        grab(window, folder, theme + QStringLiteral("-problems"));
        QByteArray troubled("size,age,unit,kind\n");
        for (int row = 0; row < 44; ++row) {
            troubled += QByteArray::number(row) + (row % 9 == 0 ? ".5,,cm,setosa\n" : ".5,4,cm,setosa\n");
        }
        const auto table = fixture.writeFile(
            QStringLiteral("troubled.csv"), troubled + "50.5,1,cm,Setosa\n60.5,2,cm,virginica\n60.5,2,cm,virginica\n");
        QSignalSpy added(&context.datasets, &DatasetService::datasetAdded);
        DataSpec data;
        data.training = table.toStdString();
        data.repairs.areDuplicatesLeftOut = true;
        context.datasets.import(data);
        if (QTest::qWaitFor([&] { return added.count() == 1; }, 30000)) {
            emit context.navigation.datasetRequested(added.front().at(1).toLongLong());
            tabs->setCurrentIndex(2);
            QTest::qWait(500);
            grab(window, folder, theme + QStringLiteral("-fixes"));
        }
        tabs->setCurrentIndex(0);
        emit context.navigation.importRequested({fixture.writeFile(QStringLiteral("torn.csv"), "a,b\n1,2\n\"3")});
        QTest::qWait(600);
        grabDialog(window.findChild<QDialog*>(QStringLiteral("importSheet")), folder, theme + QStringLiteral("-torn"));
        QDir().mkpath(fixture.folder() + QStringLiteral("/empty"));
        emit context.navigation.importRequested({fixture.folder() + QStringLiteral("/empty")});
        QTest::qWait(1500);
        grab(window, folder, theme + QStringLiteral("-no-data"));
        StartProblem start({ErrorKind::Permission, "cannot write /mnt/lab/trainyard: read-only file system", {}},
                           QStringLiteral("/mnt/lab/trainyard"), &window);
        start.show();
        grabDialog(&start, folder, theme + QStringLiteral("-start-problem"));
        emit context.navigation.importRequested({fixture.writeCsv()});
        QTest::qWait(600);
        grabDialog(window.findChild<QDialog*>(QStringLiteral("importSheet")), folder, theme + QStringLiteral("-import"));
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        QTest::qWait(300);
        grabDialog(window.findChild<QDialog*>(QStringLiteral("palette")), folder, theme + QStringLiteral("-palette"));
        QTest::keyClick(&window, Qt::Key_Slash, Qt::ControlModifier);
        QTest::qWait(200);
        grabDialog(window.findChild<QDialog*>(QStringLiteral("keys")), folder, theme + QStringLiteral("-keys"));
        for (const auto* dock : {"activityDock", "logDock", "devicesDock"}) {
            window.findChild<QDockWidget*>(QString::fromLatin1(dock))->show();
        }
        window.resize(1024, 680);
        emit context.navigation.datasetRequested(ids[QStringLiteral("digits")]);
        QTest::qWait(500);
        context.notices.error(
            QStringLiteral("The dataset could not be read."),
            {ErrorKind::InvalidInput, "flowers.csv line 7: 4 fields, expected 5", "Repair the line, or leave it out."});
        context.notices.toast(QStringLiteral("flowers is in the Trash."), QStringLiteral("Undo"), [] {});
        grab(window, folder, theme + QStringLiteral("-docks-small"));
        context.settings.clearLayout();
    }
    return 0;
}
