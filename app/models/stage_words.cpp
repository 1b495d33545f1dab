#include "app/models/stage_words.h"

#include <map>

#include <QCoreApplication>

#include "widgets/run_strip.h"

namespace ty::app {

namespace {

struct StageText {
    Q_DECLARE_TR_FUNCTIONS(ty::app::StageText)
};

} // namespace

std::string stageUnit(const std::string& learner)
{
    static const std::map<std::string, std::string> kUnits{
        {"forest", "trees"},      {"extra-trees", "trees"},     {"silas-like", "trees"},        {"tree", "trees"},
        {"isolation-forest", "trees"}, {"boost", "rounds"},          {"svm", "machines"},            {"k-means", "beginnings"},
        {"mixture", "passes"},    {"dbscan", "passes"},         {"hierarchical", "passes"},     {"neighbours", "passes"},
        {"logistic", "passes"},   {"least-squares", "passes"},  {"ridge", "passes"},            {"lasso", "passes"},
        {"pca", "passes"},        {"gaussian-bayes", "passes"}, {"bernoulli-bayes", "passes"},  {"multinomial-bayes", "passes"},
    };
    const auto found = kUnits.find(learner);
    return found == kUnits.end() ? std::string() : found->second;
}

QString stageName(const std::string& unit)
{
    return unit == "trees"      ? StageText::tr("Tree")
        : unit == "rounds"      ? StageText::tr("Round")
        : unit == "machines"    ? StageText::tr("Machine")
        : unit == "beginnings"  ? StageText::tr("Beginning")
        : unit == "passes"      ? StageText::tr("Pass")
                                : StageText::tr("Epoch");
}

QString stageCount(const std::string& unit, int count)
{
    return unit == "trees"      ? StageText::tr("%n tree(s)", nullptr, count)
        : unit == "rounds"      ? StageText::tr("%n round(s)", nullptr, count)
        : unit == "machines"    ? StageText::tr("%n machine(s)", nullptr, count)
        : unit == "beginnings"  ? StageText::tr("%n beginning(s)", nullptr, count)
        : unit == "passes"      ? StageText::tr("%n pass(es)", nullptr, count)
                                : StageText::tr("%n epoch(s)", nullptr, count);
}

void nameStages(widgets::RunStrip& strip, const std::string& learner)
{
    const std::string unit = stageUnit(learner);
    strip.setProperty("stageName", unit.empty() ? QString() : stageName(unit));
}

} // namespace ty::app
