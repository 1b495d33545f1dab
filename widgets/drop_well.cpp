#include "widgets/drop_well.h"

#include <utility>

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>
#include <QVariantAnimation>

#include "widgets/elided_label.h"
#include "widgets/glyphs.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

constexpr int kIconSize = 24;

QList<QUrl> localFiles(const QMimeData& data)
{
    QList<QUrl> urls = data.urls();
    urls.removeIf([](const QUrl& url) { return !url.isLocalFile(); });
    return urls;
}

QString datasetIdOf(const QMimeData& data)
{
    return QString::fromUtf8(data.data(QLatin1String(kDatasetMimeType)));
}

} // namespace

DropWell::DropWell(const QString& title, const QString& emptyText, QWidget* parent)
    : QFrame(parent)
    , m_title(title)
    , m_emptyText(emptyText)
{
    setAcceptDrops(true);
    setFocusPolicy(Qt::StrongFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 10, 10);
    layout->setSpacing(2);
    m_titleLabel = new QLabel(this);
    setTextRole(*m_titleLabel, TextRole::Strong);
    layout->addWidget(m_titleLabel);
    auto* row = new QHBoxLayout;
    row->setSpacing(10);
    m_iconLabel = new QLabel(this);
    m_iconLabel->setFixedSize(kIconSize, kIconSize);
    row->addWidget(m_iconLabel);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(0);
    m_nameLabel = new ElidedLabel({}, this);
    m_nameLabel->setElideMode(Qt::ElideMiddle);
    m_detailLabel = new QLabel(this);
    m_detailLabel->setWordWrap(true);
    setTextRole(*m_detailLabel, TextRole::Muted);
    texts->addWidget(m_nameLabel);
    texts->addWidget(m_detailLabel);
    row->addLayout(texts, 1);
    m_browse = new QPushButton(tr("Browse…"), this);
    m_browse->setAccessibleName(tr("Browse for %1 data").arg(title));
    row->addWidget(m_browse);
    m_clear = new QToolButton(this);
    m_clear->setAutoRaise(true);
    m_clear->setIcon(glyphIcon(Glyph::Close));
    setSpoken(*m_clear, tr("Clear %1").arg(title));
    row->addWidget(m_clear);
    layout->addLayout(row);
    m_problemLabel = new QLabel(this);
    m_problemLabel->setWordWrap(true);
    setTextRole(*m_problemLabel, TextRole::Bad);
    layout->addWidget(m_problemLabel);

    connect(m_browse, &QPushButton::clicked, this, &DropWell::browseRequested);
    connect(m_clear, &QToolButton::clicked, this, [this] {
        clearContent();
        emit cleared();
    });
    refresh();
}

QString DropWell::title() const
{
    return m_title;
}

void DropWell::setRequired(bool isRequired)
{
    m_isRequired = isRequired;
    refresh();
}

void DropWell::setEmptyText(const QString& text)
{
    m_emptyText = text;
    refresh();
}

void DropWell::setContent(const QIcon& icon, const QString& name, const QString& detail)
{
    m_isFilled = true;
    m_icon = icon;
    m_name = name;
    m_detail = detail;
    m_problem.clear();
    refresh();
}

void DropWell::clearContent()
{
    m_isFilled = false;
    m_icon = {};
    m_name.clear();
    m_detail.clear();
    m_problem.clear();
    refresh();
}

void DropWell::setProblem(const QString& text)
{
    m_problem = text;
    refresh();
}

void DropWell::setDropCheck(Check check)
{
    m_check = std::move(check);
}

void DropWell::pulse()
{
    if (style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) == 0) {
        return; // reduced motion
    }
    auto* animation = new QVariantAnimation(this);
    animation->setStartValue(0.0);
    animation->setKeyValueAt(0.5, 1.0);
    animation->setEndValue(0.0);
    animation->setDuration(1400);
    connect(animation, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        m_pulse = value.toDouble();
        update();
    });
    animation->start(QAbstractAnimation::DeleteWhenStopped);
}

QString DropWell::reasonAgainst(const QMimeData& mime) const
{
    const bool isDataset = mime.hasFormat(QLatin1String(kDatasetMimeType));
    const bool isStored = mime.hasFormat(QLatin1String(kStoreMimeType));
    if (!isDataset && !isStored && localFiles(mime).isEmpty()) {
        return mime.hasUrls() ? tr("Only files on this computer can be dropped here")
                              : tr("Drop a folder, a file or a dataset here");
    }
    return m_check ? m_check(mime) : QString();
}

void DropWell::dragEnterEvent(QDragEnterEvent* event)
{
    m_refusal = reasonAgainst(*event->mimeData());
    m_hover = m_refusal.isEmpty() ? Hover::Welcome : Hover::Refused;
    // Accepted even when refused, so that moves keep coming and the reason stays on screen.
    event->accept();
    refresh();
}

void DropWell::dragMoveEvent(QDragMoveEvent* event)
{
    if (m_hover == Hover::Welcome) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    } else {
        event->ignore();
    }
}

void DropWell::dragLeaveEvent(QDragLeaveEvent*)
{
    m_hover = Hover::None;
    m_refusal.clear();
    refresh();
}

void DropWell::dropEvent(QDropEvent* event)
{
    const QString refusal = reasonAgainst(*event->mimeData());
    m_hover = Hover::None;
    m_refusal.clear();
    if (!refusal.isEmpty()) {
        setProblem(refusal); // a drop is never silently nothing
        event->ignore();
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    m_problem.clear();
    refresh();
    if (event->mimeData()->hasFormat(QLatin1String(kDatasetMimeType))) {
        emit datasetDropped(datasetIdOf(*event->mimeData()));
    } else if (event->mimeData()->hasFormat(QLatin1String(kStoreMimeType))) {
        emit addressesDropped(
            QString::fromUtf8(event->mimeData()->data(QLatin1String(kStoreMimeType))).split(u'\n', Qt::SkipEmptyParts));
    } else {
        emit dropped(localFiles(*event->mimeData()));
    }
}

void DropWell::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        emit browseRequested();
        return;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        if (m_isFilled) {
            clearContent();
            emit cleared();
        }
        return;
    default:
        QFrame::keyPressEvent(event);
    }
}

void DropWell::mouseDoubleClickEvent(QMouseEvent*)
{
    emit browseRequested();
}

void DropWell::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor fill = c.surface;
    QColor outline = c.line;
    double width = 1;
    if (m_hover == Hover::Welcome) {
        fill = mixed(c.surface, c.accent, 0.14);
        outline = c.accent;
        width = 2;
    } else if (m_hover == Hover::Refused) {
        fill = mixed(c.surface, c.bad, 0.10);
        outline = c.bad;
        width = 2;
    } else if (m_pulse > 0) {
        fill = mixed(c.surface, c.accent, 0.14 * m_pulse);
    }
    if (hasFocus()) {
        outline = c.focus;
        width = 2;
    }
    QPen pen(outline, width);
    if (!m_isFilled && m_hover == Hover::None && !hasFocus()) {
        pen.setDashPattern({4, 3});
    }
    painter.setPen(pen);
    painter.setBrush(fill);
    const double inset = width / 2;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 8, 8);
}

void DropWell::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_nameLabel) {
        refresh();
    }
}

void DropWell::refresh()
{
    m_titleLabel->setText(m_isRequired && !m_isFilled ? tr("%1 (required)").arg(m_title) : m_title);
    const QIcon icon = m_isFilled && !m_icon.isNull()
                           ? m_icon
                           : glyphIcon(m_isFilled ? Glyph::Dataset : Glyph::Plus);
    m_iconLabel->setPixmap(icon.pixmap(QSize(kIconSize, kIconSize), devicePixelRatioF()));
    m_nameLabel->setText(m_name);
    m_nameLabel->setVisible(m_isFilled);
    m_detailLabel->setText(m_isFilled ? m_detail : m_emptyText);
    m_clear->setVisible(m_isFilled);
    m_browse->setText(m_isFilled ? tr("Change…") : tr("Browse…"));
    const QString problem = m_hover == Hover::Refused ? m_refusal : m_problem;
    m_problemLabel->setText(problem.isEmpty() ? QString() : QStringLiteral("⚠ ") + problem);
    m_problemLabel->setVisible(!problem.isEmpty());
    setAccessibleName(tr("%1 data").arg(m_title));
    const QString state = m_isFilled ? tr("%1, %2").arg(m_name, m_detail) : m_emptyText;
    setAccessibleDescription(problem.isEmpty() ? state : tr("%1. Problem: %2").arg(state, problem));
    update();
}

} // namespace ty::widgets
