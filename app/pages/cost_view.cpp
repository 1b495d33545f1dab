#include "app/pages/cost_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/machine_text.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QStandardItem* money(const QString& text, bool isBold)
{
    auto* item = new QStandardItem(text);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    QFont font = item->font();
    font.setBold(isBold);
    item->setFont(font);
    return item;
}

QStandardItem* words(const QString& text, bool isBold)
{
    auto* item = new QStandardItem(text);
    QFont font = item->font();
    font.setBold(isBold);
    item->setFont(font);
    item->setToolTip(text);
    return item;
}

} // namespace

QString sumText(const std::optional<double>& sum, double known, const std::string& currency)
{
    return sum || known <= 0.0 ? moneyText(sum, currency) : CostView::tr("at least %1").arg(moneyText(known, currency));
}

CostView::CostView(QWidget* parent)
    : QWidget(parent), m_model(new QStandardItemModel(this)), m_table(new QTableView(this)), m_below(new QLabel(this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Cost"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_below->setWordWrap(true);
    m_below->setTextFormat(Qt::PlainText);
    widgets::setTextRole(*m_below, widgets::TextRole::Muted);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_table);
    column->addWidget(m_below);
    column->addStretch(1);
}

void CostView::show(const cloud::CostTable& cost)
{
    const std::string& currency = cost.currency;
    m_model->clear();
    m_model->setHorizontalHeaderLabels({tr("Before tax"), tr("On"), tr("Off")});
    for (int column = 1; column < m_model->columnCount(); ++column) {
        m_model->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    for (const cloud::CostLine& line : cost.lines) {
        m_model->appendRow(
            {words(QString::fromStdString(line.what), false), money(moneyText(line.perHour, currency), false),
             money(line.isPaidWhenOff ? moneyText(line.perHour, currency) : QStringLiteral("–"), false)});
    }
    const auto addSum = [&](const QString& name, const std::optional<double>& on, const std::optional<double>& off, double hours) {
        m_model->appendRow(
            {words(name, true), money(sumText(on, cost.knownPerHour(true) * hours, currency), true),
             money(sumText(off, cost.knownPerHour(false) * hours, currency), true)});
    };
    constexpr double kHoursPerDay = 24;
    addSum(tr("An hour"), cost.perHour(true), cost.perHour(false), 1);
    addSum(tr("A day"), cost.perDay(true), cost.perDay(false), kHoursPerDay);
    addSum(tr("A month (730 h)"), cost.perMonth(true), cost.perMonth(false), cloud::kHoursPerMonth);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    const QString note = QString::fromStdString(cost.note);
    m_below->setText(
        tr("List prices of %1 in %2, before tax; parts per hour, without traffic out of the cloud.")
            .arg(QString::fromStdString(cost.priceDate), QString::fromStdString(currency))
        + (note.isEmpty() ? QString() : QLatin1Char('\n') + note));
    // As tall as its rows: an empty remainder would look like prices that are missing.
    m_table->setFixedHeight(
        m_table->horizontalHeader()->height() + m_table->verticalHeader()->length() + 2 * m_table->frameWidth() + 2);
    m_table->show();
}

void CostView::showText(const QString& text)
{
    m_model->clear();
    m_table->hide();
    m_below->setText(text);
}

} // namespace ty::app
