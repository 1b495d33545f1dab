#include "app/pages/agent_keys_box.h"

#include <algorithm>
#include <utility>

#include <QCheckBox>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

/// "ssh-ed25519 me@laptop": the kind and what its owner calls it.
QString keyName(const std::string& line)
{
    const QString text = QString::fromStdString(line);
    const QString comment = text.section(QLatin1Char(' '), 2);
    const QString kind = text.section(QLatin1Char(' '), 0, 0);
    return comment.isEmpty() ? kind : QStringLiteral("%1  (%2)").arg(comment, kind);
}

} // namespace

AgentKeysBox::AgentKeysBox(QWidget* parent)
    : QWidget(parent), m_none(new QLabel(tr("No SSH agent with keys runs here."), this))
{
    widgets::setTextRole(*m_none, widgets::TextRole::Muted);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(m_none);
}

void AgentKeysBox::addBox(const std::string& line, bool isTicked)
{
    auto* box = new QCheckBox(keyName(line), this);
    box->setChecked(isTicked);
    box->setToolTip(QString::fromStdString(line));
    layout()->addWidget(box);
    m_boxes.emplace_back(line, box);
    m_none->hide();
    connect(box, &QCheckBox::toggled, this, [this] {
        m_isChosen = true;
        emit changed();
    });
}

void AgentKeysBox::setKeys(const std::vector<std::string>& lines)
{
    for (const std::string& line : lines) {
        const bool isKnown
            = std::any_of(m_boxes.begin(), m_boxes.end(), [&](const auto& each) { return each.first == line; });
        if (!isKnown) {
            addBox(line, !m_isChosen);
        }
    }
}

void AgentKeysBox::setTicked(const std::vector<std::string>& lines)
{
    setKeys(lines);
    for (auto& [line, box] : m_boxes) {
        box->setChecked(std::find(lines.begin(), lines.end(), line) != lines.end());
    }
    m_isChosen = true;
}

std::vector<std::string> AgentKeysBox::ticked() const
{
    std::vector<std::string> lines;
    for (const auto& [line, box] : m_boxes) {
        if (box->isChecked()) {
            lines.push_back(line);
        }
    }
    return lines;
}

} // namespace ty::app
