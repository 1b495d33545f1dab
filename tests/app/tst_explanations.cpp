#include <algorithm>

#include <QAbstractItemView>
#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "app/catalog/paths.h"
#include "app/main_window.h"
#include "app/models/live_run.h"
#include "app/models/stage_words.h"
#include "app/models/tree_paper.h"
#include "app/pages/dataset_detail.h"
#include "app/pages/dataset_projection.h"
#include "app/pages/explained_tab.h"
#include "app/pages/explained_tab.h"
#include "app/pages/model_detail.h"
#include "app/pages/model_importance.h"
#include "app/pages/model_trees.h"
#include "app/pages/models_page.h"
#include "app/pages/sequence_dialog.h"
#include "app/pages/world_dialog.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"
#include "widgets/grid_world_view.h"
#include "widgets/importance_bars.h"
#include "widgets/point_cloud.h"
#include "widgets/tree_view.h"

using namespace ty;
using namespace ty::app;

namespace {

/// TRAINYARD_PICTURES=DIR keeps what a person would see, in light and dark.
void keepPicture(AppContext& context, QWidget& widget, const QString& name)
{
    const QString folder = qEnvironmentVariable("TRAINYARD_PICTURES");
    for (const char* theme : {"dark", "light"}) {
        if (!folder.isEmpty()) {
            context.settings.setThemeName(QString::fromLatin1(theme));
            QTest::qWait(300);
            widget.grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, name, QLatin1String(theme)));
        }
    }
}

Json told(const char* text)
{
    return parseJson(text, "a tree").value();
}

/// What stands in the place of a page that this model does not have.
QString reasonOf(const QWidget& page)
{
    const auto* tab = qobject_cast<const ExplainedTab*>(page.parentWidget());
    return tab == nullptr || tab->currentIndex() == 0 ? QString() : tab->reason();
}

} // namespace

class TestExplanations : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void aTreeIsDrawnAndARowFollowed();
    void aForestsTreesCanBeChosen();
    void importanceIsMeasuredOnHeldOutRows();
    void aModelWithoutTreesSaysWhyAndWhatToUseInstead();
    void samplesBecomePointsAndChosenOnesAreShown();
    void anAgentLearnsAWorldAndIsWatched();
    void aWorldIsPaintedAndThePaintTakenBack();
    void aHiddenMarkovModelIsLearned();
    void whatIsNoTreeIsRefused_data();
    void whatIsNoTreeIsRefused();

private:
    qint64 modelOf(qint64 runId);
    ModelDetail& show(qint64 model);

    RunFixture m_fixture;
    ModelsPage* m_page = nullptr;
    QString m_data;
    qint64 m_tree = 0;
    qint64 m_forest = 0;
    qint64 m_network = 0;
};

qint64 TestExplanations::modelOf(qint64 runId)
{
    for (const auto& model : m_fixture.models()) {
        if (model.runId == runId) {
            return model.id;
        }
    }
    return 0;
}

ModelDetail& TestExplanations::show(qint64 model)
{
    m_page->showModel(model);
    (void)QTest::qWaitFor([&] { return m_page->detail().modelId() == model; }, 20000);
    return m_page->detail();
}

void TestExplanations::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_fixture.window().resize(1280, 860);
    RunSpec spec = m_fixture.spec(4, 120);
    spec.settings = Json::object();
    spec.data.training = std::string(TRAINYARD_SOURCE_DIR) + "/resources/samples/iris.csv";
    m_data = QString::fromStdString(spec.data.training);
    spec.learner = "tree";
    const qint64 tree = m_fixture.train(spec);
    spec.learner = "forest";
    const qint64 forest = m_fixture.train(spec);
    spec = m_fixture.spec(4, 120);
    const qint64 network = m_fixture.train(spec);
    QVERIFY(tree != 0 && forest != 0 && network != 0);
    m_tree = modelOf(tree);
    m_forest = modelOf(forest);
    m_network = modelOf(network);
    QVERIFY(m_tree != 0 && m_forest != 0 && m_network != 0);
    m_fixture.window().showPage(PageId::Models);
    m_page = static_cast<ModelsPage*>(m_fixture.window().ensurePage(PageId::Models));
    QTRY_COMPARE_WITH_TIMEOUT(m_page->table()->model()->rowCount(), 3, 20000);
}

void TestExplanations::aTreeIsDrawnAndARowFollowed()
{
    ModelDetail& detail = show(m_tree);
    auto* tabs = detail.findChild<QTabWidget*>();
    ModelTrees& trees = detail.trees();
    QTRY_VERIFY_WITH_TIMEOUT(reasonOf(trees).isEmpty(), 20000);
    QSignalSpy shown(&trees, &ModelTrees::shown);
    tabs->setCurrentWidget(trees.parentWidget());
    QTRY_VERIFY_WITH_TIMEOUT(shown.count() == 1, 30000);
    const auto& nodes = trees.view().picture().nodes();
    QVERIFY(nodes.size() >= 5);
    QVERIFY(nodes.front().question.contains(QStringLiteral(" ≤ ")));
    QVERIFY(trees.view().picture().classes().contains(QStringLiteral("setosa")));
    trees.follow(m_data, 1);
    QTRY_VERIFY_WITH_TIMEOUT(shown.count() == 2, 30000);
    const auto& way = trees.view().picture().way();
    QVERIFY(way.size() >= 2);
    QVERIFY(nodes[static_cast<std::size_t>(way.back())].answer.contains(QStringLiteral("setosa"))); // the first row of the file
    keepPicture(m_fixture.context(), m_fixture.window(), QStringLiteral("tree"));
}

void TestExplanations::aForestsTreesCanBeChosen()
{
    ModelDetail& detail = show(m_forest);
    auto* tabs = detail.findChild<QTabWidget*>();
    ModelTrees& trees = detail.trees();
    QTRY_VERIFY_WITH_TIMEOUT(reasonOf(trees).isEmpty(), 20000);
    QSignalSpy shown(&trees, &ModelTrees::shown);
    tabs->setCurrentWidget(trees.parentWidget());
    QTRY_VERIFY_WITH_TIMEOUT(shown.count() >= 1, 30000);
    const auto before = trees.view().picture().nodes().front().question;
    bool isOther = false;
    for (int tree = 2; tree <= 6 && !isOther; ++tree) { // two trees may well begin with the same question
        const auto count = shown.count();
        trees.chooseTree(tree);
        QTRY_VERIFY_WITH_TIMEOUT(shown.count() > count, 30000);
        isOther = trees.view().picture().nodes().front().question != before;
    }
    QVERIFY(isOther);
}

void TestExplanations::importanceIsMeasuredOnHeldOutRows()
{
    ModelDetail& detail = show(m_forest);
    auto* tabs = detail.findChild<QTabWidget*>();
    ModelImportance& importance = detail.importance();
    QTRY_VERIFY_WITH_TIMEOUT(importance.bars().model()->rowCount() == 4, 20000); // what the model says, at once
    tabs->setCurrentWidget(importance.parentWidget());
    keepPicture(m_fixture.context(), m_fixture.window(), QStringLiteral("importance-native"));
    QSignalSpy measured(&importance, &ModelImportance::measured);
    importance.measure();
    QTRY_VERIFY_WITH_TIMEOUT(measured.count() == 1, 60000);
    QCOMPARE(importance.bars().model()->rowCount(), 4);
    QVERIFY(importance.bars().model()->index(0, 0).data().toString().startsWith(QStringLiteral("petal")));
    QVERIFY(!importance.bars().isColumnHidden(3));
    keepPicture(m_fixture.context(), m_fixture.window(), QStringLiteral("importance"));
}

void TestExplanations::aModelWithoutTreesSaysWhyAndWhatToUseInstead()
{
    ModelDetail& detail = show(m_network);
    QTRY_VERIFY_WITH_TIMEOUT(reasonOf(detail.trees()).contains(QStringLiteral("not made of decision trees")), 20000);
    QVERIFY(reasonOf(detail.trees()).contains(QStringLiteral("Importance")) || reasonOf(detail.trees()).contains(QStringLiteral("Layers")));
    QVERIFY(reasonOf(detail.importance()).isEmpty());
}

void TestExplanations::samplesBecomePointsAndChosenOnesAreShown()
{
    DatasetProjection projection(m_fixture.context());
    projection.resize(1100, 700);
    projection.show();
    DataSpec spec;
    spec.training = std::string(TRAINYARD_SOURCE_DIR) + "/resources/samples/iris.csv";
    DatasetSummary summary;
    summary.target = QStringLiteral("species");
    projection.setDataset(spec, summary);
    QSignalSpy projected(&projection, &DatasetProjection::projected);
    QSignalSpy chosen(&projection.cloud(), &widgets::PointCloud::chosenChanged);
    projection.start();
    QTRY_VERIFY_WITH_TIMEOUT(projected.count() == 1, 120000);
    QCOMPARE(projection.cloud().pointCount(), std::size_t(150));
    projection.cloud().setChosen({3, 4, 5});
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            for (const auto* view : projection.findChildren<QAbstractItemView*>()) {
                if (view->isVisible() && view->model() != nullptr && view->model()->rowCount() == 3) {
                    return true;
                }
            }
            return false;
        }(),
        20000);
    keepPicture(m_fixture.context(), projection, QStringLiteral("projection"));
}

void TestExplanations::anAgentLearnsAWorldAndIsWatched()
{
    WorldDialog dialog(m_fixture.context());
    dialog.show();
    QSignalSpy trained(&dialog, &WorldDialog::trained);
    dialog.train();
    QTRY_VERIFY_WITH_TIMEOUT(trained.count() == 1, 60000);
    QVERIFY(dialog.snapshotCount() >= 20);
    const int start = dialog.view().startSquare();
    QCOMPARE(dialog.view().agent(), start);
    auto* place = dialog.findChild<QSlider*>();
    QVERIFY(place != nullptr);
    place->setValue(place->maximum());
    QTRY_VERIFY_WITH_TIMEOUT(dialog.view().isEnd(dialog.view().agent()), 20000); // it walks by itself, to the goal
    keepPicture(m_fixture.context(), dialog, QStringLiteral("world"));
}

void TestExplanations::aWorldIsPaintedAndThePaintTakenBack()
{
    WorldDialog dialog(m_fixture.context());
    dialog.show();
    QVERIFY(QTest::qWaitForWindowExposed(&dialog));
    const QString before = dialog.view().world();
    QTest::mouseClick(&dialog.view(), Qt::LeftButton, {}, dialog.view().placeOf(1).center().toPoint());
    QVERIFY(dialog.view().world().startsWith(QStringLiteral("S#")));
    dialog.actions().at(0)->trigger(); // undo
    QCOMPARE(dialog.view().world(), before);
}

void TestExplanations::aHiddenMarkovModelIsLearned()
{
    QByteArray rows = "level,kind\n";
    for (int i = 0; i < 240; ++i) {
        rows += QByteArray::number((i / 20) % 2 == 0 ? 1.0 + 0.1 * (i % 5) : 6.0 + 0.2 * (i % 7)) + (i % 2 == 0 ? ",a\n" : ",b\n");
    }
    const QString file = m_fixture.writeFile(QStringLiteral("signal.csv"), rows);
    QSignalSpy added(&m_fixture.context().datasets, &DatasetService::datasetAdded);
    DataSpec spec;
    spec.training = file.toStdString();
    m_fixture.context().datasets.import(spec);
    QTRY_VERIFY_WITH_TIMEOUT(added.count() == 1, 30000);
    SequenceDialog dialog(m_fixture.context());
    dialog.show();
    QComboBox* columns = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            for (auto* box : dialog.findChildren<QComboBox*>()) {
                if (box->findText(QStringLiteral("level")) >= 0) {
                    columns = box;
                }
            }
            return columns != nullptr;
        }(),
        30000);
    columns->setCurrentText(QStringLiteral("level"));
    QSignalSpy learned(&dialog, &SequenceDialog::learned);
    dialog.learn();
    QTRY_VERIFY_WITH_TIMEOUT(learned.count() == 1, 60000);
    bool isTold = false;
    for (const auto* label : dialog.findChildren<QLabel*>()) {
        isTold = isTold || label->text().startsWith(QStringLiteral("Log-likelihood"));
    }
    QVERIFY(isTold);
    keepPicture(m_fixture.context(), dialog, QStringLiteral("sequence"));

    columns->setCurrentText(QStringLiteral("kind")); // symbols instead of numbers: what each state shows has a column for each
    dialog.learn();
    QTRY_VERIFY_WITH_TIMEOUT(learned.count() == 2, 60000);
    const auto tables = dialog.findChildren<QTableView*>();
    const auto shows = std::find_if(tables.begin(), tables.end(), [](const QTableView* one) { return one->model() != nullptr && one->model()->columnCount() == 4; });
    QVERIFY(shows != tables.end());
    QCOMPARE((*shows)->model()->headerData(2, Qt::Horizontal).toString(), QStringLiteral("a"));
    QCOMPARE((*shows)->model()->headerData(3, Qt::Horizontal).toString(), QStringLiteral("b"));
    const QStringList kept = QDir(QString::fromStdString(m_fixture.context().paths.dataFolder()) + QStringLiteral("/studies")).entryList(QDir::Files);
    QVERIFY2(kept.filter(QStringLiteral("sequence-")).isEmpty(), qPrintable(kept.join(u' '))); // what kept it is gone with the end
}

void TestExplanations::whatIsNoTreeIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray("{}");
    QTest::newRow("no nodes") << QByteArray(R"({"nodes": []})");
    QTest::newRow("a way round") << QByteArray(R"({"answers": "value", "nodes": [{"value": 1, "question": "a", "yes": 0, "no": 1}, {"value": 2}]})");
    QTest::newRow("a branch out of the list") << QByteArray(R"({"answers": "value", "nodes": [{"value": 1, "question": "a", "yes": 1, "no": 9}, {"value": 2}]})");
    QTest::newRow("two ways to a node")
        << QByteArray(R"({"answers": "value", "nodes": [{"value": 1, "question": "a", "yes": 1, "no": 2}, {"value": 1, "question": "b", "yes": 2, "no": 3}, {"value": 2}, {"value": 2}]})");
    QTest::newRow("other shares than classes") << QByteArray(R"({"answers": "shares", "classes": ["a", "b"], "nodes": [{"shares": [1]}]})");
}

void TestExplanations::whatIsNoTreeIsRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(!TreePaper::read(told(text.constData())));
}

QTEST_MAIN(TestExplanations)
#include "tst_explanations.moc"
