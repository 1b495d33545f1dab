#pragma once

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "widgets/point_plot.h"
#include "widgets/spread_plot.h"

namespace ty::app {

/// How one learner did over the folds so far.
struct ValidatedRow {
    QString label;
    QString learner;
    QString problem;                 ///< why it did not go on
    QHash<QString, double> means;    ///< by metric
    QHash<QString, double> deviations;
    QList<double> scores;            ///< of the chief metric, fold by fold
    double low = 0;                  ///< 95 % interval of its mean; NaN until all is over
    double high = 0;
    double seconds = 0;
};

/// What `trainyard-run validate --json` tells, fit by fit and at its end, as tables and pictures show it.
class ValidationResults {
public:
    void clear();
    /// A fit as it is told while the work goes on.
    void addFit(const Json& fit);
    /// The answer: order, intervals, sentences and learning curve.
    void setResult(const Json& result);

    bool isEmpty() const { return m_fits.empty(); }
    bool isOver() const { return m_result.is_object(); }
    /// By which learners are ordered.
    QString metric() const;
    /// Those that a table has columns for, the chief one first.
    QStringList metrics() const;
    QList<ValidatedRow> rows() const;
    const std::vector<Json>& fits() const { return m_fits; } ///< of all samples
    QStringList sentences() const;
    QList<widgets::SpreadRow> spread() const;
    /// By learner: held-out scores with their spread, and those of the training samples. Empty without a learning curve.
    QList<widgets::PlotSeries> curve() const;
    QString toMarkdown() const;
    QString toCsv() const; ///< a line a fold

private:
    std::vector<Json> m_fits;
    std::vector<Json> m_parts; ///< of a share of the samples
    Json m_result;
};

} // namespace ty::app
