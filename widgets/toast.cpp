#include "widgets/toast.h"

#include <algorithm>

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

#include "widgets/glyphs.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

constexpr int kDuration = 10'000;
constexpr qsizetype kLargestStack = 4;
constexpr int kMargin = 16;
constexpr int kGap = 8;
constexpr int kWatchMilliseconds = 250;

bool isControl(const QWidget& widget)
{
    return qobject_cast<const QAbstractButton*>(&widget) != nullptr || qobject_cast<const QLineEdit*>(&widget) != nullptr
        || qobject_cast<const QComboBox*>(&widget) != nullptr || qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr;
}

/// Where a person can press or write in `host`, toasts left out.
QList<QRect> controlsOf(const QWidget& host)
{
    QList<QRect> found;
    for (const QWidget* widget : host.findChildren<QWidget*>()) {
        if (!isControl(*widget) || !widget->isVisibleTo(&host)) {
            continue;
        }
        QRect seen(widget->mapTo(&host, QPoint()), widget->size());
        bool isToast = false;
        for (const QWidget* around = widget->parentWidget(); around != nullptr && around != &host; around = around->parentWidget()) {
            isToast = isToast || qobject_cast<const Toast*>(around) != nullptr;
            seen &= QRect(around->mapTo(&host, QPoint()), around->size()); // what is scrolled away is not there
        }
        if (!isToast && !seen.isEmpty()) {
            found << seen;
        }
    }
    return found;
}

} // namespace

Toast::Toast(const QString& text, const QString& actionText, QWidget* parent)
    : QFrame(parent)
    , m_label(new QLabel(text, this))
    , m_timer(new QTimer(this))
{
    makeCard(*this);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 8, 8);
    layout->setSpacing(12);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    m_label->setMinimumWidth(std::min(360, m_label->fontMetrics().horizontalAdvance(text) + 8));
    layout->addWidget(m_label, 1);
    if (!actionText.isEmpty()) {
        m_action = new QPushButton(actionText, this);
        m_action->setAccessibleName(tr("%1: %2").arg(actionText, text));
        layout->addWidget(m_action);
        connect(m_action, &QPushButton::clicked, this, [this] {
            emit actionTriggered();
            dismiss();
        });
    }
    auto* close = new QToolButton(this);
    close->setAutoRaise(true);
    close->setIcon(glyphIcon(Glyph::Close));
    setSpoken(*close, tr("Dismiss this message"));
    connect(close, &QToolButton::clicked, this, &Toast::dismiss);
    layout->addWidget(close);
    setAccessibleName(text);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kDuration);
    connect(m_timer, &QTimer::timeout, this, [this] {
        const QWidget* focus = window()->focusWidget();
        if (focus && isAncestorOf(focus) && window()->isActiveWindow()) {
            m_timer->start(); // somebody is about to press it
        } else {
            dismiss();
        }
    });
    m_timer->start();
}

QString Toast::text() const
{
    return m_label->text();
}

void Toast::setDuration(int milliseconds)
{
    m_timer->start(milliseconds);
}

void Toast::dismiss()
{
    if (m_isGone) {
        return;
    }
    m_isGone = true;
    m_timer->stop();
    hide();
    emit dismissed();
    deleteLater();
}

void Toast::enterEvent(QEnterEvent* event)
{
    m_timer->stop();
    QFrame::enterEvent(event);
}

void Toast::leaveEvent(QEvent* event)
{
    if (!m_isGone) {
        m_timer->start();
    }
    QFrame::leaveEvent(event);
}

void Toast::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        dismiss();
    } else {
        QFrame::keyPressEvent(event);
    }
}

ToastStack::ToastStack(QWidget* host)
    : QObject(host)
    , m_host(host)
    , m_watch(new QTimer(this))
{
    host->installEventFilter(this);
    m_watch->setInterval(kWatchMilliseconds);
    connect(m_watch, &QTimer::timeout, this, [this] {
        const bool isPointedAt =
            std::any_of(m_toasts.begin(), m_toasts.end(), [](const auto& toast) { return toast && toast->underMouse(); });
        if (!isPointedAt) { // nothing moves away from a pointer that is about to press it
            arrange();
        }
    });
}

Toast* ToastStack::show(const QString& text, const QString& actionText)
{
    auto* toast = new Toast(text, actionText, m_host);
    connect(toast, &Toast::dismissed, this, [this, toast] {
        m_toasts.removeAll(QPointer<Toast>(toast));
        arrange();
    });
    m_toasts.append(toast);
    while (m_toasts.size() > kLargestStack) {
        m_toasts.first()->dismiss();
    }
    toast->show();
    arrange();
    m_watch->start();
    QAccessibleEvent alert(toast, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
    return toast;
}

int ToastStack::count() const
{
    return static_cast<int>(m_toasts.size());
}

bool ToastStack::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_host && event->type() == QEvent::Resize) {
        arrange();
    }
    return QObject::eventFilter(watched, event);
}

/// Upper left corner for all toasts together: lower right, unless controls lie there.
QPoint ToastStack::placeFor(const QSize& whole) const
{
    const QList<QRect> controls = controlsOf(*m_host);
    const int right = m_host->width() - whole.width() - kMargin;
    const int lowest = m_host->height() - kMargin - whole.height();
    const bool isMirrored = m_host->isRightToLeft();
    for (const int left : {isMirrored ? kMargin : right, isMirrored ? right : kMargin}) {
        int top = lowest;
        while (top >= m_host->height() / 2) {
            const QRect area = QRect(QPoint(left, top), whole).adjusted(-kGap, -kGap, kGap, kGap);
            int above = top;
            for (const QRect& control : controls) {
                if (control.intersects(area)) {
                    above = std::min(above, control.top() - 2 * kGap - whole.height());
                }
            }
            if (above == top) {
                return {left, top};
            }
            top = above;
        }
    }
    return {isMirrored ? kMargin : right, lowest};
}

void ToastStack::arrange()
{
    m_toasts.removeIf([](const QPointer<Toast>& toast) { return toast.isNull(); });
    if (m_toasts.isEmpty()) {
        m_watch->stop();
        return;
    }
    QList<QSize> sizes;
    QSize whole;
    for (const auto& toast : m_toasts) {
        QSize size = toast->sizeHint().boundedTo({m_host->width() - 2 * kMargin, m_host->height()});
        size.setHeight(std::max(size.height(), toast->heightForWidth(size.width())));
        sizes << size;
        whole = {std::max(whole.width(), size.width()), whole.height() + size.height() + (whole.isEmpty() ? 0 : kGap)};
    }
    const QRect area(placeFor(whole), whole);
    int top = area.top();
    for (qsizetype i = 0; i < m_toasts.size(); ++i) {
        const bool isLeft = area.center().x() < m_host->width() / 2;
        const int left = isLeft ? area.left() : area.left() + area.width() - sizes[i].width();
        m_toasts[i]->setGeometry(QRect(QPoint(left, top), sizes[i]));
        m_toasts[i]->raise();
        top += sizes[i].height() + kGap;
    }
}

} // namespace ty::widgets
