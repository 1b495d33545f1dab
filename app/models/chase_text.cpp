#include "app/models/chase_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace ty::app {

namespace {

using enum cloud::ChaseOutcome;

QString say(const char* text)
{
    return QCoreApplication::translate("ChaseText", text);
}

} // namespace

QString chaseOutcomeText(const cloud::ChasePlace& place)
{
    switch (place.result()) {
    case Waiting: return say("to be tried");
    case Trying: return say("trying…");
    case Given: return place.isKept.value_or(false) ? say("given, kept") : say("given");
    case NotOffered: return say("not offered");
    case NoCapacity: return say("no capacity");
    case Quota: return say("quota");
    case Permission: return say("not allowed");
    case Transient: return say("no answer");
    case Problem: return say("refused");
    case NoPrice: return say("price unknown");
    case OverCap: return say("over the limit");
    case NotTried: return say("not tried");
    }
    return {};
}

QString chaseOutcomeSign(cloud::ChaseOutcome outcome)
{
    switch (outcome) {
    case Waiting: return QStringLiteral("○");
    case Trying: return QStringLiteral("◉");
    case Given: return QStringLiteral("✔");
    case NoCapacity: return QStringLiteral("✖");
    case Quota:
    case Permission:
    case Problem: return QStringLiteral("▲");
    case Transient: return QStringLiteral("◆");
    case NotOffered: return QStringLiteral("·");
    case NoPrice:
    case OverCap:
    case NotTried: return QStringLiteral("–");
    }
    return {};
}

widgets::MapMark chaseMapMark(cloud::ChaseOutcome outcome)
{
    switch (outcome) {
    case Waiting: return widgets::MapMark::Waiting;
    case Trying: return widgets::MapMark::Active;
    case Given: return widgets::MapMark::Good;
    case NoCapacity: return widgets::MapMark::Bad;
    case Quota:
    case Permission:
    case Problem: return widgets::MapMark::Warning;
    case Transient: return widgets::MapMark::Unknown;
    case NotOffered:
    case NoPrice:
    case OverCap:
    case NotTried: break;
    }
    return widgets::MapMark::None;
}

QString usdText(const std::optional<double>& usd)
{
    return usd ? say("%1 USD").arg(QLocale().toString(*usd, 'g', 4)) : say("unknown");
}

} // namespace ty::app
