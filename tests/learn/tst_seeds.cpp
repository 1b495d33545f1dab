#include <QTemporaryDir>
#include <QTest>

#include <numeric>
#include <string>

#include "engine/base/files.h"
#include "run_fixture.h"

using namespace ty;
using namespace ty::engine;

/// The same seed gives the same model, bit for bit, for every learner and number of threads.
class TestSeeds : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;

    std::string path(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

    struct Trained {
        std::string weights;
        Predictions answers;
        std::string problem;
    };

    Trained train(const std::string& learner, const std::string& data, std::uint64_t seed, int threads, const Json& settings)
    {
        RunRequest request;
        request.spec.name = "same";
        request.spec.learner = learner;
        request.spec.preset = "fast";
        request.spec.seed = seed;
        request.spec.data.training = data;
        request.spec.settings = settings;
        request.folder.root = path("run" + std::to_string(m_count++));
        request.threads = threads;
        CollectingSink sink;
        StoppableControl control;
        Trained trained;
        if (const auto result = executeRun(request, sink, control); !result) {
            trained.problem = result.error().message;
            return trained;
        }
        const std::string weights = request.folder.modelFolder() + "/weights.safetensors";
        trained.weights = pathExists(weights) ? readFile(weights).valueOr({}) : "none";
        const auto model = loadModel(request.folder.modelFolder(), "cpu");
        OpenOptions options;
        if (!model) {
            trained.problem = model.error().message;
            return trained;
        }
        const DatasetInfo like = model.value()->encoder().expectedData();
        options.like = &like;
        const auto dataset = openDataset(data, options);
        std::vector<std::uint32_t> samples(60);
        std::iota(samples.begin(), samples.end(), 0U);
        auto answers = model.value()->predict(*dataset.value(), samples);
        if (answers) {
            trained.answers = std::move(answers).value();
        }
        return trained;
    }

private slots:
    void theSameSeedGivesTheSameModel_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<QString>("data");
        QTest::addColumn<bool>("isRandom");
        QTest::addColumn<bool>("areThreadsFree"); ///< the number of threads may change nothing
        for (const auto& learner : makeLearners()) {
            const std::string name = learner->name();
            const bool isNetwork = name == "network" || name == "linear"; // sums of a step are divided by threads
            const bool isRandom = isNetwork || name == "forest" || name == "extra-trees" || name == "silas-like"
                || name == "isolation-forest"; // groups begin at random too, and end at the same ones here
            for (const char* data : {"classes", "values"}) {
                const Task task = data == std::string("classes") ? Task::Classification : Task::Regression;
                if (learner->canLearn(task, DataKind::Table) && !(name == "multinomial-bayes")) {
                    QTest::addRow("%s, %s", name.c_str(), data) << QString::fromStdString(name) << QString::fromLatin1(data) << isRandom << !isNetwork;
                }
            }
        }
    }

    void theSameSeedGivesTheSameModel()
    {
        QFETCH(QString, learner);
        QFETCH(QString, data);
        QFETCH(bool, isRandom);
        QFETCH(bool, areThreadsFree);
        const std::string file = path("data.csv");
        data == QLatin1String("classes") ? writeTwoClouds(file, 240, 5) : writeLine(file, 240, 5);
        const std::string name = learner.toStdString();
        const Json settings = name == "network" || name == "linear" ? Json{{"epochs", 3}} : Json::object();
        const Trained first = train(name, file, 7, 1, settings);
        QVERIFY2(first.problem.empty(), first.problem.c_str());
        const Trained again = train(name, file, 7, areThreadsFree ? 2 : 1, settings);
        QVERIFY2(again.problem.empty(), again.problem.c_str());
        QVERIFY(first.weights == again.weights);
        QVERIFY(first.answers.probabilities == again.answers.probabilities && first.answers.values == again.answers.values);
        QVERIFY(!first.answers.probabilities.empty() || !first.answers.values.empty());
        if (isRandom) {
            QVERIFY(first.weights != train(name, file, 8, 1, settings).weights);
        }
    }
};

QTEST_GUILESS_MAIN(TestSeeds)
#include "tst_seeds.moc"
