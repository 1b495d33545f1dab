#include <QTest>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/sequences/hidden_markov.h"
#include "engine/sequences/q_learning.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// The patient of Wikipedia's article on the Viterbi algorithm: healthy or feverish; feels normal, cold or dizzy.
HiddenMarkov patient()
{
    return {2, 3, {0.6, 0.4}, {0.7, 0.3, 0.4, 0.6}, {0.5, 0.4, 0.1, 0.1, 0.3, 0.6}, {}, {}};
}

Result<bool> goOn(double, const HiddenMarkovState&)
{
    return true;
}

/// Probability of a way through the states together with the sequence.
double wayOf(const HiddenMarkov& model, const std::vector<double>& sequence, const std::vector<std::size_t>& way)
{
    double product = model.starts[way[0]];
    for (std::size_t t = 0; t < way.size(); ++t) {
        product *= t == 0 ? 1 : model.steps[way[t - 1] * model.states + way[t]];
        product *= model.shows[way[t] * model.symbols + static_cast<std::size_t>(sequence[t])];
    }
    return product;
}

const std::string kRussellNorvig = "...G\n.#.P\nS...\n";

} // namespace

class TestChains : public QObject {
    Q_OBJECT

private slots:
    void thePatientsDaysAreThoseOfTheArticle()
    {
        const HiddenMarkov model = patient();
        const std::vector<double> days{0, 1, 2}; // normal, cold, dizzy
        double best = 0;
        QVERIFY((model.likeliestStates(days, &best) == std::vector<std::uint32_t>{0, 0, 1}));
        QVERIFY(std::abs(std::exp(best) - 0.01512) < 1e-12);
        QVERIFY(std::abs(std::exp(model.logLikelihood(days)) - 0.03628) < 1e-5); // by hand: the sum over all eight ways
    }

    void forwardAndBackwardAreTheSumOverAllWays()
    {
        const HiddenMarkov model = patient();
        const std::vector<double> sequence{2, 0, 1, 1, 2, 0};
        double all = 0;
        std::vector<double> ofStates(sequence.size() * 2);
        for (std::size_t bits = 0; bits < (std::size_t{1} << sequence.size()); ++bits) {
            std::vector<std::size_t> way;
            for (std::size_t t = 0; t < sequence.size(); ++t) {
                way.push_back(bits >> t & 1U);
            }
            const double probability = wayOf(model, sequence, way);
            all += probability;
            for (std::size_t t = 0; t < way.size(); ++t) {
                ofStates[t * 2 + way[t]] += probability;
            }
        }
        QVERIFY(std::abs(model.logLikelihood(sequence) - std::log(all)) < 1e-12);
        const auto given = model.stateProbabilities(sequence);
        for (std::size_t i = 0; i < given.size(); ++i) {
            QVERIFY(std::abs(given[i] - ofStates[i] / all) < 1e-12);
        }
    }

    void aPassOfLearningCountsWhatAllWaysExpect()
    {
        const HiddenMarkov model = patient();
        const std::vector<double> sequence{0, 2, 1, 0};
        std::vector<double> steps(4);
        double all = 0;
        for (std::size_t bits = 0; bits < 16; ++bits) {
            const std::vector<std::size_t> way{bits & 1U, bits >> 1 & 1U, bits >> 2 & 1U, bits >> 3 & 1U};
            const double probability = wayOf(model, sequence, way);
            all += probability;
            for (std::size_t t = 1; t < way.size(); ++t) {
                steps[way[t - 1] * 2 + way[t]] += probability;
            }
        }
        double likelihood = 0;
        const HiddenMarkov next = improve(model, {sequence}, 0, likelihood);
        QVERIFY(std::abs(likelihood - std::log(all)) < 1e-12);
        for (std::size_t s = 0; s < 2; ++s) {
            QVERIFY(std::abs(next.steps[s * 2] - steps[s * 2] / (steps[s * 2] + steps[s * 2 + 1])) < 1e-12);
        }
        QVERIFY(next.logLikelihood(sequence) > likelihood);
    }

    void levelsOfANoisySignalAreFoundAgain()
    {
        Random random(4);
        std::vector<double> signal;
        std::vector<std::uint32_t> levels;
        std::uint32_t level = 0;
        const double means[] = {0, 3, 8};
        for (int t = 0; t < 3000; ++t) {
            level = random.uniform() < 0.05 ? static_cast<std::uint32_t>(random.below(3)) : level;
            levels.push_back(level);
            signal.push_back(means[level] + 0.7 * random.normal());
        }
        HiddenMarkovSettings settings;
        settings.states = 3;
        double before = -1e300;
        int lastRestart = 0;
        const auto told = [&](double likelihood, const HiddenMarkovState& state) -> Result<bool> {
            const bool rises = state.restart != lastRestart || likelihood >= before - 1e-6;
            lastRestart = state.restart;
            before = likelihood;
            return rises ? Result<bool>(true) : Error{ErrorKind::Internal, "the likelihood fell", {}};
        };
        const auto made = fitHiddenMarkov({signal}, settings, told);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        std::vector<double> found = made.value().means;
        std::vector<std::size_t> order{0, 1, 2};
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return found[a] < found[b]; });
        for (std::size_t s = 0; s < 3; ++s) {
            QVERIFY(std::abs(found[order[s]] - means[s]) < 0.1);
            QVERIFY(std::abs(made.value().deviations[s] - 0.7) < 0.05);
        }
        const auto way = made.value().likeliestStates(signal);
        int right = 0;
        for (std::size_t t = 0; t < way.size(); ++t) {
            right += order[levels[t]] == way[t] ? 1 : 0;
        }
        QVERIFY(right > 2950);
        const auto again = fitHiddenMarkov({signal}, settings, goOn);
        QVERIFY(again.value().means == made.value().means);
    }

    void whatIsNoSequenceIsAnError()
    {
        HiddenMarkovSettings settings;
        settings.symbols = 2;
        QVERIFY(!fitHiddenMarkov({}, settings, goOn));
        QVERIFY(!fitHiddenMarkov({{}}, settings, goOn));
        QVERIFY(!fitHiddenMarkov({{0, 2}}, settings, goOn));
    }

    void aWorldsValuesAreThoseOfTheTextbook()
    {
        // Russell, Norvig, Artificial Intelligence, figure 17.3: its values include the reward of the square itself, -0.04.
        const auto world = GridWorld::read(kRussellNorvig, 0.2);
        QVERIFY2(world, world ? "" : world.error().message.c_str());
        const QTable table = bestMoves(world.value(), 1);
        const double expected[] = {0.812, 0.868, 0.918, 0, 0.762, 0, 0.660, 0, 0.705, 0.655, 0.611, 0.388};
        for (std::size_t at = 0; at < 12; ++at) {
            if (world.value().isFree(at) && !world.value().isEnd(at)) {
                QVERIFY2(std::abs(table.valueOf(at) - 0.04 - expected[at]) < 0.001, qPrintable(QString::number(at)));
            }
        }
    }

    void learningReachesTheBestMoves()
    {
        const auto world = GridWorld::read("S..#...\n.#.#.#.\n.#...#.\n...#..P\n.P.#..G\n");
        QVERIFY(world);
        QLearningSettings settings;
        settings.episodes = 8000;
        settings.rate = 0.5;
        settings.exploring = 0.9;
        const auto told = [](double, int, const QLearningState&) -> Result<bool> { return true; };
        const auto learned = learnMoves(world.value(), settings, told);
        QVERIFY(learned);
        const QTable best = bestMoves(world.value(), settings.discount);
        std::size_t at = world.value().start();
        for (int step = 0; !world.value().isEnd(at); ++step) {
            QVERIFY(step < 30);
            QVERIFY(std::abs(learned.value().valueOf(at) - best.valueOf(at)) < 1e-3);
            const auto move = static_cast<std::size_t>(learned.value().best(at));
            QVERIFY(best.values[at * GridWorld::kMoves + move] > best.valueOf(at) - 1e-9); // as good as the best move
            at = world.value().after(at, learned.value().best(at));
        }
        QCOMPARE(world.value().square(at), 'G');
        QVERIFY(learnMoves(world.value(), settings, told).value().values == learned.value().values);
    }

    void worldsThatAreNoneAreExplained()
    {
        QVERIFY(GridWorld::read("S.\n.X\n").error().message.find("line 2, column 2") != std::string::npos);
        QVERIFY(!GridWorld::read("S..\n.G\n"));
        QVERIFY(!GridWorld::read("...\n..G\n"));
    }
};

QTEST_GUILESS_MAIN(TestChains)
#include "tst_chains.moc"
