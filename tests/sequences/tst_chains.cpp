#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdint>
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

/// The sequences of ghmm_reference.c.
class SameNumbers {
public:
    explicit SameNumbers(std::uint32_t seed) : m_state(seed) {}
    std::uint32_t below(std::uint32_t bound)
    {
        m_state = m_state * 1664525U + 1013904223U;
        return (m_state >> 16U) % bound;
    }

private:
    std::uint32_t m_state;
};

constexpr std::size_t kReferenceLength = 200;

std::vector<double> referenceSymbols()
{
    SameNumbers random(20261122);
    std::vector<double> made;
    std::uint32_t level = 0;
    for (std::size_t t = 0; t < kReferenceLength; ++t) {
        level = random.below(10) < 8 ? level : random.below(4);
        made.push_back(random.below(10) < 7 ? level : random.below(4));
    }
    return made;
}

std::vector<double> referenceNumbers()
{
    SameNumbers random(4711);
    std::vector<double> made;
    std::uint32_t level = 0;
    for (std::size_t t = 0; t < kReferenceLength; ++t) {
        level = random.below(10) < 8 ? level : random.below(3);
        double noise = 0;
        for (int i = 0; i < 4; ++i) {
            noise += random.below(1000) / 1000.0 - 0.4995;
        }
        made.push_back(1.75 * (static_cast<double>(level) - 1) + noise);
    }
    return made;
}

/// Passes until nothing grows any more.
double settle(HiddenMarkov& model, const std::vector<double>& sequence)
{
    constexpr int kMostPasses = 5000;
    double before = -1e300;
    for (int pass = 0; pass < kMostPasses; ++pass) {
        double likelihood = 0;
        model = improve(model, {sequence}, 0, likelihood);
        if (likelihood - before <= 1e-14 * std::abs(likelihood)) {
            break;
        }
        before = likelihood;
    }
    return model.logLikelihood(sequence);
}

std::string wordsOf(const std::vector<std::uint32_t>& states)
{
    std::string text;
    for (const std::uint32_t state : states) {
        text += static_cast<char>('0' + state);
    }
    return text;
}

/// Settled values of two programs: where both have stopped, the likelihood is flat to its last digits and values to about this.
bool areNear(const std::vector<double>& a, const std::vector<double>& b, double apart = 1e-3)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [apart](double x, double y) { return std::abs(x - y) < apart; });
}

const std::vector<double> kReferenceStarts{0.5, 0.3, 0.2};
const std::vector<double> kReferenceSteps{0.8, 0.15, 0.05, 0.1, 0.7, 0.2, 0.25, 0.05, 0.7};

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

    // The numbers of the next two are those of GHMM, the General Hidden Markov Model library 0.9~rc3 (Debian libghmm-dev 0.9~rc3-4,
    // C functions ghmm_dmodel_* and ghmm_cmodel_*), made by ghmm_reference.c beside this file.
    void symbolsAreReadAsGhmmReadsThem()
    {
        HiddenMarkov model{
            3, 4, kReferenceStarts, kReferenceSteps, {0.6, 0.2, 0.1, 0.1, 0.1, 0.6, 0.2, 0.1, 0.05, 0.15, 0.3, 0.5}, {}, {}};
        const std::vector<double> symbols = referenceSymbols();
        QVERIFY(std::abs(model.logLikelihood(symbols) - -258.289849082109) < 1e-9);
        double way = 0;
        QCOMPARE(
            wordsOf(model.likeliestStates(symbols, &way)),
            std::string("00000000122222222222222222222222222221111111111111001111112000000000011111122222222222222222222222222222222222"
                        "222222222222222222222222222222000000000222222222201222222222222222200011111111111111111111"));
        QVERIFY(std::abs(way - -287.571085280854) < 1e-9);
        QVERIFY(std::abs(settle(model, symbols) - -193.8783447214) < 1e-6);
        QVERIFY(areNear(model.steps, {0.935643, 0.064357, 0, 0.026372, 0.914029, 0.059598, 0.037960, 0, 0.962040}));
        QVERIFY(areNear(
            model.shows,
            {0.323341, 0.488647, 0.046572, 0.141439, 0.063396, 0.120909, 0.787001, 0.028694, 0.042311, 0.062648, 0.034157, 0.860885}));
    }

    void numbersAreReadAsGhmmReadsThem()
    {
        HiddenMarkov model{3, 0, kReferenceStarts, kReferenceSteps, {}, {-1.5, 0.25, 2.0}, {0.6, 0.8, 1.1}};
        const std::vector<double> numbers = referenceNumbers();
        QVERIFY(std::abs(model.logLikelihood(numbers) - -307.523026266594) < 1e-9);
        double way = 0;
        QCOMPARE(
            wordsOf(model.likeliestStates(numbers, &way)),
            std::string("00000001110111000000000000222222000222200001111000000000002222222111101111111110111111111000001000001111111111"
                        "100002222222222000000000000022222222222222211111111111111122222222222200000000000002222220"));
        QVERIFY(std::abs(way - -318.918819335062) < 1e-9);
        QVERIFY(std::abs(settle(model, numbers) - -262.6835531954) < 1e-6);
        QVERIFY(areNear(model.steps, {0.828499, 0.094401, 0.077100, 0.146282, 0.833775, 0.019943, 0.083291, 0.036824, 0.879885}));
        QVERIFY(areNear(model.means, {-1.778100, 0.071079, 1.775365}));
        std::vector<double> variances;
        for (const double deviation : model.deviations) {
            variances.push_back(deviation * deviation);
        }
        QVERIFY(areNear(variances, {0.298265, 0.348827, 0.319982}));
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
