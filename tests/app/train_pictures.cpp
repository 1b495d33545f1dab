// Takes pictures of Train, Runs, run detail and Models with runs in them: train_pictures FOLDER [epochs [theme...]]. For people
// to look at; not a test.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <QAbstractItemView>
#include <QApplication>
#include <QDir>
#include <QItemSelectionModel>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "app/main_window.h"
#include "app/models/live_run.h"
#include "app/pages/evaluation_view.h"
#include "app/pages/export_dialog.h"
#include "app/pages/model_detail.h"
#include "app/pages/models_page.h"
#include "app/pages/run_detail.h"
#include "app/pages/run_groups_view.h"
#include "app/pages/runs_list.h"
#include "app/pages/runs_page.h"
#include "app/pages/samples_view.h"
#include "app/pages/train_page.h"
#include "app/pages/train_setup.h"
#include "app/pages/trash_dialog.h"
#include "app/pages/try_it.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"
#include "widgets/draw_pad.h"
#include "widgets/parameter_form.h"

using namespace ty;
using namespace ty::app;

namespace {

class Album {
public:
    Album(RunFixture& fixture, QString folder, QStringList themes)
        : m_fixture(fixture)
        , m_folder(std::move(folder))
        , m_themes(std::move(themes))
    {
    }

    /// In both sizes and every theme.
    void take(const QString& name)
    {
        auto& window = m_fixture.window();
        for (const auto& theme : m_themes) {
            m_fixture.context().settings.setThemeName(theme);
            for (const QSize size : {QSize(1024, 680), QSize(1600, 1000)}) {
                window.resize(size);
                QTest::qWait(400);
                window.grab().save(QStringLiteral("%1/%2-%3-%4.png").arg(m_folder, name, theme).arg(size.width()));
            }
        }
    }

    /// A dialog of that kind over the window, which is closed then.
    template<typename Dialog>
    void takeDialog(const QString& name)
    {
        QTest::qWait(500);
        if (auto* dialog = m_fixture.window().template findChild<Dialog*>()) {
            dialog->grab().save(QStringLiteral("%1/%2-%3.png").arg(m_folder, name, m_themes.back()));
            dialog->close();
        }
    }

private:
    RunFixture& m_fixture;
    QString m_folder;
    QStringList m_themes;
};

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: train_pictures FOLDER [epochs [theme...]]\n");
        return 2;
    }
    const QString folder = QString::fromLocal8Bit(argv[1]);
    const int epochs = argc > 2 ? std::atoi(argv[2]) : 6;
    QDir().mkpath(folder);
    RunFixture fixture;
    if (!fixture.start()) {
        return 1;
    }
    QStringList themes;
    for (int index = 3; index < argc; ++index) {
        themes << QString::fromLocal8Bit(argv[index]);
    }
    if (themes.isEmpty()) {
        themes = {QStringLiteral("light"), QStringLiteral("dark")};
    }
    Album album(fixture, folder, themes);
    auto& window = fixture.window();
    auto& context = fixture.context();
    window.showPage(PageId::Train);
    album.take(QStringLiteral("train-empty"));
    window.showPage(PageId::Runs);
    album.take(QStringLiteral("runs-empty"));

    QSignalSpy samples(&context.datasets, &DatasetService::sampleAdded);
    context.datasets.addSample(QStringLiteral("digits"));
    if (!QTest::qWaitFor([&] { return samples.count() == 1; }, 60000)) {
        return 1;
    }
    window.showPage(PageId::Train);
    auto* train = static_cast<TrainPage*>(window.ensurePage(PageId::Train));
    train->setTrainingDataset(samples.at(0).at(1).toLongLong(), QStringLiteral("fast"));
    if (!QTest::qWaitFor([&] { return train->setup().whyNot().isEmpty(); }, 30000)) {
        return 1;
    }
    album.take(QStringLiteral("train-ready"));
    train->setup().form().setAdvancedVisible(true);
    QTest::qWait(200); // the form has its new height then
    const auto bars = train->setup().findChildren<QScrollBar*>();
    for (auto* bar : bars) {
        bar->setValue(bar->maximum());
    }
    album.take(QStringLiteral("train-advanced"));
    train->setup().form().setAdvancedVisible(false);
    for (auto* bar : bars) {
        bar->setValue(0);
    }
    RunSpec spec = train->setup().spec();
    spec.settings["epochs"] = epochs;
    RunSpec longer = spec;
    longer.settings["epochs"] = 100000;
    longer.settings["earlyStop"] = false;
    const qint64 running = fixture.startRun(longer);
    train->showLiveRun(running);
    fixture.waitForEpoch(running, 20, 200000);
    album.take(QStringLiteral("train-running"));
    context.runs.pause(running);
    QTest::qWait(1000);
    album.take(QStringLiteral("train-paused"));
    context.runs.stop(running);
    fixture.waitForEnd(running, 600000);
    const qint64 first = fixture.startRun(spec);
    train->showLiveRun(first);
    fixture.waitForEnd(first, 600000);
    album.take(QStringLiteral("train-done"));
    RunSpec other = spec;
    other.settings["learningRate"] = 0.01;
    const qint64 second = fixture.startRun(other);
    fixture.waitForEpoch(second, 1, 200000);
    context.runs.finishNow(second);
    fixture.waitForEnd(second, 600000);
    RunSpec lost = fixture.spec(2);
    lost.data.training = "/nowhere/lost.csv";
    const qint64 failed = fixture.train(lost);
    train->showLiveRun(failed);
    album.take(QStringLiteral("train-failed"));
    RunSpec wild = fixture.spec(6);
    wild.settings["learningRate"] = 10;
    wild.settings["weightDecay"] = 1; // with it each step makes the weights minus nine times what they were
    wild.settings["optimizer"] = "sgd";
    wild.settings["momentum"] = 0.99;
    wild.settings["gradientClip"] = 0;
    const qint64 diverged = fixture.train(wild);
    train->showLiveRun(diverged);
    album.take(QStringLiteral("train-diverged"));
    const qint64 flowers = fixture.train(fixture.spec(12, 120));

    window.showPage(PageId::Runs);
    auto* runs = static_cast<RunsPage*>(window.ensurePage(PageId::Runs));
    QTest::qWait(1500);
    auto* selection = runs->list().table()->selectionModel();
    for (const qint64 id : {first, second, flowers}) {
        selection->select(runs->list().model()->indexOf(id), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    QTest::qWait(800);
    album.take(QStringLiteral("runs-compare"));
    runs->list().tabs()->setCurrentWidget(&runs->list().groups());
    QTest::qWait(600);
    album.take(QStringLiteral("runs-groups"));
    runs->list().tabs()->setCurrentIndex(1);
    album.take(QStringLiteral("runs-differences"));
    auto* trash = new TrashDialog(context, &window);
    trash->open();
    album.takeDialog<TrashDialog>(QStringLiteral("trash"));
    runs->showRun(diverged);
    QTest::qWait(800);
    album.take(QStringLiteral("detail-diverged"));
    window.showPage(PageId::Home);
    album.take(QStringLiteral("home-runs"));
    window.showPage(PageId::Runs);
    runs->showRun(first);
    QTest::qWait(1000);
    auto& wrong = runs->detail().samples();
    runs->detail().showTab(QStringLiteral("samples"));
    for (int row = 0; row < 2 && row < wrong.model()->rowCount(); ++row) {
        wrong.view()->setCurrentIndex(wrong.model()->index(row, 0));
        QTest::keyClick(wrong.view(), row == 0 ? Qt::Key_3 : Qt::Key_X);
    }
    for (const auto* tab : {"charts", "evaluation", "samples", "settings", "checkpoints", "environment"}) {
        runs->detail().showTab(QLatin1String(tab));
        QTest::qWait(600);
        album.take(QStringLiteral("detail-") + QLatin1String(tab));
    }
    runs->detail().showTab(QStringLiteral("evaluation"));
    for (auto* tabs : runs->detail().evaluation().findChildren<QTabWidget*>()) {
        tabs->setCurrentIndex(tabs->count() == 4 ? 2 : 0);
    }
    album.take(QStringLiteral("detail-threshold"));
    window.showPage(PageId::Models);
    auto* models = static_cast<ModelsPage*>(window.ensurePage(PageId::Models));
    for (const auto& model : fixture.models()) {
        if (model.runId == first) {
            models->showModel(model.id);
        }
    }
    QTest::qWait(1500);
    auto* pad = models->detail().tryIt().pad();
    const QPoint middle = pad->rect().center();
    QTest::mousePress(pad, Qt::LeftButton, {}, middle + QPoint(-50, -80));
    for (int x = -50; x <= 50; x += 10) {
        QTest::mouseMove(pad, middle + QPoint(x, -80));
    }
    for (int y = -80; y <= 90; y += 10) {
        QTest::mouseMove(pad, middle + QPoint(50 - (y + 80) / 3, y));
    }
    QTest::mouseRelease(pad, Qt::LeftButton, {}, middle + QPoint(-5, 90));
    QTest::qWait(2000);
    album.take(QStringLiteral("models-try"));
    models->detail().exportModel();
    album.takeDialog<ExportDialog>(QStringLiteral("export"));
    return 0;
}
