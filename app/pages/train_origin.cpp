#include "app/pages/train_origin.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "widgets/theme/roles.h"

namespace ty::app {

TrainOrigin::TrainOrigin(QWidget* parent)
    : QWidget(parent)
    , m_text(new QLabel(this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    m_text->setWordWrap(true);
    widgets::setTextRole(*m_text, widgets::TextRole::Muted);
    auto* drop = new QToolButton(this);
    drop->setText(QStringLiteral("✕"));
    drop->setToolTip(tr("Train from the beginning, on the samples as they are"));
    drop->setAccessibleName(drop->toolTip());
    drop->setFocusPolicy(Qt::StrongFocus);
    row->addWidget(m_text, 1);
    row->addWidget(drop);
    connect(drop, &QToolButton::clicked, this, [this] {
        clear();
        emit changed();
    });
    clear();
}

void TrainOrigin::take(const RunSpec& spec)
{
    m_start = spec.start;
    m_fixes = spec.data.fixes;
    QStringList lines;
    const QString run = QString::fromStdString(m_start.run.empty() ? m_start.from : m_start.run);
    if (!m_start.from.empty()) {
        lines << (m_start.epoch > 0 ? tr("Begins with the weights of %1 after epoch %2.").arg(run).arg(m_start.epoch)
                                    : tr("Begins with the weights of %1.").arg(run));
    }
    std::size_t count = 0;
    for (const auto& [part, fixes] : m_fixes) {
        count += fixes.count();
    }
    if (count > 0) {
        lines << tr("%Ln sample(s) (is/are) corrected.", nullptr, static_cast<int>(count));
    }
    m_text->setText(lines.join(QLatin1Char('\n')));
    setVisible(!lines.isEmpty());
}

void TrainOrigin::fill(RunSpec& spec) const
{
    spec.start = m_start;
    spec.data.fixes = m_fixes;
}

} // namespace ty::app
