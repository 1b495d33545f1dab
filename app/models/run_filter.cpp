#include "app/models/run_filter.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <QCoreApplication>
#include <QRegularExpression>

#include "app/models/run_format.h"

namespace ty::app {

using catalog::RunRecord;

namespace {

const std::map<QString, std::string>& metricAliases()
{
    static const std::map<QString, std::string> kAliases{
        {QStringLiteral("acc"), "validation/accuracy"},
        {QStringLiteral("accuracy"), "validation/accuracy"},
        {QStringLiteral("loss"), "validation/loss"},
        {QStringLiteral("mae"), "validation/mae"},
        {QStringLiteral("rmse"), "validation/rmse"},
        {QStringLiteral("r2"), "validation/r2"},
        {QStringLiteral("mse"), "validation/mse"},
        {QStringLiteral("silhouette"), "validation/silhouette"},
        {QStringLiteral("perplexity"), "validation/perplexity"},
        {QStringLiteral("ppl"), "validation/perplexity"},
        {QStringLiteral("testacc"), "final/test/accuracy"},
        {QStringLiteral("testmae"), "final/test/mae"},
    };
    return kAliases;
}

const std::map<QString, std::string>& settingAliases()
{
    static const std::map<QString, std::string> kAliases{
        {QStringLiteral("lr"), "learningRate"},
        {QStringLiteral("batch"), "batchSize"},
        {QStringLiteral("bs"), "batchSize"},
        {QStringLiteral("wd"), "weightDecay"},
    };
    return kAliases;
}

std::optional<double> numberField(const std::string& key, const RunRecord& run)
{
    if (key == "best") {
        return run.best;
    }
    if (key == "last") {
        return run.last;
    }
    if (key == "gap") {
        return run.gap;
    }
    if (key == "epochs") {
        return run.epochsDone;
    }
    if (key == "duration" || key == "seconds") {
        return run.seconds;
    }
    if (key == "parameters" || key == "params") {
        return static_cast<double>(run.parameters);
    }
    if (key == "size") {
        return static_cast<double>(run.bytes);
    }
    if (key == "cost") {
        return run.costUsd;
    }
    if (key == "seed") {
        return static_cast<double>(run.seed);
    }
    return std::nullopt;
}

std::optional<QString> textField(const std::string& key, const RunRecord& run)
{
    if (key == "tag") {
        QStringList tags;
        for (const std::string& tag : run.tags) {
            tags << QString::fromStdString(tag);
        }
        return tags.join(QLatin1Char('\n'));
    }
    const std::string* text = key == "name"  ? &run.name
        : key == "dataset"                   ? &run.dataset
        : key == "preset"                    ? &run.preset
        : key == "learner"                   ? &run.learner
        : key == "task"                      ? &run.task
        : key == "where" || key == "device"  ? &run.device
        : key == "note"                      ? &run.notes
                                             : nullptr;
    if (text != nullptr) {
        return QString::fromStdString(*text);
    }
    if (key == "state") {
        return QLatin1String(catalog::runStateName(run.state));
    }
    return std::nullopt;
}

/// "10k", "2.5M", "3MiB", "90s", "5min" as a number.
std::optional<double> numberOf(const QString& text)
{
    static const QRegularExpression kForm(QStringLiteral("^([-+]?[0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]+)?)([a-zA-Z%]*)$"));
    static const std::map<QString, double> kUnits{
        {QString(), 1},
        {QStringLiteral("%"), 0.01},
        {QStringLiteral("k"), 1e3},
        {QStringLiteral("m"), 1e6},
        {QStringLiteral("kb"), 1e3},
        {QStringLiteral("mb"), 1e6},
        {QStringLiteral("gb"), 1e9},
        {QStringLiteral("kib"), 1024.0},
        {QStringLiteral("mib"), 1048576.0},
        {QStringLiteral("gib"), 1073741824.0},
        {QStringLiteral("s"), 1},
        {QStringLiteral("min"), 60},
        {QStringLiteral("h"), 3600},
    };
    const auto match = kForm.match(text);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    const auto unit = kUnits.find(match.captured(2).toLower());
    if (unit == kUnits.end()) {
        return std::nullopt;
    }
    return match.captured(1).replace(QLatin1Char(','), QLatin1Char('.')).toDouble() * unit->second;
}

Error notUnderstood(const QString& word, const QString& why)
{
    return {ErrorKind::InvalidInput,
            QCoreApplication::translate("RunFilter", "\"%1\": %2").arg(word, why).toStdString(),
            QCoreApplication::translate("RunFilter", "For example: acc>0.97 lr<0.01 tag:paper dataset:digits")
                .toStdString()};
}

} // namespace

Result<RunFilter> RunFilter::parse(const QString& text, const QStringList& settings)
{
    RunFilter filter;
    // Quotes keep words together: dataset:"my pictures".
    static const QRegularExpression kWord(QStringLiteral("(?:[^\\s\"]|\"[^\"]*\"?)+"));
    auto words = kWord.globalMatch(text);
    while (words.hasNext()) {
        TY_TRY(Term term, parseTerm(words.next().captured(0).remove(QLatin1Char('"')), settings));
        filter.m_terms.push_back(std::move(term));
    }
    return filter;
}

Result<RunFilter::Term> RunFilter::parseTerm(QString word, const QStringList& settings)
{
    const QString whole = word;
    Term term;
    if (word.size() > 1 && (word.startsWith(QLatin1Char('-')) || word.startsWith(QLatin1Char('!')))) {
        term.isNegated = true;
        word.remove(0, 1);
    }
    static const QRegularExpression kComparison(QStringLiteral("^([\\w./]+)(<=|>=|!=|=|<|>|:)(.+)$"));
    const auto match = kComparison.match(word);
    if (!match.hasMatch()) {
        term.text = word;
        return term;
    }
    const QString key = match.captured(1);
    const QString sign = match.captured(2);
    term.text = match.captured(3);
    static const std::map<QString, Compare> kSigns{
        {QStringLiteral("<"), Compare::Less},           {QStringLiteral("<="), Compare::LessOrEqual},
        {QStringLiteral("="), Compare::Equal},          {QStringLiteral(":"), Compare::Equal},
        {QStringLiteral("!="), Compare::NotEqual},      {QStringLiteral(">="), Compare::GreaterOrEqual},
        {QStringLiteral(">"), Compare::Greater},
    };
    term.compare = kSigns.at(sign);
    const bool isEquality = term.compare == Compare::Equal || term.compare == Compare::NotEqual;
    const std::string lowerKey = key.toLower().toStdString();
    const auto wanted = numberOf(term.text);
    term.number = wanted.value_or(0);

    if (textField(lowerKey, RunRecord{})) {
        if (!isEquality) {
            return notUnderstood(whole, QCoreApplication::translate("RunFilter", "a text cannot be larger or smaller"));
        }
        term.kind = Kind::Text;
        term.key = lowerKey;
        return term;
    }
    const auto alias = metricAliases().find(key.toLower());
    if (numberField(lowerKey, RunRecord{})) {
        term.kind = Kind::Number;
        term.key = lowerKey;
    } else if (alias != metricAliases().end() || key.contains(QLatin1Char('/'))) {
        term.kind = Kind::Metric;
        term.key = alias != metricAliases().end() ? alias->second : key.toStdString();
    } else {
        const auto shortName = settingAliases().find(key.toLower());
        const QString name = shortName != settingAliases().end() ? QString::fromStdString(shortName->second) : key;
        const auto known = std::find_if(settings.begin(), settings.end(), [&name](const QString& setting) {
            return setting.compare(name, Qt::CaseInsensitive) == 0;
        });
        if (known == settings.end() && shortName == settingAliases().end()) {
            return notUnderstood(
                whole, QCoreApplication::translate("RunFilter", "no column, metric or setting is called %1").arg(key));
        }
        term.kind = Kind::Setting;
        term.key = known != settings.end() ? known->toStdString() : shortName->second;
        if (isEquality) {
            return term;
        }
    }
    if (!wanted) {
        return notUnderstood(
            whole, QCoreApplication::translate("RunFilter", "%1 is not a number").arg(term.text));
    }
    return term;
}

std::vector<std::string> RunFilter::neededSettings() const
{
    std::vector<std::string> names;
    for (const Term& term : m_terms) {
        if (term.kind == Kind::Setting) {
            names.push_back(term.key);
        }
    }
    return names;
}

std::vector<std::string> RunFilter::neededMetrics() const
{
    std::vector<std::string> names;
    for (const Term& term : m_terms) {
        if (term.kind == Kind::Metric) {
            names.push_back(term.key);
        }
    }
    return names;
}

bool RunFilter::matches(const RunRecord& run, const RunFacts& facts) const
{
    return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term& term) {
        return holds(term, run, facts) != term.isNegated;
    });
}

bool RunFilter::holds(Compare compare, double value, double wanted)
{
    switch (compare) {
    case Compare::Less: return value < wanted;
    case Compare::LessOrEqual: return value <= wanted;
    case Compare::Equal: return std::abs(value - wanted) <= 1e-9 * std::max(1.0, std::abs(wanted));
    case Compare::NotEqual: return !(std::abs(value - wanted) <= 1e-9 * std::max(1.0, std::abs(wanted)));
    case Compare::GreaterOrEqual: return value >= wanted;
    case Compare::Greater: return value > wanted;
    }
    return false;
}

bool RunFilter::holds(const Term& term, const RunRecord& run, const RunFacts& facts)
{
    const auto contains = [&term](const std::string& text) {
        return QString::fromStdString(text).contains(term.text, Qt::CaseInsensitive);
    };
    switch (term.kind) {
    case Kind::Words:
        return contains(run.name) || contains(run.dataset) || contains(run.notes)
            || std::any_of(run.tags.begin(), run.tags.end(), contains);
    case Kind::Text: {
        const bool isIn = textField(term.key, run)->contains(term.text, Qt::CaseInsensitive);
        return isIn == (term.compare == Compare::Equal);
    }
    case Kind::Number: {
        const double value = *numberField(term.key, run);
        return std::isfinite(value) && holds(term.compare, value, term.number);
    }
    case Kind::Metric: {
        const auto metric = facts.metrics.find(term.key);
        if (metric == facts.metrics.end() || !metric->second.contains(run.id)) {
            return false;
        }
        const auto& summary = metric->second.at(run.id);
        const double best = isLowerBetter(QString::fromStdString(term.key)) ? summary.minimum : summary.maximum;
        return std::isfinite(best) && holds(term.compare, best, term.number);
    }
    case Kind::Setting: {
        const auto setting = facts.settings.find(term.key);
        if (setting == facts.settings.end() || !setting->second.contains(run.id)) {
            return false;
        }
        const QString value = QString::fromStdString(setting->second.at(run.id)).remove(QLatin1Char('"'));
        bool isNumber = false;
        const double number = value.toDouble(&isNumber);
        if (isNumber && numberOf(term.text)) {
            return holds(term.compare, number, term.number);
        }
        const bool isSame = value.compare(term.text, Qt::CaseInsensitive) == 0;
        return term.compare == Compare::Equal ? isSame : term.compare == Compare::NotEqual && !isSame;
    }
    }
    return false;
}

} // namespace ty::app
