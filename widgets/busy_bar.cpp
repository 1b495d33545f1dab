#include "widgets/busy_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace ty::widgets {

BusyBar::BusyBar(QWidget* parent)
    : QWidget(parent)
    , m_text(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(10);
    m_text->setTextFormat(Qt::PlainText);
    m_bar->setTextVisible(false);
    m_bar->setMaximumWidth(260);
    layout->addWidget(m_text);
    layout->addWidget(m_bar, 1);
    layout->addWidget(m_cancel);
    layout->addStretch();
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        m_cancel->setText(tr("Cancelling…"));
        emit cancelRequested();
    });
    hide();
}

void BusyBar::setBusy(const QString& text, double fraction)
{
    if (!m_isBusy) {
        m_cancel->setEnabled(true);
        m_cancel->setText(tr("Cancel"));
    }
    m_isBusy = true;
    m_text->setText(text);
    m_bar->setRange(0, fraction < 0 ? 0 : 1000);
    m_bar->setValue(fraction < 0 ? 0 : static_cast<int>(fraction * 1000));
    m_bar->setAccessibleName(text);
    show();
}

void BusyBar::setIdle()
{
    m_isBusy = false;
    hide();
}

void BusyBar::setCancellable(bool isCancellable)
{
    m_cancel->setVisible(isCancellable);
}

} // namespace ty::widgets
