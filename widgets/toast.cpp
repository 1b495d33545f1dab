#include "widgets/toast.h"

#include <algorithm>

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
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
{
    host->installEventFilter(this);
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

void ToastStack::arrange()
{
    m_toasts.removeIf([](const QPointer<Toast>& toast) { return toast.isNull(); });
    int bottom = m_host->height() - kMargin;
    for (auto toast = m_toasts.rbegin(); toast != m_toasts.rend(); ++toast) {
        const QSize size =
            (*toast)->sizeHint().boundedTo({m_host->width() - 2 * kMargin, m_host->height()});
        const int height = std::max(size.height(), (*toast)->heightForWidth(size.width()));
        const int left =
            m_host->isRightToLeft() ? kMargin : m_host->width() - size.width() - kMargin;
        bottom -= height;
        (*toast)->setGeometry(left, bottom, size.width(), height);
        (*toast)->raise();
        bottom -= kGap;
    }
}

} // namespace ty::widgets
