// Networks over sequences on the processor: states carried over, targets of each step, numbers of a vocabulary.
#include <QTest>

#include <cmath>
#include <cstring>
#include <vector>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/random.h"

using namespace ty;
using namespace ty::engine;

namespace {

std::unique_ptr<TrainingSession> makeSession(const char* json, const TrainingSetup& setup = {})
{
    const auto model = ModelDescription::fromJson(Json::parse(json));
    static const auto backend = makeCpuBackend(2);
    auto session = backend->createSession(model.value(), setup, 3);
    return session ? std::move(session).value() : nullptr;
}

std::string carriedNetwork(int steps, bool isCarried)
{
    const Json lstm = {{"type", "lstm"}, {"name", "lstm"}, {"units", 6}, {"layers", 2}, {"output", "all"}, {"carryState", isCarried}};
    const Json dense = {{"type", "dense"}, {"name", "logits"}, {"units", 3}, {"over", "last"}};
    return Json{{"input", {steps, 4}}, {"layers", {lstm, dense}}}.dump();
}

std::vector<float> noise(std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values(count);
    for (float& value : values) {
        value = static_cast<float>(random.normal());
    }
    return values;
}

} // namespace

class TestSequences : public QObject {
    Q_OBJECT

private slots:
    void carriedStatesMakeOneLongSequence();
    void resumingKeepsCarriedStates();
    void eachStepIsASample();
    void numbersOutsideTheVocabularyAreRefused();
    void aCausalNetworkDoesNotSeeTheFuture();
    void wordsAreLearned();
};

void TestSequences::carriedStatesMakeOneLongSequence()
{
    const auto halves = makeSession(carriedNetwork(5, true).c_str());
    const auto whole = makeSession(carriedNetwork(10, false).c_str());
    QVERIFY(halves && whole);
    QVERIFY(whole->setParameters(halves->parameters()));
    const std::vector<float> inputs = noise(2 * 10 * 4, 1);
    std::vector<float> expected(2 * 10 * 3);
    QVERIFY(whole->predict(inputs, 2, expected));

    const auto half = [&](int which) {
        std::vector<float> part;
        for (int sample = 0; sample < 2; ++sample) {
            const auto begin = inputs.begin() + sample * 40 + which * 20;
            part.insert(part.end(), begin, begin + 20);
        }
        std::vector<float> outputs(2 * 5 * 3);
        return halves->predict(part, 2, outputs) ? outputs : std::vector<float>();
    };
    const auto first = half(0);
    const auto second = half(1);
    for (std::size_t i = 0; i < 15; ++i) {
        QVERIFY(std::abs(first[i] - expected[i]) < 1e-5F);
        QVERIFY(std::abs(second[i] - expected[15 + i]) < 1e-5F);
        QVERIFY(std::abs(second[15 + i] - expected[45 + i]) < 1e-5F);
    }
    halves->resetCarriedState();
    QVERIFY(half(0) == first);
}

void TestSequences::resumingKeepsCarriedStates()
{
    const auto session = makeSession(carriedNetwork(5, true).c_str());
    const auto targets = std::vector<float>{0, 1, 2, 1, 0, 2, 2, 1, 0, 1};
    for (std::uint64_t step = 0; step < 3; ++step) {
        QVERIFY(session->step(noise(40, step), targets, 0.01));
    }
    const auto resumed = makeSession(carriedNetwork(5, true).c_str());
    QVERIFY(resumed->step(noise(40, 77), targets, 0.01)); // states of its own, which must go
    QVERIFY(resumed->setParameters(session->parameters()));
    const auto restored = resumed->setOptimizerState(session->optimizerState(), session->optimizerCounters());
    QVERIFY2(restored, restored ? "" : restored.error().message.c_str());
    QCOMPARE(resumed->optimizerState().size(), session->optimizerState().size());
    for (std::uint64_t step = 3; step < 6; ++step) {
        QCOMPARE(resumed->step(noise(40, step), targets, 0.01)->loss, session->step(noise(40, step), targets, 0.01)->loss);
    }
}

void TestSequences::eachStepIsASample()
{
    const auto session = makeSession(carriedNetwork(5, false).c_str());
    const auto result = session->evaluate(noise(60, 1), std::vector<float>(15, 1.0F));
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QVERIFY(result->correct <= 15);
    QVERIFY(result->loss > 0);
    const auto odd = session->evaluate(noise(60, 1), std::vector<float>(14, 1.0F));
    QVERIFY(!odd);
    QVERIFY(odd.error().message.find("5 each") != std::string::npos);
}

void TestSequences::numbersOutsideTheVocabularyAreRefused()
{
    const auto session = makeSession(
        R"({"input":[3],"layers":[{"type":"embedding","vocabulary":7,"units":4},{"type":"dense","units":2}]})");
    QVERIFY(session->evaluate(std::vector<float>{0, 6, 3}, std::vector<float>{1}));
    for (const float wrong : {7.0F, -1.0F, 2.5F, std::nanf("")}) {
        const auto result = session->evaluate(std::vector<float>{0, wrong, 3}, std::vector<float>{1});
        QVERIFY(!result);
        QVERIFY(result.error().message.find("whole numbers from 0 to 6") != std::string::npos);
        std::vector<float> outputs(2);
        QVERIFY(!session->predict(std::vector<float>{0, wrong, 3}, 1, outputs));
    }
}

void TestSequences::aCausalNetworkDoesNotSeeTheFuture()
{
    const auto session = makeSession(
        R"({"input":[6,4],"layers":[{"type":"attention","heads":2,"causal":true},
            {"type":"dense","units":3,"over":"last"}]})");
    std::vector<float> inputs = noise(24, 1);
    std::vector<float> before(18);
    std::vector<float> after(18);
    QVERIFY(session->predict(inputs, 1, before));
    inputs[4 * 4] += 1; // the fifth step
    QVERIFY(session->predict(inputs, 1, after));
    QVERIFY(std::equal(before.begin(), before.begin() + 12, after.begin()));
    QVERIFY(!std::equal(before.begin() + 12, before.end(), after.begin() + 12));
}

void TestSequences::wordsAreLearned()
{
    // The class is the word that stands twice: a sum of words does not tell it from its neighbour.
    for (const char* layer :
         {R"({"type":"lstm","units":24})", R"({"type":"gru","units":24,"bidirectional":true})",
          R"({"type":"rnn","units":24})", R"({"type":"attention","heads":2})"}) {
        TrainingSetup setup;
        setup.optimizer = OptimizerKind::Adam;
        const auto session = makeSession(
            (std::string(R"({"input":[4],"layers":[{"type":"embedding","vocabulary":5,"units":12},)") + layer
             + R"(,{"type":"dense","units":5}]})")
                .c_str(),
            setup);
        QVERIFY(session);
        Random random(4);
        std::vector<float> inputs;
        std::vector<float> targets;
        for (int i = 0; i < 64; ++i) {
            const auto word = static_cast<float>(random.below(5));
            const auto first = static_cast<float>(random.below(5));
            inputs.insert(inputs.end(), {first, word, word, static_cast<float>(random.below(5))});
            targets.push_back(word);
        }
        double loss = 10;
        for (int step = 0; step < 250; ++step) {
            loss = session->step(inputs, targets, 0.01)->loss;
        }
        QVERIFY2(loss < 0.1, (std::string(layer) + " " + std::to_string(loss)).c_str());
    }
}

QTEST_GUILESS_MAIN(TestSequences)
#include "tst_sequences.moc"
