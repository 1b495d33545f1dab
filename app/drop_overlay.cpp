#include "app/drop_overlay.h"

#include <algorithm>

#include <QEvent>
#include <QFileInfo>
#include <QPainter>

#include "app/services/dataset_service.h"
#include "widgets/theme/palette.h"

namespace ty::app {

DropOverlay::DropOverlay(DatasetService& datasets, QWidget* host) : QWidget(host), m_datasets(datasets)
{
    setObjectName(QStringLiteral("dropOverlay"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAccessibleName(tr("What is being dropped"));
    host->installEventFilter(this);
    hide();
}

void DropOverlay::showFor(const QStringList& paths)
{
    if (isVisible() && paths == m_paths) {
        return;
    }
    m_paths = paths;
    m_title = paths.size() == 1 ? QFileInfo(paths.front()).fileName() : tr("%n file(s)", nullptr, static_cast<int>(paths.size()));
    m_text = tr("Looking…");
    setGeometry(parentWidget()->rect());
    raise();
    show();
    update();
    m_datasets.glance(paths, this, [this, paths](const DropGlance& glance) {
        if (paths != m_paths) {
            return;
        }
        m_text = glance.isUnderstood ? glance.text : tr("Drop to see what it is");
        setAccessibleDescription(m_text);
        update();
    });
}

void DropOverlay::dismiss()
{
    m_paths.clear();
    hide();
}

void DropOverlay::paintEvent(QPaintEvent*)
{
    const auto& colors = widgets::colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    auto veil = colors.window;
    veil.setAlphaF(0.86F);
    painter.fillRect(rect(), veil);
    painter.setPen(QPen(colors.accent, 3, Qt::DashLine));
    painter.drawRoundedRect(rect().adjusted(12, 12, -12, -12), 12, 12);

    auto large = font();
    large.setPointSizeF(large.pointSizeF() * 1.8);
    large.setBold(true);
    const int half = height() / 2;
    painter.setPen(colors.text);
    painter.setFont(large);
    painter.drawText(QRect(40, half - 90, width() - 80, 80), Qt::AlignHCenter | Qt::AlignBottom, m_text);
    painter.setFont(font());
    painter.setPen(colors.mutedText);
    painter.drawText(
        QRect(40, half + 6, width() - 80, 60), Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
        tr("%1 – drop to import").arg(m_title));
}

bool DropOverlay::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize) {
        setGeometry(parentWidget()->rect());
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ty::app
