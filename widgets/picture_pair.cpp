#include "widgets/picture_pair.h"

#include <QGridLayout>
#include <QLabel>

#include "widgets/theme/roles.h"

namespace ty::widgets {

PicturePair::PicturePair(int edge, QWidget* parent)
    : QWidget(parent)
    , m_edge(edge)
    , m_firstWords(new QLabel(this))
    , m_first(new QLabel(this))
    , m_secondWords(new QLabel(this))
    , m_second(new QLabel(this))
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    int column = 0;
    for (auto [words, picture] : {std::pair{m_firstWords, m_first}, {m_secondWords, m_second}}) {
        setTextRole(*words, TextRole::Muted);
        picture->setFixedSize(edge, edge);
        grid->addWidget(words, 0, column, Qt::AlignLeft | Qt::AlignBottom);
        grid->addWidget(picture, 1, column, Qt::AlignLeft | Qt::AlignTop);
        ++column;
    }
    grid->setColumnStretch(column, 1);
    setWords({});
}

void PicturePair::setWords(const QString& first, const QString& second)
{
    const bool isPair = !second.isEmpty();
    m_firstWords->setText(first);
    m_secondWords->setText(second);
    m_first->setAccessibleName(first);
    m_second->setAccessibleName(second);
    m_first->setToolTip(isPair ? QString() : first);
    m_firstWords->setVisible(isPair);
    m_secondWords->setVisible(isPair);
    m_second->setVisible(isPair);
}

void PicturePair::setFirst(const QImage& picture)
{
    show(*m_first, picture);
}

void PicturePair::setSecond(const QImage& picture)
{
    m_secondPicture = picture;
    show(*m_second, picture);
}

void PicturePair::clear()
{
    setFirst({});
    setSecond({});
}

void PicturePair::show(QLabel& place, const QImage& picture) const
{
    if (picture.isNull()) {
        place.clear();
        return;
    }
    // In the pixels of the device, so that the squares stay sharp on a screen with a scale.
    const qreal ratio = devicePixelRatioF();
    const int edge = static_cast<int>(m_edge * ratio);
    QPixmap enlarged = QPixmap::fromImage(picture.scaled(edge, edge, Qt::KeepAspectRatio, Qt::FastTransformation));
    enlarged.setDevicePixelRatio(ratio);
    place.setPixmap(enlarged);
}

} // namespace ty::widgets
