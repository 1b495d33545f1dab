#include "app/models/mark_reader.h"

#include <cmath>
#include <limits>

#include <QCoreApplication>
#include <QRegularExpression>

#include "app/models/run_format.h"

namespace ty::app {

using widgets::ChartMark;
using widgets::MarkKind;

namespace {

struct MarkText {
    Q_DECLARE_TR_FUNCTIONS(ty::app::MarkReader)
};

constexpr double kDrop = 0.5; // a fall to this part or less is a step down, not noise

QString text(const catalog::RunMark& mark, const char* key)
{
    const auto found = mark.fields.find(key);
    return found != mark.fields.end() && found->is_string() ? QString::fromStdString(found->get<std::string>())
                                                            : QString();
}

} // namespace

std::optional<std::int64_t> divergedAtStep(const std::string& message)
{
    static const QRegularExpression kPattern(QStringLiteral("became (?:NaN|infinite) at step ([0-9]+)"));
    const auto match = kPattern.match(QString::fromStdString(message));
    return match.hasMatch() ? std::optional<std::int64_t>(match.captured(1).toLongLong()) : std::nullopt;
}

void MarkReader::setSettings(const Json& settings)
{
    const auto schedule = settings.is_object() ? settings.find("schedule") : settings.end();
    if (schedule != settings.end() && schedule->is_string()) {
        m_fallsSmoothly = *schedule == "cosine" || *schedule == "oneCycle";
    }
}

void MarkReader::add(MarkKind kind, const catalog::RunMark& at, const QString& words)
{
    ChartMark mark;
    mark.kind = kind;
    mark.at = {at.step, at.epoch, at.elapsed, at.wall, std::numeric_limits<double>::quiet_NaN()};
    mark.text = words;
    m_marks.append(mark);
}

void MarkReader::noteActivity(double wall)
{
    m_lastWall = std::fmax(m_lastWall, wall);
}

void MarkReader::addPause(double begin, double end)
{
    constexpr double kTelling = 1; // seconds
    if (end - begin > kTelling) {
        m_pauses.append({begin, end});
    }
}

void MarkReader::read(const catalog::RunMark& happened)
{
    if (happened.kind == "checkpoint") {
        const QString reason = text(happened, "reason");
        if (reason != QLatin1String("epoch") && reason != QLatin1String("interval")) { // one an epoch says nothing
            add(MarkKind::Checkpoint, happened, MarkText::tr("checkpoint (%1)").arg(reason));
        }
    } else if (happened.kind == "state" && text(happened, "state") == QLatin1String("paused")) {
        add(MarkKind::Pause, happened, MarkText::tr("paused"));
        m_pausedAt = happened.wall;
    } else if (happened.kind == "state" && text(happened, "state") == QLatin1String("resumed")) {
        add(MarkKind::Resume, happened, MarkText::tr("resumed"));
        addPause(m_pausedAt, happened.wall);
        m_pausedAt = catalog::kUnknown;
    } else if (happened.kind == "started" && happened.fields.contains("resumedFrom")) {
        add(MarkKind::Resume, happened, MarkText::tr("resumed from a checkpoint"));
        addPause(std::isnan(m_pausedAt) ? m_lastWall : m_pausedAt, happened.wall);
        m_pausedAt = catalog::kUnknown;
    } else if (happened.kind == "set") {
        readEdit(happened);
    } else if (happened.kind == "finished" && text(happened, "outcome") == QLatin1String("early-stop")) {
        add(MarkKind::EarlyStop, happened, MarkText::tr("stopped early: no gain any more"));
    } else if (happened.kind == "failed") {
        if (const auto step = divergedAtStep(text(happened, "message").toStdString())) {
            add(MarkKind::NotANumber, happened,
                MarkText::tr("%1; usual causes: learning rate too high, bad input").arg(text(happened, "message")));
            m_marks.last().at.step = static_cast<double>(*step);
            const auto epochs = static_cast<qlonglong>(std::isfinite(happened.epoch) ? happened.epoch : 0);
            m_marks.last().actionText = epochs > 0
                ? MarkText::tr("Restart from epoch %1 at a tenth of the learning rate").arg(epochs)
                : MarkText::tr("Restart at a tenth of the learning rate");
        }
    }
    noteActivity(happened.wall);
}

void MarkReader::readEdit(const catalog::RunMark& happened)
{
    const QString name = text(happened, "name");
    const auto value = happened.fields.find("value");
    const QString number = value != happened.fields.end() ? settingText(*value) : QString();
    if (name != QLatin1String("learningRate")) {
        const QString what = name == QLatin1String("epochs") ? MarkText::tr("epochs")
            : name == QLatin1String("patience")              ? MarkText::tr("patience")
                                                             : name;
        add(MarkKind::Edit, happened, MarkText::tr("%1 set to %2").arg(what, number));
        return;
    }
    const double rate = value != happened.fields.end() && value->is_number() ? value->get<double>() : catalog::kUnknown;
    const bool isLowered = rate < m_rate;
    add(isLowered ? MarkKind::LearningRateDrop : MarkKind::Edit, happened,
        std::isnan(m_rate)
            ? MarkText::tr("learning rate set to %1").arg(number)
            : MarkText::tr("learning rate %1 → %2, set by hand").arg(settingText(Json(m_rate)), number));
    m_isRateEdited = true;
}

void MarkReader::readRate(const widgets::ChartPoint& point)
{
    noteActivity(point.wallSeconds);
    if (!std::isfinite(point.value)) {
        return;
    }
    if (!m_isRateEdited && !m_fallsSmoothly && point.value <= m_rate * kDrop) {
        ChartMark mark;
        mark.kind = MarkKind::LearningRateDrop;
        mark.at = point;
        mark.at.value = std::numeric_limits<double>::quiet_NaN();
        mark.text = MarkText::tr("learning rate %1 → %2, by the schedule")
                        .arg(settingText(Json(m_rate)), settingText(Json(point.value)));
        m_marks.append(mark);
    }
    m_isRateEdited = false;
    m_rate = point.value;
}

} // namespace ty::app
