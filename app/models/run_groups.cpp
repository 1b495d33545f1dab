#include "app/models/run_groups.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <QCoreApplication>

#include "app/models/run_format.h"

namespace ty::app {

namespace {

constexpr auto kSettingPrefix = "setting:";

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ty::app::RunGroups)
};

struct KindName {
    Grouping::Kind kind;
    const char* key;
};
constexpr KindName kKinds[] = {
    {Grouping::Kind::AllButSeed, "seed"}, {Grouping::Kind::Dataset, "dataset"}, {Grouping::Kind::Learner, "learner"},
    {Grouping::Kind::Preset, "preset"},   {Grouping::Kind::Device, "device"}};

using Facts = std::vector<std::pair<std::string, std::string>>; ///< name and value

/// What puts a run into its group.
Facts factsOf(const catalog::RunRecord& run, const Grouping& grouping, const SettingValues& settings)
{
    const auto settingOf = [&run](const std::map<std::int64_t, std::string>& values) {
        const auto found = values.find(run.id);
        return found == values.end() ? std::string() : found->second;
    };
    switch (grouping.kind) {
    case Grouping::Kind::Dataset: return {{"dataset", run.dataset}};
    case Grouping::Kind::Learner: return {{"learner", run.learner}};
    case Grouping::Kind::Preset: return {{"preset", run.preset}};
    case Grouping::Kind::Device: return {{"device", run.device}};
    case Grouping::Kind::Setting: {
        const auto values = settings.find(grouping.setting);
        return {{grouping.setting, values == settings.end() ? std::string() : settingOf(values->second)}};
    }
    case Grouping::Kind::AllButSeed: break;
    }
    Facts facts{{"dataset", run.dataset}, {"learner", run.learner}, {"preset", run.preset}, {"from", run.parent}};
    for (const auto& [name, values] : settings) {
        facts.emplace_back(name, settingOf(values));
    }
    return facts;
}

/// A name that tells the groups apart: dataset and preset, and what else differs between any two of them.
QString nameOf(const Facts& facts, const std::map<std::string, std::set<std::string>>& valuesOf, bool areAllTold)
{
    QStringList words;
    for (const auto& [name, value] : facts) {
        const bool isNamedAlone = name == "dataset" || name == "preset" || name == "learner" || name == "device";
        const auto values = valuesOf.find(name);
        const bool isDifferent = values != valuesOf.end() && values->second.size() > 1;
        if (!areAllTold && (!isDifferent || value.empty()) && name != "dataset" && name != "preset") {
            continue;
        }
        const QString shown = value.empty() ? Text::tr("none") : QString::fromStdString(value);
        words << (isNamedAlone ? shown : Text::tr("%1 %2").arg(QString::fromStdString(name), shown));
    }
    return words.join(QStringLiteral(" · "));
}

} // namespace

QString Grouping::title() const
{
    switch (kind) {
    case Kind::AllButSeed: return Text::tr("All but seed");
    case Kind::Dataset: return Text::tr("Dataset");
    case Kind::Learner: return Text::tr("Learner");
    case Kind::Preset: return Text::tr("Preset");
    case Kind::Device: return Text::tr("Where");
    case Kind::Setting: break;
    }
    return QString::fromStdString(setting);
}

std::string Grouping::key() const
{
    for (const KindName& one : kKinds) {
        if (one.kind == kind) {
            return one.key;
        }
    }
    return kSettingPrefix + setting;
}

Grouping Grouping::fromKey(const std::string& key)
{
    for (const KindName& one : kKinds) {
        if (key == one.key) {
            return {one.kind, {}};
        }
    }
    const std::string prefix = kSettingPrefix;
    return key.starts_with(prefix) ? Grouping{Kind::Setting, key.substr(prefix.size())} : Grouping{};
}

Spread Spread::of(const std::vector<double>& values)
{
    Spread spread;
    double sum = 0;
    for (const double value : values) {
        if (std::isfinite(value)) {
            ++spread.count;
            sum += value;
        }
    }
    if (spread.count == 0) {
        return spread;
    }
    spread.mean = sum / spread.count;
    if (spread.count > 1) {
        double squares = 0;
        for (const double value : values) {
            squares += std::isfinite(value) ? (value - spread.mean) * (value - spread.mean) : 0;
        }
        spread.deviation = std::sqrt(squares / (spread.count - 1));
    }
    return spread;
}

QString Spread::text() const
{
    if (count == 0) {
        return QStringLiteral("-");
    }
    return std::isfinite(deviation) ? Text::tr("%1 ± %2").arg(metricText(mean), metricText(deviation)) : metricText(mean);
}

std::vector<RunGroup> groupRuns(
    const std::vector<catalog::RunRecord>& runs, const Grouping& grouping, const SettingValues& settings)
{
    std::map<Facts, std::vector<const catalog::RunRecord*>> members;
    // By dataset: other data brings other automatic settings, and its name tells that already.
    std::map<std::string, std::map<std::string, std::set<std::string>>> valuesOf;
    for (const catalog::RunRecord& run : runs) {
        Facts facts = factsOf(run, grouping, settings);
        for (const auto& [name, value] : facts) {
            if (!value.empty()) { // a run that failed early has none
                valuesOf[run.dataset][name].insert(value);
            }
        }
        members[std::move(facts)].push_back(&run);
    }
    std::vector<RunGroup> groups;
    for (const auto& [facts, group] : members) {
        RunGroup made;
        made.name = nameOf(facts, valuesOf[group.front()->dataset], grouping.kind != Grouping::Kind::AllButSeed);
        std::set<std::string> metrics; // a run that has not begun has none
        for (const catalog::RunRecord* run : group) {
            if (!run->metric.empty()) {
                metrics.insert(run->metric);
            }
        }
        const auto spreadOf = [&group](const auto& valueOf) {
            std::vector<double> values;
            for (const catalog::RunRecord* run : group) {
                values.push_back(valueOf(*run));
            }
            return Spread::of(values);
        };
        for (const catalog::RunRecord* run : group) {
            made.runs.push_back(run->id);
        }
        if (metrics.size() == 1) { // accuracy and an error have no mean
            made.metric = QString::fromStdString(*metrics.begin());
            made.best = spreadOf([](const auto& run) { return run.best; });
            made.last = spreadOf([](const auto& run) { return run.last; });
        }
        made.seconds = spreadOf([](const auto& run) { return run.seconds; });
        made.epochs = spreadOf([](const auto& run) { return static_cast<double>(run.epochsDone); });
        groups.push_back(std::move(made));
    }
    std::stable_sort(groups.begin(), groups.end(), [](const RunGroup& a, const RunGroup& b) {
        return a.runs.size() > b.runs.size();
    });
    return groups;
}

} // namespace ty::app
