#include "app/burn_chip.h"

#include <QEvent>
#include <QLocale>

#include "app/services/all_services.h"
#include "app/services/cloud_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QString money(double amount, const QString& currency)
{
    const int decimals = amount > 0 && amount < 0.1 ? 3 : 2;
    const QString number = QLocale().toString(amount, 'f', decimals);
    if (currency == QLatin1String("USD")) {
        return QStringLiteral("$") + number;
    }
    return currency == QLatin1String("EUR") ? QStringLiteral("€") + number : number + QLatin1Char(' ') + currency;
}

} // namespace

QString burnText(const Burn& burn)
{
    const QString currency = QString::fromStdString(burn.currency);
    QStringList parts;
    const bool isKnown = burn.perHour > 0 || burn.unknown == 0;
    QString rate = isKnown ? BurnChip::tr("%1/h").arg(money(burn.perHour, currency)) : QString();
    if (burn.unknown > 0) {
        rate = rate.isEmpty() ? BurnChip::tr("unknown price") : BurnChip::tr("%1 + unknown").arg(rate);
    }
    parts << rate;
    if (!burn.stoppedBilled.isEmpty()) {
        parts << BurnChip::tr("⚠ %n off, still billed", nullptr, static_cast<int>(burn.stoppedBilled.size()));
    }
    const int running = burn.machines - static_cast<int>(burn.stoppedBilled.size());
    if (running > 0) {
        parts << BurnChip::tr("%n machine(s)", nullptr, running);
    } else if (burn.machines == 0) {
        parts << BurnChip::tr("disks only");
    }
    parts << BurnChip::tr("%1 today").arg(money(burn.today, currency) + (burn.isTodayPartial ? QStringLiteral(" +") : QString()));
    QString text = parts.join(QStringLiteral(" · "));
    return burn.isSandboxAlone ? BurnChip::tr("Sandbox: %1").arg(text) : text;
}

QString burnTip(const Burn& burn)
{
    const QString currency = QString::fromStdString(burn.currency);
    QStringList lines;
    if (burn.isSandboxAlone) {
        lines << BurnChip::tr("These machines are in the sandbox on this computer: nobody pays. A cloud would ask so much.");
    }
    if (!burn.stoppedBilled.isEmpty()) {
        lines << BurnChip::tr("Off, but billed like running: %1. Press Stop to give the processors back.")
                     .arg(burn.stoppedBilled.join(QStringLiteral(", ")));
    }
    if (burn.offMachines > 0) {
        lines << BurnChip::tr("%n machine(s) are off; their disks and addresses are billed.", nullptr, burn.offMachines);
    }
    lines << (burn.monthBudget
                  ? BurnChip::tr("This month: %1 of %2.").arg(money(burn.month, currency), money(*burn.monthBudget, currency))
                  : BurnChip::tr("This month: %1.").arg(money(burn.month, currency)));
    if (burn.unknown > 0 || burn.isTodayPartial) {
        lines << BurnChip::tr("What has no known price comes on top.");
    }
    if (!burn.unread.isEmpty()) {
        lines << BurnChip::tr("Not answering: %1; counted as last seen.").arg(burn.unread.join(QStringLiteral(", ")));
    }
    lines << BurnChip::tr("Machines that Trainyard made, by states that their cloud confirmed; list prices before tax.");
    return lines.join(QLatin1Char('\n'));
}

bool isAlarming(const Burn& burn)
{
    return !burn.stoppedBilled.isEmpty() || (burn.monthBudget && burn.month >= *burn.monthBudget);
}

BurnChip::BurnChip(AppContext& context, QWidget* parent) : QToolButton(parent), m_context(context), m_burn(CloudServices::of(context).burn())
{
    setObjectName(QStringLiteral("burnChip"));
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);
    connect(this, &QToolButton::clicked, this, [this] { emit m_context.navigation.pageRequested(PageId::Compute); });
    connect(&m_burn, &BurnService::changed, this, &BurnChip::refresh);
    connect(&m_context.theme, &ThemeService::themeChanged, this, &BurnChip::refresh);
    refresh();
}

void BurnChip::showEvent(QShowEvent* event)
{
    QToolButton::showEvent(event);
    window()->installEventFilter(this);
    showText();
}

bool BurnChip::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == window() && event->type() == QEvent::Resize) {
        showText();
    }
    return QToolButton::eventFilter(watched, event);
}

void BurnChip::refresh()
{
    const Burn& burn = m_burn.burn();
    const QString text = burnText(burn);
    showText();
    setToolTip(text + QLatin1Char('\n') + burnTip(burn));
    setAccessibleName(tr("Cost now: %1").arg(text));
    widgets::setTextRole(*this, isAlarming(burn) ? widgets::TextRole::Bad : widgets::TextRole::Strong);
    emit wanted(!burn.isNothing());
}

/// Beside a narrow window's other things only the rate has room, and an alarm.
void BurnChip::showText()
{
    constexpr int kRoomy = 1240;
    const Burn& burn = m_burn.burn();
    const QString text = burnText(burn);
    const int parts = burn.stoppedBilled.isEmpty() ? 1 : 2;
    const QString shown = window()->width() < kRoomy ? text.section(QStringLiteral(" · "), 0, parts - 1) : text;
    if (shown != this->text()) {
        setText(shown);
    }
}

} // namespace ty::app
