#include <QAbstractItemModelTester>
#include <QTest>

#include "app/models/comparison_table_model.h"

using namespace ty;
using namespace ty::app;

namespace {

Json run(const char* subject, const char* learner, double auc, double accuracy, double examples)
{
    return {
        {"subject", subject},
        {"learner", learner},
        {"label", learner},
        {"metrics", {{"roc_auc", auc}, {"accuracy", accuracy}}},
        {"examples", examples},
        {"seconds", 0.5}};
}

} // namespace

class TestComparisonTable : public QObject {
    Q_OBJECT

    static QString cell(const ComparisonTableModel& model, int row, int column)
    {
        return model.index(row, column).data().toString();
    }

private slots:
    void ofOneSubjectTheBestLearnerIsFirstAndTheBaselineAmongThem()
    {
        ComparisonTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.addRun(run("iris", "baseline", 0.5, 0.33, 150));
        model.addRun(run("iris", "svm", 0.99, 0.94, 150));
        model.addRun(run("iris", "forest", 0.99, 0.95, 150)); // equal by the first score, better by the second
        Json failed = run("iris", "isolation-forest", 0, 0, 0);
        failed["metrics"] = nullptr;
        failed["problem"] = "the target has 3 classes";
        model.addRun(failed);
        model.addRun(run("iris", "tree", 0.9, 0.93, 150));
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(cell(model, 0, 0), QStringLiteral("forest"));
        QCOMPARE(cell(model, 0, 1), QStringLiteral("0.990"));
        QCOMPARE(cell(model, 2, 0), QStringLiteral("tree"));
        QCOMPARE(cell(model, 3, 0), QStringLiteral("baseline"));
        QCOMPARE(cell(model, 4, 1), QStringLiteral("–")); // unknown is not 0
        QVERIFY(model.index(4, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("3 classes")));
        QVERIFY(model.toMarkdown().startsWith(QStringLiteral("| Learner | ROC AUC | Accuracy | Time |\n| --- | ---: | ---: | ---: |\n")));
    }

    void severalSubjectsHaveAMeanThatIsWeightedByExamples()
    {
        ComparisonTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.addRun(run("M01", "bernoulli-bayes", 0.6, 0.5, 100));
        model.addRun(run("M01", "forest", 1.0, 0.9, 100));
        model.addRun(run("M02", "bernoulli-bayes", 0.8, 0.7, 300));
        QCOMPARE(cell(model, 1, 3), QStringLiteral("…")); // not there yet
        QCOMPARE(cell(model, 2, 3), QStringLiteral("…")); // nor is the mean then
        model.addRun(run("M02", "forest", 0.8, 0.7, 300));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(cell(model, 2, 1), QStringLiteral("400"));
        QCOMPARE(cell(model, 2, 2), QStringLiteral("0.750"));
        QCOMPARE(cell(model, 2, 3), QStringLiteral("0.850"));
        QCOMPARE(cell(model, 2, 4), QStringLiteral("0.650"));
        const auto lines = model.toCsv().split(QLatin1Char('\n'));
        QCOMPARE(lines.front(), QStringLiteral("Machine,Examples,AUC bernoulli-bayes,AUC forest,Accuracy bernoulli-bayes,Accuracy forest"));
        QCOMPARE(lines.at(1), QStringLiteral("M01,100,0.600,1.000,0.500,0.900"));
    }
};

QTEST_MAIN(TestComparisonTable)
#include "tst_comparison_table.moc"
