#include <QTest>

#include "app/runner/run_text.h"

using namespace ty;
using namespace ty::runner;

namespace {

RunEvent runEvent(const std::string& type, Json fields)
{
    RunEvent made;
    made.type = type;
    made.fields = std::move(fields);
    return made;
}

RunEvent epochEvent()
{
    return runEvent(
        "epoch", {{"epoch", 3}, {"training", {{"loss", 0.25}}}, {"validation", {{"loss", 0.3}, {"accuracy", 0.941}}},
                  {"isBest", true}, {"epochSeconds", 0.42}, {"etaSeconds", 7.2}});
}

/// Characters that take room: neither escape sequences nor what stands before a carriage return.
std::size_t visible(std::string text)
{
    for (std::size_t start = 0; (start = text.find("\033[")) != std::string::npos;) {
        text.erase(start, text.find_first_of("mK", start) - start + 1);
    }
    return text.size() - text.find_last_of('\r') - 1;
}

} // namespace

class TestRunText : public QObject {
    Q_OBJECT

private slots:
    void aPipeGetsALineAnEpochWithoutControlCodes();
    void aTerminalGetsABarWithEtaLossAndMetric();
    void theBarFitsEveryWidth();
    void coloursAreLeftAwayWhenRefused();
    void aWarningStandsOnALineOfItsOwn();
    void theEndTellsOutcomeAndMetrics();
};

void TestRunText::aPipeGetsALineAnEpochWithoutControlCodes()
{
    RunText text(0, false);
    (void)text.show(runEvent("plan", {{"learner", "network"}, {"epochs", 20}}));
    QCOMPARE(text.show(runEvent("step", {{"epoch", 2.5}, {"loss", 0.3}})), std::string());
    QCOMPARE(
        text.show(epochEvent()),
        std::string("epoch 3/20  training loss 0.25  validation loss 0.3, accuracy 0.941  (best)  0.4 s\n"));
}

void TestRunText::aTerminalGetsABarWithEtaLossAndMetric()
{
    RunText text(120, true);
    (void)text.show(runEvent("plan", {{"learner", "network"}, {"epochs", 6}}));
    (void)text.show(runEvent("step", {{"epoch", 2.9}, {"loss", 0.2}}));
    const std::string bar = text.show(epochEvent());
    for (const char* part : {"\r", "=", "50 %", "ETA 7.2 s", "loss 0.2", "accuracy 0.941"}) {
        QVERIFY2(bar.find(part) != std::string::npos, (bar + " lacks " + part).c_str());
    }
    QVERIFY(bar.find('\n') == std::string::npos);
}

void TestRunText::theBarFitsEveryWidth()
{
    for (int width = 12; width < 200; ++width) {
        RunText text(width, true);
        (void)text.show(runEvent("plan", {{"learner", "network"}, {"epochs", 6}}));
        (void)text.show(runEvent("step", {{"epoch", 2.9}, {"loss", 0.123456789}}));
        const std::string bar = text.show(epochEvent());
        QVERIFY2(visible(bar) < static_cast<std::size_t>(width), qPrintable(QString::number(width)));
        QVERIFY(bar.find('%') != std::string::npos);
    }
}

void TestRunText::coloursAreLeftAwayWhenRefused()
{
    RunText text(100, false);
    (void)text.show(runEvent("plan", {{"epochs", 6}}));
    QVERIFY(text.show(epochEvent()).find("\033[32m") == std::string::npos);
    QVERIFY(text.show(runEvent("warning", {{"text", "odd"}})).find("\033[33m") == std::string::npos);
}

void TestRunText::aWarningStandsOnALineOfItsOwn()
{
    RunText text(100, false);
    (void)text.show(runEvent("plan", {{"epochs", 6}}));
    (void)text.show(epochEvent());
    QCOMPARE(
        text.show(runEvent("warning", {{"text", "loss became NaN"}, {"advice", "Lower the rate."}})),
        std::string("\r\033[Kwarning: loss became NaN Lower the rate.\n"));
}

void TestRunText::theEndTellsOutcomeAndMetrics()
{
    RunText text(0, false);
    const std::string end = text.show(runEvent(
        "finished", {{"outcome", "early-stop"}, {"epochs", 9}, {"seconds", 75}, {"bestEpoch", 4},
                     {"metrics", {{"validation", {{"accuracy", 0.97}}}, {"test", nullptr}}}}));
    QCOMPARE(
        end, std::string("finished early: no more gain after 9 epochs in 1 min 15 s; best epoch 4\n"
                         "  validation: accuracy 0.97\n"));
}

QTEST_GUILESS_MAIN(TestRunText)
#include "tst_run_text.moc"
