#include <QTest>

#include <string>

#include "engine/learn/fit_plan.h"
#include "engine/learn/network_table.h"

using namespace ty::engine;

class TestFitPlan : public QObject {
    Q_OBJECT

    static FitPlan planOf(const ty::Json& settings, const FitFacts& facts)
    {
        const auto complete = makeNetworkTable().complete(settings);
        const auto plan = planFit(complete.value(), facts);
        return plan.value();
    }
    static FitFacts tableOf(std::uint64_t samples)
    {
        FitFacts facts;
        facts.trainingSamples = samples;
        facts.hasValidation = true;
        facts.threads = 2;
        return facts;
    }

    static ty::Error errorOf(const ty::Json& settings, const FitFacts& facts)
    {
        const auto complete = makeNetworkTable().complete(settings);
        const auto plan = planFit(complete.value(), facts);
        return plan ? ty::Error{} : plan.error();
    }
    static bool has(const std::string& text, const char* word) { return text.find(word) != std::string::npos; }

private slots:
    void tinyTablesGetEnoughUpdates()
    {
        for (const std::uint64_t samples : {std::uint64_t{1}, std::uint64_t{5}, std::uint64_t{96}, std::uint64_t{1000}}) {
            const auto plan = planOf(ty::Json::object(), tableOf(samples));
            QVERIFY(plan.options.batchSize <= samples);
            const auto stepsPerPass = (samples + plan.options.batchSize - 1) / plan.options.batchSize;
            QVERIFY(stepsPerPass * plan.options.repeats >= 50);
        }
    }

    void largeTablesPassOnceAnEpoch()
    {
        const auto plan = planOf(ty::Json::object(), tableOf(1'000'000));
        QCOMPARE(plan.options.repeats, std::size_t{1});
        QVERIFY(plan.options.batchSize >= 256);
    }

    void largePicturesGetSmallBatches()
    {
        FitFacts facts = tableOf(100'000);
        facts.kind = DataKind::Image;
        facts.activationBytes = std::uint64_t{100} << 20;
        const auto plan = planOf(ty::Json::object(), facts);
        QVERIFY(plan.options.batchSize <= 10);
        QVERIFY(plan.options.evaluationBatch <= 10);
    }

    void chosenValuesAreShownAndGivenOnesKept()
    {
        const auto plan = planOf({{"learningRate", 0.25}, {"batchSize", 7}}, tableOf(500));
        QCOMPARE(plan.settings["learningRate"].get<double>(), 0.25);
        QCOMPARE(plan.options.schedule.peak, 0.25);
        QCOMPARE(plan.settings["batchSize"].get<int>(), 7);
        QVERIFY(plan.settings["repeats"].is_number());
        QVERIFY(plan.settings["workers"].is_number());
    }

    void theAutomaticDecayFollowsTheOptimizerAndTheRows()
    {
        const auto decayOf = [](const char* optimizer, const FitFacts& facts) {
            const auto plan = planOf({{"optimizer", optimizer}}, facts);
            return plan.setup.weightDecay == plan.settings["weightDecay"].get<double>() ? plan.setup.weightDecay : -1.0;
        };
        QCOMPARE(decayOf("adamw", tableOf(80)), 3.0);
        QCOMPARE(decayOf("adamw", tableOf(1000)), 0.24);
        QCOMPARE(decayOf("adamw", tableOf(1'000'000)), 0.01);
        // What AdamW bears would pull the weights of the others to nothing: they take it for a part of the gradient.
        for (const char* optimizer : {"sgd", "nesterov", "adam", "rmsprop", "adagrad"}) {
            QCOMPARE(decayOf(optimizer, tableOf(80)), 0.001);
            QCOMPARE(decayOf(optimizer, tableOf(1'000'000)), 0.0001);
        }
        FitFacts values = tableOf(400);
        values.task = Task::Regression;
        QCOMPARE(decayOf("adamw", values), 2.0);
        QCOMPARE(decayOf("sgd", values), 0.01);
        FitFacts pictures = tableOf(80);
        pictures.kind = DataKind::Image;
        FitFacts words = tableOf(80);
        words.areWords = true;
        FitFacts linear = tableOf(80);
        linear.isLinear = true;
        FitFacts given = tableOf(80);
        given.isGiven = true;
        for (const FitFacts& facts : {pictures, words, linear, given}) {
            QCOMPARE(decayOf("adamw", facts), 0.01);
            QCOMPARE(decayOf("sgd", facts), 0.0001);
        }
        QCOMPARE(planOf({{"optimizer", "sgd"}, {"weightDecay", 0.5}}, tableOf(80)).setup.weightDecay, 0.5);
    }

    void theAutomaticRateFollowsTheBatchAndTheKindOfData()
    {
        const auto rateOf = [](FitFacts facts, int batch, const char* optimizer = "adamw") {
            facts.trainingSamples = 100'000;
            return planOf({{"optimizer", optimizer}, {"batchSize", batch}}, facts).options.schedule.peak;
        };
        QCOMPARE(rateOf(tableOf(1), 16), 6e-3);
        QCOMPARE(rateOf(tableOf(1), 256), 1e-2);
        QCOMPARE(rateOf(tableOf(1), 16, "sgd"), 0.05);
        FitFacts pictures = tableOf(1);
        pictures.kind = DataKind::Image;
        QCOMPARE(rateOf(pictures, 64), 2e-3);
        FitFacts words = tableOf(1);
        words.areWords = true;
        FitFacts given = tableOf(1);
        given.isGiven = true;
        QCOMPARE(rateOf(words, 64), 3e-3);
        QCOMPARE(rateOf(given, 1024), 5e-3);
        // Dense layers bear the same, whoever has chosen them.
        given.isDense = true;
        QCOMPARE(rateOf(given, 16), 6e-3);
        QCOMPARE(rateOf(tableOf(1), 16, "adagrad"), 0.1);
        QCOMPARE(rateOf(pictures, 64, "adagrad"), 0.03);
    }

    void rmsPropForgetsAsItsLectureSays()
    {
        QCOMPARE(planOf({{"optimizer", "rmsprop"}}, tableOf(80)).setup.beta2, 0.9);
        QCOMPARE(planOf({{"optimizer", "adam"}}, tableOf(80)).setup.beta2, 0.999);
    }

    void patienceNeedsValidationAndTheSwitch()
    {
        QCOMPARE(planOf(ty::Json::object(), tableOf(100)).options.patience, 5);
        QCOMPARE(planOf({{"earlyStop", false}}, tableOf(100)).options.patience, 0);
        FitFacts facts = tableOf(100);
        facts.hasValidation = false;
        QCOMPARE(planOf(ty::Json::object(), facts).options.patience, 0);
    }

    void listedWeightsBelongToTheirClasses_data()
    {
        QTest::addColumn<QString>("list");
        QTest::addColumn<QList<double>>("expected"); // empty: refused
        QTest::addColumn<QString>("word");
        QTest::newRow("one") << "b: 2" << QList<double>{1, 2, 1, 1, 1, 1} << "";
        QTest::newRow("in any order, spaces and commas") << " c:0.5 ,, a : 3 ," << QList<double>{3, 1, 0.5, 1, 1, 1} << "";
        QTest::newRow("a name with a comma and a colon") << "\"yes, sir: now\": 4e1, a: 2" << QList<double>{2, 1, 1, 40, 1, 1} << "";
        QTest::newRow("nothing") << " , " << QList<double>{} << "no class is named";
        QTest::newRow("no weight") << "a" << QList<double>{} << "\"a\"";
        QTest::newRow("no number") << "a: much" << QList<double>{} << "\"a: much\"";
        QTest::newRow("more than a number") << "a: 2x" << QList<double>{} << "\"a: 2x\"";
        QTest::newRow("no name") << ": 2" << QList<double>{} << "\": 2\"";
        QTest::newRow("an unknown class") << "a: 2, d: 3" << QList<double>{} << "no class \"d\"; its classes are a, b, c";
        QTest::newRow("twice") << "a: 2, a: 3" << QList<double>{} << "\"a\" is named twice";
        QTest::newRow("a name of inches") << "5\" pipe: 2, b: 3" << QList<double>{1, 3, 1, 1, 2, 1} << "";
        QTest::newRow("a name without letters") << "\"\": 2, b: 3" << QList<double>{1, 3, 1, 1, 1, 2} << "";
        for (const char* number : {"0", "-1", "nan", "inf", "1e7", "1e-46"}) {
            QTest::addRow("a weight of %s", number) << QString("a: %1").arg(number) << QList<double>{} << "between a millionth and";
        }
        QTest::newRow("an open quote") << "\"a: 2, b: 3" << QList<double>{} << "no class \"\"a: 2, b\"";
    }
    void listedWeightsBelongToTheirClasses()
    {
        QFETCH(QString, list);
        QFETCH(QList<double>, expected);
        QFETCH(QString, word);
        FitFacts facts = tableOf(100);
        facts.classSamples = {40, 30, 20, 10, 5, 5};
        facts.classes = {"a", "b", "c", "yes, sir: now", "5\" pipe", ""};
        const ty::Json settings{{"classWeights", "list"}, {"classWeightList", list.toStdString()}};
        if (expected.isEmpty()) {
            const auto error = errorOf(settings, facts);
            QVERIFY2(has(error.message, "classWeightList") && has(error.message, qPrintable(word)), error.message.c_str());
            QVERIFY(has(error.advice, "a: 2"));
            return;
        }
        const auto weights = planOf(settings, facts).setup.classWeights;
        QCOMPARE((QList<double>(weights.begin(), weights.end())), expected);
        QVERIFY(planOf({{"classWeightList", list.toStdString()}}, facts).setup.classWeights.empty());
    }

    void namesAreListedAsAListHasThem()
    {
        FitFacts facts = tableOf(100);
        facts.classSamples = {40, 30, 20, 10};
        facts.classes = {"say \"hi\", ok", "\"q\"", "a, b", "q"};
        const auto weightsOf = [&](const char* list) {
            const auto weights = planOf({{"classWeights", "list"}, {"classWeightList", list}}, facts).setup.classWeights;
            return QList<double>(weights.begin(), weights.end());
        };
        const auto error = errorOf({{"classWeights", "list"}, {"classWeightList", "r: 2"}}, facts);
        QVERIFY2(
            has(error.message, "no class \"r\"; its classes are \"say \"\"hi\"\", ok\", \"\"\"q\"\"\", \"a, b\", q"), error.message.c_str());
        QVERIFY2(has(error.advice, "Write for example \"say \"\"hi\"\", ok\": 2"), error.advice.c_str());
        QCOMPARE(weightsOf("\"say \"\"hi\"\", ok\": 2, \"a, b\": 3"), (QList<double>{2, 1, 3, 1}));
        QCOMPARE(weightsOf("\"\"\"q\"\"\": 4, q: 5"), (QList<double>{1, 4, 1, 5}));
        QCOMPARE(weightsOf("\"q\": 6"), (QList<double>{1, 6, 1, 1})); // as it stands in the data
    }

    void balancedWeightsMakeClassesEqual()
    {
        FitFacts facts = tableOf(100);
        facts.classSamples = {90, 10, 0};
        const auto plan = planOf({{"classWeights", "balanced"}}, facts);
        QCOMPARE(plan.setup.classWeights.size(), std::size_t{3});
        QCOMPARE(plan.setup.classWeights[0] * 90, plan.setup.classWeights[1] * 10);
        QCOMPARE(plan.setup.classWeights[2], 0.0F);
        QVERIFY(planOf(ty::Json::object(), facts).setup.classWeights.empty());
    }

    void mixingMakesSharesOfClassesAndIsForPicturesAlone()
    {
        FitFacts facts = tableOf(100);
        facts.classSamples = {40, 60};
        QVERIFY(planOf({{"augmentMixup", true}}, facts).options.mixup.isOff());
        facts.kind = DataKind::Image;
        const auto plan = planOf({{"augmentMixup", true}}, facts);
        QVERIFY(plan.setup.hasTargetShares && plan.options.mixup.classes == 2);
        const auto binary = planOf({{"augmentMixup", true}, {"loss", "binaryCrossEntropy"}}, facts);
        QVERIFY(!binary.setup.hasTargetShares && !binary.options.mixup.isOff() && binary.options.mixup.classes == 0);
        QVERIFY(!planOf(ty::Json::object(), facts).setup.hasTargetShares);
        QVERIFY(planOf({{"augmentColour", true}}, facts).options.augmentation.colour > 0);
    }

    void theAutomaticBatchFitsTheMemory_data()
    {
        QTest::addColumn<qulonglong>("memory");
        QTest::addColumn<qulonglong>("activations");
        QTest::addColumn<qulonglong>("weights");
        constexpr qulonglong kMebi = 1 << 20;
        for (const qulonglong memory : {256 * kMebi, 1024 * kMebi, 16384 * kMebi}) {
            for (const qulonglong activations : {kMebi / 100, kMebi, 60 * kMebi}) {
                for (const qulonglong weights : {kMebi, 98 * kMebi}) {
                    QTest::addRow("%llu MiB, %llu B, %llu B", memory / kMebi, activations, weights)
                        << memory << activations << weights;
                }
            }
        }
    }
    void theAutomaticBatchFitsTheMemory()
    {
        QFETCH(qulonglong, memory);
        QFETCH(qulonglong, activations);
        QFETCH(qulonglong, weights);
        FitFacts facts = tableOf(60'000);
        facts.kind = DataKind::Image;
        facts.memoryBytes = memory;
        facts.activationBytes = activations;
        facts.parameterBytes = weights;
        const auto plan = planOf(ty::Json::object(), facts);
        const std::uint64_t batch = plan.options.batchSize;
        QVERIFY(batch >= 1);
        // Weights, gradients, two numbers for the optimizer, three for a checkpoint; of the rest a quarter for what layers give.
        QVERIFY(batch == 1 || 7 * weights + 4 * batch * activations <= memory);
        QVERIFY(plan.options.evaluationBatch == 1 || plan.options.evaluationBatch * activations <= memory / 8);
        facts.memoryBytes = std::uint64_t{1} << 50;
        QVERIFY(planOf(ty::Json::object(), facts).options.batchSize >= batch);
        // What the person says counts.
        facts.memoryBytes = memory;
        QCOMPARE(planOf({{"batchSize", 777}}, facts).options.batchSize, std::size_t{777});
    }

    void optimizersAndPenaltiesReachTheSetup()
    {
        const auto setupOf = [](const ty::Json& settings) { return planOf(settings, tableOf(500)).setup; };
        QVERIFY(setupOf({{"optimizer", "nesterov"}}).optimizer == OptimizerKind::Sgd);
        QVERIFY(setupOf({{"optimizer", "nesterov"}}).isNesterov && !setupOf({{"optimizer", "sgd"}}).isNesterov);
        QVERIFY(setupOf({{"optimizer", "adagrad"}}).optimizer == OptimizerKind::Adagrad);
        QCOMPARE(setupOf({{"l1", 0.003}}).l1, 0.003);
        QCOMPARE(setupOf({{"clipValue", 0.5}}).clipValue, 0.5);
        // Nothing is penalised or clipped by value that was not asked for.
        QCOMPARE(setupOf(ty::Json::object()).l1, 0.0);
        QCOMPARE(setupOf(ty::Json::object()).clipValue, 0.0);
    }

    void lossesBelongToTasks_data()
    {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<bool>("isForClasses");
        QTest::addColumn<bool>("isForTwo");
        QTest::newRow("crossEntropy") << "crossEntropy" << true << false;
        QTest::newRow("binaryCrossEntropy") << "binaryCrossEntropy" << true << true;
        QTest::newRow("hinge") << "hinge" << true << true;
        QTest::newRow("squared") << "squared" << false << false;
        QTest::newRow("absolute") << "absolute" << false << false;
        QTest::newRow("huber") << "huber" << false << false;
    }
    void lossesBelongToTasks()
    {
        QFETCH(QString, loss);
        QFETCH(bool, isForClasses);
        QFETCH(bool, isForTwo);
        const ty::Json settings{{"loss", loss.toStdString()}};
        QCOMPARE(chosenLoss(settings, Task::Regression, 0).isOk(), !isForClasses);
        QCOMPARE(chosenLoss(settings, Task::Classification, 2).isOk(), isForClasses);
        QCOMPARE(chosenLoss(settings, Task::Classification, 3).isOk(), isForClasses && !isForTwo);
        const auto refused = chosenLoss(settings, isForClasses ? Task::Regression : Task::Classification, 3);
        QVERIFY(has(refused.error().message, loss.toUtf8().constData()) && !refused.error().advice.empty());
    }

    void theAutomaticLossFollowsTheTask()
    {
        FitFacts facts = tableOf(100);
        facts.classSamples = {50, 50};
        QVERIFY(planOf(ty::Json::object(), facts).setup.loss == LossKind::SoftmaxCrossEntropy);
        QCOMPARE(planOf(ty::Json::object(), facts).settings["loss"].get<std::string>(), std::string("crossEntropy"));
        facts.task = Task::Regression;
        QVERIFY(planOf(ty::Json::object(), facts).setup.loss == LossKind::MeanSquaredError);
        QCOMPARE(planOf(ty::Json::object(), facts).settings["loss"].get<std::string>(), std::string("squared"));
    }

    void settingsThatALossDoesNotKnowAreRefused()
    {
        FitFacts facts = tableOf(100);
        facts.classSamples = {90, 10};
        FitFacts pictures = facts;
        pictures.kind = DataKind::Image;
        QVERIFY(has(errorOf({{"loss", "hinge"}, {"classWeights", "balanced"}}, facts).message, "classWeights"));
        QVERIFY(has(errorOf({{"loss", "hinge"}, {"augmentMixup", true}}, pictures).message, "augmentMixup"));
        QCOMPARE(planOf({{"loss", "binaryCrossEntropy"}, {"classWeights", "balanced"}}, facts).setup.classWeights.size(), std::size_t{2});
        QVERIFY(has(errorOf({{"loss", "hinge"}, {"labelSmoothing", 0.1}}, facts).message, "labelSmoothing"));
        QCOMPARE(planOf({{"loss", "binaryCrossEntropy"}, {"labelSmoothing", 0.1}}, facts).setup.labelSmoothing, 0.1);
    }

    void stepsAreReadAsPartsAndFactors_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<double>>("expected");
        const QList<double> usual{0.5, 0.1, 0.75, 0.2};
        QTest::newRow("percent") << "50%: 0.1, 75%: 0.2" << usual;
        QTest::newRow("parts") << "0.5:0.1,0.75:0.2" << usual;
        QTest::newRow("spaces") << "  50 % : 0.1 ,, 75%:0.2 , " << QList<double>{};
        QTest::newRow("spaces before numbers") << " 50%:  0.1 ,, 75%: 0.2 , " << usual;
        QTest::newRow("one") << "30%:0.5" << QList<double>{0.3, 0.5};
        for (const char* wrong : {"", "50%", "50%: ", "50%: 2", "50%: 0", "100%: 0.1", "-1: 0.1", "50: 0.1", "a: b", "50%: nan",
                                  "nan: 0.1", " , "}) {
            QTest::addRow("wrong \"%s\"", wrong) << wrong << QList<double>{};
        }
    }
    void stepsAreReadAsPartsAndFactors()
    {
        QFETCH(QString, text);
        QFETCH(QList<double>, expected);
        const ty::Json settings{{"schedule", "stepList"}, {"steps", text.toStdString()}};
        if (expected.isEmpty()) {
            QVERIFY2(has(errorOf(settings, tableOf(100)).message, "steps"), qPrintable(text));
            return;
        }
        const auto falls = planOf(settings, tableOf(100)).options.schedule.falls;
        QCOMPARE(falls.size(), static_cast<std::size_t>(expected.size() / 2));
        for (std::size_t i = 0; i < falls.size(); ++i) {
            QCOMPARE(falls[i].after, expected[static_cast<int>(2 * i)]);
            QCOMPARE(falls[i].factor, expected[static_cast<int>(2 * i + 1)]);
        }
    }

    void plateauSettingsReachTheScheduleAndNeedValidation()
    {
        const ty::Json settings{{"schedule", "plateau"}, {"plateauFactor", 0.3}, {"plateauPatience", 4}};
        const auto schedule = planOf(settings, tableOf(100)).options.schedule;
        QVERIFY(schedule.kind == ScheduleKind::Plateau);
        QCOMPARE(schedule.plateau.factor, 0.3);
        QCOMPARE(schedule.plateau.patience, 4);
        FitFacts facts = tableOf(100);
        facts.hasValidation = false;
        QVERIFY(has(errorOf(settings, facts).message, "plateau"));
    }
};

QTEST_GUILESS_MAIN(TestFitPlan)
#include "tst_fit_plan.moc"
