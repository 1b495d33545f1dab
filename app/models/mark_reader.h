#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <QList>

#include "app/catalog/records.h"
#include "widgets/chart/chart_types.h"

namespace ty::app {

/// Turns what happened to one run, told in order of time, into marks for its charts and into the
/// stretches of the clock in which it did not train. The same story gives the same marks.
class MarkReader {
public:
    /// Of the run. A "cosine" or "oneCycle" schedule falls all the time; its falls are no marks.
    void setSettings(const Json& settings);
    void read(const catalog::RunMark& happened);
    /// A point of the learning rate: one that halves it or more is a drop.
    void readRate(const widgets::ChartPoint& point);
    /// The run was at work at that time (seconds since 1970).
    void noteActivity(double wall);

    const QList<widgets::ChartMark>& marks() const { return m_marks; }
    const QList<widgets::ClockSpan>& pauses() const { return m_pauses; }

private:
    void add(widgets::MarkKind kind, const catalog::RunMark& at, const QString& text);
    void readEdit(const catalog::RunMark& happened);
    void addPause(double begin, double end);

    QList<widgets::ChartMark> m_marks;
    QList<widgets::ClockSpan> m_pauses;
    double m_rate = catalog::kUnknown;
    double m_lastWall = catalog::kUnknown;
    double m_pausedAt = catalog::kUnknown;
    bool m_isRateEdited = false; ///< the next fall is the person's, and marked already
    bool m_fallsSmoothly = false;
};

/// The step at which training broke down, of an error such as "the loss became NaN at step 412".
std::optional<std::int64_t> divergedAtStep(const std::string& message);

} // namespace ty::app
