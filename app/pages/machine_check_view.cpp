#include "app/pages/machine_check_view.h"

#include <algorithm>

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

using Outcome = MachineCheck::Outcome;

QString sign(Outcome outcome)
{
    return outcome == Outcome::Right ? QStringLiteral("✔") : outcome == Outcome::Wrong ? QStringLiteral("✖") : QStringLiteral("?");
}

} // namespace

MachineCheckView::MachineCheckView(QWidget* parent) : QWidget(parent), m_head(new QLabel(this)), m_grid(new QGridLayout)
{
    m_head->setWordWrap(true);
    m_head->setTextFormat(Qt::PlainText);
    m_grid->setColumnStretch(1, 1);
    m_grid->setVerticalSpacing(4);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_head);
    column->addLayout(m_grid);
    hide();
}

void MachineCheckView::clear()
{
    while (auto* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void MachineCheckView::show(const std::vector<MachineCheck>& checks)
{
    clear();
    const auto wrong = std::count_if(
        checks.begin(), checks.end(), [](const MachineCheck& check) { return check.outcome == Outcome::Wrong; });
    m_head->setText(wrong == 0 ? tr("The cloud would take it, as far as it tells:") : tr("The cloud would refuse it:"));
    widgets::setTextRole(*m_head, wrong == 0 ? widgets::TextRole::Good : widgets::TextRole::Bad);
    int row = 0;
    for (const MachineCheck& check : checks) {
        auto* mark = new QLabel(sign(check.outcome), this);
        auto* words = new QLabel(
            tr("%1: %2").arg(QString::fromStdString(check.what), QString::fromStdString(check.words)), this);
        words->setWordWrap(true);
        words->setTextFormat(Qt::PlainText);
        if (check.outcome == Outcome::Wrong) {
            widgets::setTextRole(*mark, widgets::TextRole::Bad);
            widgets::setTextRole(*words, widgets::TextRole::Bad);
        }
        m_grid->addWidget(mark, row, 0, Qt::AlignTop);
        m_grid->addWidget(words, row, 1);
        ++row;
    }
    setVisible(true);
}

void MachineCheckView::showText(const QString& text)
{
    clear();
    m_head->setText(text);
    widgets::setTextRole(*m_head, widgets::TextRole::Muted);
    setVisible(!text.isEmpty());
}

} // namespace ty::app
