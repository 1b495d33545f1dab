#include "app/pages/machine_overview.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/machine_text.h"
#include "app/models/run_format.h"
#include "cloud/provision/azure_plan.h"
#include "widgets/glyphs.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kFactsInARow = 2;

QString text(const std::string& value)
{
    return value.empty() ? QStringLiteral("–") : QString::fromStdString(value);
}

} // namespace

MachineOverview::MachineOverview(MachineService& service, QWidget* parent)
    : MachinePanel(service, parent), m_sheet(new QWidget), m_grid(new QGridLayout(m_sheet))
{
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(m_sheet);
    m_grid->setHorizontalSpacing(14);
    m_grid->setVerticalSpacing(5);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addWidget(scroll);
}

QList<MachineOverview::Fact> MachineOverview::facts() const
{
    const cloud::MachineInfo& info = machine().info;
    const auto& request = machine().request;
    QStringList tags;
    for (const auto& [name, value] : info.tags) {
        if (name != cloud::kOperationTag && name != cloud::kMachineTag) {
            tags << QString::fromStdString(name) + QStringLiteral(" = ") + QString::fromStdString(value);
        }
    }
    const QString unknown = machine().isOurs() ? tr("unknown here: made by another Trainyard") : tr("not made by Trainyard");
    QList<Fact> all{
        {tr("State"), machine().work.isEmpty() ? machineStateText(info.state) : QStringLiteral("◌ ") + machine().work},
        {tr("Account"), machine().account},
        {tr("Size"), sizeText()},
        {tr("Region / zone"), placeText(info.region, info.zone)},
        {tr("Image"), request ? text(request->image) : unknown},
        {tr("Public IP"), text(info.publicAddress), !info.publicAddress.empty()},
        {tr("Private IP"), text(info.privateAddress), !info.privateAddress.empty()},
        {tr("User"), text(info.user)},
        {tr("Resource group"), text(info.group)},
        {tr("Created"), whenText(info.created)},
        {tr("Tags"), tags.isEmpty() ? QStringLiteral("–") : tags.join(QStringLiteral(", "))},
        {tr("Auto-stop"), request ? autoStopText(request->idleMinutes, {}) : unknown},
        {tr("Hard limit"),
         request ? (request->hardLimitHours.value_or(0) > 0
                        ? tr("off after %1 h").arg(static_cast<qlonglong>(*request->hardLimitHours))
                        : tr("none"))
                 : unknown},
    };
    if (!info.problem.empty()) {
        all.insert(1, {tr("Problem"), text(info.problem)});
    }
    return all;
}

void MachineOverview::refreshFacts()
{
    const QList<Fact> all = facts();
    QList<QPair<QString, QString>> wanted;
    for (const Fact& fact : all) {
        wanted.append({fact.name, fact.value});
    }
    if (wanted == m_shown) {
        return;
    }
    m_shown = wanted;
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int place = 0;
    for (const Fact& fact : all) {
        addFact(fact, place++);
    }
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnStretch(3, 1);
    m_grid->setRowStretch(place / kFactsInARow + 1, 1);
}

void MachineOverview::addFact(const Fact& fact, int place)
{
    const int row = place / kFactsInARow;
    const int column = place % kFactsInARow * 2;
    auto* name = new QLabel(fact.name, m_sheet);
    widgets::setTextRole(*name, widgets::TextRole::Muted);
    m_grid->addWidget(name, row, column, Qt::AlignVCenter);
    if (!fact.isCopied) {
        auto* value = new QLabel(fact.value, m_sheet);
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_grid->addWidget(value, row, column + 1, Qt::AlignVCenter);
        return;
    }
    auto* button = new QToolButton(m_sheet);
    button->setText(fact.value);
    button->setIcon(widgets::glyphIcon(widgets::Glyph::Copy));
    button->setIconSize(QSize(fontMetrics().height(), fontMetrics().height()));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolTip(tr("Click to copy"));
    button->setAccessibleName(tr("Copy %1 %2").arg(fact.name, fact.value));
    connect(button, &QToolButton::clicked, this, [this, value = fact.value] {
        QApplication::clipboard()->setText(value);
        emit copied(value);
    });
    m_grid->addWidget(button, row, column + 1, Qt::AlignLeft | Qt::AlignVCenter);
}

QString MachineOverview::sizeText() const
{
    const cloud::MachineInfo& info = machine().info;
    QString told = info.isSpot ? tr("%1 (spot)").arg(text(info.size)) : text(info.size);
    const auto& facts = machine().sizeFacts;
    if (!facts || !facts->processors || !facts->memoryGiB) {
        return told;
    }
    told += tr(": %1 vCPU, %2 GiB").arg(QLocale().toString(*facts->processors, 'g', 4), QLocale().toString(*facts->memoryGiB, 'g', 6));
    if (facts->gpus > 0) {
        told += tr(", %1 × %2").arg(
            QLocale().toString(facts->gpus, 'g', 3), facts->gpu.empty() ? tr("GPU") : QString::fromStdString(facts->gpu));
    }
    return told;
}

} // namespace ty::app
