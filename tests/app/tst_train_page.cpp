#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QInputDialog>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QTreeView>

#include "app/main_window.h"
#include "app/models/live_run.h"
#include "app/pages/done_banner.h"
#include "app/pages/network_dialog.h"
#include "app/pages/run_charts.h"
#include "app/pages/train_live.h"
#include "app/pages/train_page.h"
#include "app/pages/train_setup.h"
#include "app/pages/train_wells.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"
#include "widgets/drop_well.h"
#include "widgets/error_panel.h"
#include "widgets/network_view.h"
#include "widgets/parameter_form.h"
#include "widgets/run_strip.h"

using namespace ty;
using namespace ty::app;
using widgets::RunPhase;
using widgets::RunStrip;

class TestTrainPage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void startsWithNothingToTrain();
    void droppedFileFillsTheTrainingWell();
    void formBecomesTheDescriptionOfTheRun();
    void clickOnTrainEndsInAFinishedRunInTheCatalog();
    void layersAreShownBeforeTraining();
    void layersAreFrozenInTheirTable();
    void layersThatAreNotThereAreNamed();
    void finishedRunIsExtendedFromItsStrip();
    void reproduceFillsTheForm();
    void failureShowsWhyAndWhatToDo();
    void aPresetCountsTheTrainingPartAlone();
    void withoutATargetGroupsAreFound();

private:
    RunFixture m_fixture;
    TrainPage* m_page = nullptr;

    /// Presses "Layers…" and waits for what it shows.
    NetworkDialog* askForLayers();
    TrainSetup& setup() { return m_page->setup(); }
    QPushButton& button() { return *m_page->findChild<QPushButton*>(QStringLiteral("trainButton")); }
};

void TestTrainPage::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_fixture.window().resize(1280, 860);
    m_fixture.window().showPage(PageId::Train);
    m_page = static_cast<TrainPage*>(m_fixture.window().ensurePage(PageId::Train));
}

void TestTrainPage::startsWithNothingToTrain()
{
    QVERIFY(!button().isEnabled());
    QVERIFY(!setup().whyNot().isEmpty());
    QCOMPARE(m_page->live().runId(), qint64{0});
}

void TestTrainPage::droppedFileFillsTheTrainingWell()
{
    auto* well = setup().wells().well(TrainWells::kTraining);
    QVERIFY(RunFixture::dropFiles(*well, {m_fixture.writeCsv(QStringLiteral("dropped.csv"), 200)}));
    QTRY_VERIFY_WITH_TIMEOUT(setup().wells().training().has_value(), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(setup().whyNot().isEmpty(), 30000);
    QVERIFY(button().isEnabled());
    // 200 samples spare a test part, so that the result is about unseen data.
    QVERIFY2(setup().wells().testText().contains("15"), qPrintable(setup().wells().testText()));
}

void TestTrainPage::formBecomesTheDescriptionOfTheRun()
{
    setup().setPreset(QStringLiteral("fast"));
    auto& form = setup().form();
    form.setValue(QStringLiteral("epochs"), 5);
    form.setValue(QStringLiteral("learningRate"), 0.02);
    const RunSpec spec = setup().spec();
    QVERIFY(QString::fromStdString(spec.data.training).endsWith("dropped.csv"));
    QCOMPARE(spec.preset, std::string("fast"));
    QCOMPARE(spec.learner, std::string("network"));
    QCOMPARE(spec.settings.at("epochs").get<int>(), 5);
    QCOMPARE(spec.settings.at("learningRate").get<double>(), 0.02);
    QCOMPARE(spec.settings.size(), std::size_t{2}); // only what differs from the preset
    QCOMPARE(spec.data.split.test, 0.15);
    QVERIFY(!spec.data.fingerprint.empty());
    QVERIFY(spec.validate().isOk());
    form.resetAll();
    QCOMPARE(setup().spec().settings.size(), std::size_t{0});
}

void TestTrainPage::clickOnTrainEndsInAFinishedRunInTheCatalog()
{
    QSignalSpy added(&m_fixture.context().datasets, &DatasetService::sampleAdded);
    m_fixture.context().datasets.addSample(QStringLiteral("digits"));
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 60000);
    m_page->setTrainingDataset(added.at(0).at(1).toLongLong(), QStringLiteral("fast"));
    QTRY_VERIFY_WITH_TIMEOUT(setup().wells().summary().isImage() && setup().whyNot().isEmpty(), 30000);
    setup().form().setValue(QStringLiteral("epochs"), 2); // short on a busy machine
    QSignalSpy firstPoint(&m_page->live().charts(), &RunCharts::firstPointDrawn);

    QTest::mouseClick(&button(), Qt::LeftButton);
    QTest::mouseClick(&button(), Qt::LeftButton); // an impatient second click makes no second run

    QTRY_VERIFY_WITH_TIMEOUT(m_page->live().runId() != 0, 20000);
    const qint64 id = m_page->live().runId();
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture.context().runs.live(id)->isOver(), 150000);
    QCOMPARE(m_fixture.context().runs.live(id)->strip().phase, RunPhase::Finished);
    QCOMPARE(firstPoint.count(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(m_page->live().banner().isVisible(), 30000);
    QVERIFY2(
        m_page->live().banner().sentence().contains("never saw"), qPrintable(m_page->live().banner().sentence()));
    QVERIFY(m_page->live().charts().pointCount() > 4);
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture.record(id).state, catalog::RunState::Finished, 20000);
    QCOMPARE(m_fixture.records().size(), std::size_t{1});
    QVERIFY(QString::fromStdString(m_fixture.record(id).name).startsWith("digits-fast"));
    QTRY_VERIFY_WITH_TIMEOUT(!m_fixture.models().empty(), 20000);
}

/// Error panels that are seen.
static int errorsIn(const NetworkDialog& dialog)
{
    const auto panels = dialog.findChildren<widgets::ErrorPanel*>();
    return static_cast<int>(
        std::count_if(panels.begin(), panels.end(), [](const auto* panel) { return panel->isVisible(); }));
}

NetworkDialog* TestTrainPage::askForLayers()
{
    const auto buttons = setup().findChildren<QPushButton*>();
    const auto button = std::find_if(buttons.begin(), buttons.end(), [](const QPushButton* one) {
        return one->text() == TrainSetup::tr("Layers…");
    });
    if (button == buttons.end() || !(*button)->isEnabled()) {
        return nullptr;
    }
    QTest::mouseClick(*button, Qt::LeftButton);
    auto* dialog = setup().findChild<NetworkDialog*>(QStringLiteral("networkDialog"));
    if (dialog != nullptr) {
        QSignalSpy answered(dialog, &NetworkDialog::answered);
        answered.wait(60000);
    }
    return dialog;
}

void TestTrainPage::layersAreShownBeforeTraining()
{
    setup().form().setValue(QStringLiteral("network"), QStringLiteral("resnet56"));
    const QPointer<NetworkDialog> dialog = askForLayers();
    QVERIFY(dialog);
    auto* table = dialog->findChild<QTreeView*>();
    QVERIFY(table->isVisible());
    const auto* model = table->model();
    const auto text = [model](int row, int column) { return model->index(row, column).data().toString(); };
    QVERIFY2(model->rowCount() > 56, qPrintable(QString::number(model->rowCount())));
    QCOMPARE(text(0, 2), QString("conv2d"));
    QCOMPARE(text(model->rowCount() - 1, 3), QString("10"));
    auto* view = dialog->findChild<widgets::NetworkView*>();
    QTest::mouseClick(view, Qt::LeftButton, Qt::NoModifier, view->boxOf(7).center());
    QCOMPARE(table->currentIndex().row(), 7);
    QTest::keyClick(table, Qt::Key_Down);
    QCOMPARE(view->current(), 8);
    const auto buttons = dialog->findChildren<QPushButton*>();
    const auto copy = std::find_if(buttons.begin(), buttons.end(), [](const QPushButton* one) {
        return one->text() == NetworkDialog::tr("Copy table");
    });
    QTest::mouseClick(*copy, Qt::LeftButton);
    QCOMPARE(QApplication::clipboard()->text().count(QLatin1Char('\n')), model->rowCount());
    dialog->close();
    QTRY_VERIFY(!dialog);
    setup().form().resetAll();
}

void TestTrainPage::layersAreFrozenInTheirTable()
{
    const QPointer<NetworkDialog> dialog = askForLayers();
    QVERIFY(dialog);
    auto* table = dialog->findChild<QTreeView*>();
    auto* model = table->model();
    const auto frozenField = [this] { return setup().form().value(QStringLiteral("frozenLayers")).toString(); };
    const auto isLearned = [model](int row) { return model->index(row, 1).data(Qt::CheckStateRole).isValid(); };
    const auto labels = dialog->findChildren<QLabel*>();
    const auto facts = *std::find_if(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->accessibleName() == NetworkDialog::tr("What the network costs");
    });
    QVERIFY(isLearned(0));
    const QString first = model->index(0, 0).data().toString();
    table->setCurrentIndex(model->index(0, 1));
    QTest::keyClick(table, Qt::Key_Space);
    QCOMPARE(frozenField(), first);
    QSignalSpy answered(dialog, &NetworkDialog::answered);
    QVERIFY(answered.wait(60000)); // the network as it would now be trained
    QVERIFY(model->index(0, 0).data().toString().contains(QStringLiteral("❄")));
    QCOMPARE(model->index(0, 1).data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Checked));
    QVERIFY2(facts->text().contains(QStringLiteral("frozen")), qPrintable(facts->text()));
    QCOMPARE(table->currentIndex(), model->index(0, 1)); // where the next press of the space bar takes it back
    QTest::keyClick(table, Qt::Key_Down);
    QCOMPARE(table->currentIndex(), model->index(1, 1));
    const auto* view = dialog->findChild<widgets::NetworkView*>();
    QCOMPARE(view->current(), 1);

    QStringList all;
    for (int row = 0; row < model->rowCount(); ++row) {
        if (isLearned(row)) {
            all << model->index(row, 0).data().toString().remove(QStringLiteral(" ❄"));
            model->setData(model->index(row, 1), Qt::Checked, Qt::CheckStateRole);
        }
    }
    QCOMPARE(frozenField(), all.join(QStringLiteral(", ")));
    QVERIFY(answered.wait(60000));
    QVERIFY2(table->isVisible(), "what says that nothing is left to learn leaves the table, in which it can be taken back");
    QVERIFY2(!facts->text().contains(QStringLiteral("parameters")), qPrintable(facts->text()));
    QCOMPARE(errorsIn(*dialog), 1);
    QCOMPARE(view->current(), 1);
    for (int row = 0; row < model->rowCount(); ++row) { // and the names, as the picture, show the choice that was refused
        QCOMPARE(model->index(row, 0).data().toString().contains(QStringLiteral("❄")), isLearned(row));
    }
    for (int row = 0; row < model->rowCount(); ++row) {
        if (isLearned(row)) {
            model->setData(model->index(row, 1), Qt::Unchecked, Qt::CheckStateRole);
        }
    }
    QCOMPARE(frozenField(), QString());
    QVERIFY(answered.wait(60000));
    QCOMPARE(errorsIn(*dialog), 0);
    QVERIFY2(facts->text().contains(QStringLiteral("parameters")), qPrintable(facts->text()));
    dialog->close();
    QTRY_VERIFY(!dialog);
    setup().form().resetAll();
}

void TestTrainPage::layersThatAreNotThereAreNamed()
{
    setup().form().setValue(QStringLiteral("frozenLayers"), QStringLiteral("no-such-layer"));
    const QPointer<NetworkDialog> dialog = askForLayers();
    QVERIFY(dialog);
    QCOMPARE(errorsIn(*dialog), 1);
    const auto labels = dialog->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text().contains(QStringLiteral("no-such-layer"));
    }));
    dialog->close();
    QTRY_VERIFY(!dialog);
    setup().form().resetAll();
}

void TestTrainPage::finishedRunIsExtendedFromItsStrip()
{
    const qint64 id = m_page->live().runId();
    const auto buttons = m_page->live().strip().findChildren<QPushButton*>();
    const auto extend = std::find_if(buttons.begin(), buttons.end(), [](const QPushButton* one) {
        return one->isVisible();
    });
    QVERIFY(extend != buttons.end());
    QCOMPARE((*extend)->text(), RunStrip::tr("Extend…"));
    QCOMPARE(std::count_if(buttons.begin(), buttons.end(), [](const QPushButton* one) { return one->isVisible(); }), 1);
    QTest::mouseClick(*extend, Qt::LeftButton);
    auto* dialog = m_page->findChild<QInputDialog*>(QStringLiteral("extendDialog"));
    QVERIFY(dialog != nullptr);
    dialog->setIntValue(3);
    dialog->accept();
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture.record(id).epochsDone == 3, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture.context().runs.live(id)->strip().phase, RunPhase::Finished, 60000);
    QCOMPARE(m_fixture.records().size(), std::size_t{1});
}

void TestTrainPage::reproduceFillsTheForm()
{
    const qint64 id = m_page->live().runId();
    setup().form().resetAll();
    setup().setPreset(QStringLiteral("best"));
    m_page->reproduceRun(id);
    QTRY_COMPARE_WITH_TIMEOUT(setup().preset(), QString("fast"), 20000);
    QTRY_COMPARE_WITH_TIMEOUT(setup().form().value(QStringLiteral("epochs")).toInt(), 2, 20000);
    QCOMPARE(setup().spec().data.split.test, 0.15);
}

void TestTrainPage::failureShowsWhyAndWhatToDo()
{
    RunSpec spec = m_fixture.spec(2);
    spec.data.training = m_fixture.folder().toStdString() + "/gone.csv";
    const qint64 id = m_fixture.startRun(spec);
    m_page->showLiveRun(id);
    auto& panel = m_page->live().errorPanel();
    QTRY_VERIFY_WITH_TIMEOUT(panel.isVisible(), 60000);
    const auto buttons = panel.findChildren<QPushButton*>();
    QVERIFY(std::any_of(buttons.begin(), buttons.end(), [](const QPushButton* one) {
        return one->text() == TrainLive::tr("Change settings");
    }));
}

void TestTrainPage::withoutATargetGroupsAreFound()
{
    auto* well = setup().wells().well(TrainWells::kTraining);
    QVERIFY(RunFixture::dropFiles(*well, {m_fixture.writeCsv(QStringLiteral("customers.csv"), 200)}));
    QTRY_COMPARE_WITH_TIMEOUT(setup().wells().summary().name, QString("customers"), 30000);
    const auto boxes = setup().findChildren<QComboBox*>();
    const auto boxOf = [&boxes](const QString& name) {
        return *std::find_if(boxes.begin(), boxes.end(), [&name](const QComboBox* box) { return box->accessibleName() == name; });
    };
    QComboBox* target = boxOf(TrainSetup::tr("Target column"));
    QComboBox* learner = boxOf(TrainSetup::tr("Learner"));
    QTRY_VERIFY_WITH_TIMEOUT(setup().whyNot().isEmpty(), 30000);
    const int learners = learner->count();
    target->setCurrentIndex(target->count() - 1);
    QCOMPARE(learner->currentData().toString(), QString("k-means"));
    QVERIFY(learner->count() < learners && learner->findData(QStringLiteral("forest")) < 0);
    const RunSpec spec = setup().spec();
    QCOMPARE(spec.data.task, std::string("grouping"));
    QVERIFY(spec.data.target.empty() && spec.validate().isOk());

    QTest::mouseClick(&button(), Qt::LeftButton);
    const qint64 before = m_page->live().runId();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->live().runId() != before || before != 0, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(m_page->live().banner().isVisible() && m_page->live().banner().sentence().contains("silhouette"), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture.record(m_page->live().runId()).metric, std::string("validation/silhouette"), 20000);

    target->setCurrentIndex(0); // a target again, and all learners with it
    QCOMPARE(learner->count(), learners);
    QVERIFY(setup().spec().data.task.empty());
}

/// Pictures of 4 x 4 pixels and their labels, as the two files of an IDX set.
static void writeIdx(const WindowFixture& files, const QString& part, int count)
{
    const auto number = [](int value) {
        QByteArray bytes;
        for (const int shift : {24, 16, 8, 0}) {
            bytes += static_cast<char>(static_cast<unsigned>(value) >> static_cast<unsigned>(shift));
        }
        return bytes;
    };
    QByteArray labels = number(0x801) + number(count);
    for (int i = 0; i < count; ++i) {
        labels += static_cast<char>(i % 2);
    }
    files.writeFile(QStringLiteral("idx/%1-images-idx3-ubyte").arg(part),
                    number(0x803) + number(count) + number(4) + number(4) + QByteArray(16 * count, '\x30'));
    files.writeFile(QStringLiteral("idx/%1-labels-idx1-ubyte").arg(part), labels);
}

void TestTrainPage::aPresetCountsTheTrainingPartAlone()
{
    QVERIFY(QDir().mkpath(m_fixture.folder() + QStringLiteral("/idx")));
    writeIdx(m_fixture, QStringLiteral("train"), 60'000);
    writeIdx(m_fixture, QStringLiteral("t10k"), 10'000);
    auto* well = setup().wells().well(TrainWells::kTraining);
    QVERIFY(RunFixture::dropFiles(*well, {m_fixture.folder() + QStringLiteral("/idx")}));
    QTRY_VERIFY_WITH_TIMEOUT(setup().wells().summary().givenSplit[2] == 10'000, 30000);
    setup().setPreset(QStringLiteral("balanced"));
    // 500,000 passes, as the runner takes them; of 70,000 samples it would be 7.
    QTRY_COMPARE_WITH_TIMEOUT(setup().form().value(QStringLiteral("epochs")).toInt(), 8, 30000);
}

QTEST_MAIN(TestTrainPage)
#include "tst_train_page.moc"
