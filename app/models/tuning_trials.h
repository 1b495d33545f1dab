#pragma once

#include <optional>
#include <vector>

#include <QList>
#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "widgets/point_plot.h"

namespace ty::app {

/// What `trainyard-run tune --json` tells, trial by trial, as a table and pictures show it: the best first.
class TuningTrials {
public:
    void clear();
    /// A trial as it is told; of halving its newest stands for it.
    void add(const Json& trial);

    /// The best first; those on part of the samples behind, given up and failed ones last.
    std::vector<Json> sorted() const;
    /// The best on all samples, tried to its end; null without one.
    const Json* best() const;
    const Json* find(int number) const;
    bool isEmpty() const { return m_trials.empty(); }
    QString metric() const { return m_metric; }

    /// Scores in the order of the trials, and the best so far.
    QList<widgets::PlotSeries> course() const;
    /// Score against "seconds" or "bytes", with the line of those that no other beats in both.
    QList<widgets::PlotSeries> front(const char* cost) const;
    /// "Cost 3.2, Kernel rbf" of the settings in `searched`, which are called as in `labels`.
    static QString settingsText(const Json& trial, const QStringList& searched, const QStringList& labels);
    QString toCsv(const QStringList& searched) const;
    void setSearched(const QStringList& searched, const QStringList& labels)
    {
        m_searched = searched;
        m_labels = labels;
    }

private:
    bool isBetter(double a, double b) const { return m_isLowerBetter ? a < b : a > b; }

    std::vector<Json> m_trials; ///< in the order in which they were first told
    QString m_metric;
    bool m_isLowerBetter = false;
    QStringList m_searched;
    QStringList m_labels; ///< of m_searched
};

} // namespace ty::app
