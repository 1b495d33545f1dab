#include "app/pages/chart_panels.h"

#include <algorithm>

#include <QCoreApplication>

namespace ty::app {

using widgets::Better;
using widgets::XKind;

namespace {

constexpr double kBytesInMiB = 1024.0 * 1024.0; // most runs take less than one GiB

struct PanelText {
    Q_DECLARE_TR_FUNCTIONS(ty::app::ChartPanel)
};

} // namespace

bool ChartPanelKind::has(const std::string& metric) const
{
    return std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
}

const std::vector<ChartPanelKind>& chartPanelKinds()
{
    static const std::vector<ChartPanelKind> kKinds{
        {"loss", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Loss"), "", {"training/loss", "validation/loss"},
         XKind::Epoch, Better::Lower, 0, 1},
        {"accuracy", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Accuracy"), "",
         {"training/accuracy", "validation/accuracy"}, XKind::Epoch, Better::Higher, 0, 1},
        {"perplexity", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Perplexity"), "",
         {"training/perplexity", "validation/perplexity"}, XKind::Epoch, Better::Lower, 0, 1},
        {"mse", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Squared error of a pixel"), "",
         {"training/mse", "validation/mse"}, XKind::Epoch, Better::Lower, 0, 1},
        {"mae", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Mean absolute error"), "",
         {"training/mae", "validation/mae"}, XKind::Epoch, Better::Lower, 0, 1},
        {"r2", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "R²"), "", {"training/r2", "validation/r2"}, XKind::Epoch,
         Better::Higher, 0, 1},
        {"silhouette", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Silhouette"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "1: groups far apart"), {"training/silhouette", "validation/silhouette"}, XKind::Epoch,
         Better::Higher, 0, 1},
        {"unusual", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Share of unusual rows"), "",
         {"training/unusual_share", "validation/unusual_share"}, XKind::Epoch, Better::None, 0, 1},
        {"gap", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Duality gap"), "", {"step/gap"}, XKind::Step, Better::Lower, 0, 1, true},
        {"inertia", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Inertia"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "sum of squared distances"), {"step/inertia"}, XKind::Step, Better::Lower, 0, 1},
        {"likelihood", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Log-likelihood"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "mean of a row"), {"step/log_likelihood"}, XKind::Step, Better::Higher, 0, 1},
        {"objective", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Loss with penalty"), "", {"step/objective"}, XKind::Step, Better::Lower, 0, 1},
        {"change", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Largest change of a weight"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "share of the largest weight"), {"step/change"}, XKind::Step, Better::Lower, 0, 1, true},
        {"variance", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Variance not yet held"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "share, by components kept"), {"step/variance_left"}, XKind::Step, Better::Lower, 0, 1},
        {"divergence", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "KL divergence"), QT_TRANSLATE_NOOP("ty::app::ChartPanel", "nats"),
         {"step/kl_divergence"}, XKind::Step, Better::Lower, 0, 1},
        {"asked", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Rows asked"), "", {"step/rows_asked"}, XKind::Elapsed, Better::None, 0, 1},
        {"todo", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Rows still to do"), "", {"step/rows_to_do"}, XKind::Elapsed, Better::None, 0, 1},
        {"groups", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Groups left"), "", {"step/groups_left"}, XKind::Elapsed, Better::None, 0, 1, true},
        {"steps", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Loss of each step"), "", {"step/loss"}, XKind::Step,
         Better::None, 0.6, 1},
        {"rate", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Learning rate"), "", {"step/learningRate"}, XKind::Step,
         Better::None, 0, 1},
        {"speed", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Throughput"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "samples/s"), {"step/samplesPerSecond"}, XKind::Step, Better::None,
         0.6, 1},
        {"devices", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Devices"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "% busy"), {"system/cpuPercent"}, XKind::Step, Better::None, 0, 1},
        {"memory", QT_TRANSLATE_NOOP("ty::app::ChartPanel", "Memory"),
         QT_TRANSLATE_NOOP("ty::app::ChartPanel", "MiB"), {"system/residentBytes"}, XKind::Step, Better::None, 0,
         1 / kBytesInMiB},
    };
    return kKinds;
}

QString metricPartName(const std::string& metric)
{
    const std::string part = metric.substr(0, metric.find('/'));
    if (part == "training") {
        return PanelText::tr("training");
    }
    if (part == "validation") {
        return PanelText::tr("validation");
    }
    if (metric == "system/cpuPercent") {
        return PanelText::tr("processor");
    }
    if (metric == "system/residentBytes") {
        return PanelText::tr("training process");
    }
    return PanelText::tr("each step");
}

QString chartPanelTitle(const ChartPanelKind& kind)
{
    return PanelText::tr(kind.title);
}

QString chartPanelUnit(const ChartPanelKind& kind)
{
    return *kind.unit == 0 ? QString() : PanelText::tr(kind.unit);
}

} // namespace ty::app
