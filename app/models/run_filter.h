#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <QString>
#include <QStringList>

#include "app/catalog/records.h"
#include "engine/base/result.h"

namespace ty::app {

/// What filters, extra columns and comparisons look up beside a RunRecord: settings as text and metrics, by run.
struct RunFacts {
    std::map<std::string, std::map<std::int64_t, std::string>> settings;
    std::map<std::string, std::map<std::int64_t, catalog::MetricSummary>> metrics;
};

/// The filter line of the Runs table: `acc>0.97 lr<0.01 tag:paper dataset:digits -state:failed words`.
/// All terms must hold. A bare word is looked for in name, dataset, tags and notes.
class RunFilter {
public:
    /// @param settings  names that a comparison may use beside metrics and columns
    /// Errors: InvalidInput naming the term that was not understood.
    static Result<RunFilter> parse(const QString& text, const QStringList& settings);

    bool isEmpty() const { return m_terms.empty(); }
    bool matches(const catalog::RunRecord& run, const RunFacts& facts) const;
    /// Names that matches() will look up in RunFacts.
    std::vector<std::string> neededSettings() const;
    std::vector<std::string> neededMetrics() const;

private:
    enum class Kind { Words, Text, Number, Setting, Metric };
    enum class Compare { Less, LessOrEqual, Equal, NotEqual, GreaterOrEqual, Greater };
    struct Term {
        Kind kind = Kind::Words;
        std::string key;
        Compare compare = Compare::Equal;
        QString text;
        double number = 0;
        bool isNegated = false;
    };

    static Result<Term> parseTerm(QString word, const QStringList& settings);
    static bool holds(const Term& term, const catalog::RunRecord& run, const RunFacts& facts);
    static bool holds(Compare compare, double value, double wanted);
    std::vector<Term> m_terms;
};

} // namespace ty::app
