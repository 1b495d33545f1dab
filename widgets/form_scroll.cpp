#include "widgets/form_scroll.h"

#include <QEvent>
#include <QScrollBar>

namespace ty::widgets {

FormScroll::FormScroll(QWidget* form, QWidget* parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(form); // watches it, too: eventFilter() is the base's
}

QSize FormScroll::minimumSizeHint() const
{
    QSize hint = QScrollArea::minimumSizeHint();
    if (widget() != nullptr) {
        // The bar is counted always: a form that grows beyond the height must not move its fields aside.
        hint.setWidth(widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width() + 2 * frameWidth());
    }
    return hint;
}

bool FormScroll::eventFilter(QObject* watched, QEvent* event)
{
    const bool isHandled = QScrollArea::eventFilter(watched, event);
    if (watched == widget() && event->type() == QEvent::LayoutRequest) {
        updateGeometry();
    }
    return isHandled;
}

} // namespace ty::widgets
