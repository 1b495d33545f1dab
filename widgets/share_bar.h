#pragma once

#include <QList>
#include <QString>
#include <QWidget>

namespace ty::widgets {

/// One part of a whole.
struct Share {
    QString name;
    qint64 count = 0;
};

/// A whole divided into parts, side by side on one bar, with names, counts and percents underneath.
class ShareBar : public QWidget {
    Q_OBJECT

  public:
    explicit ShareBar(QWidget* parent = nullptr);

    /// At most eight; parts of nothing are named and have no room on the bar.
    void setShares(const QList<Share>& shares);
    const QList<Share>& shares() const { return m_shares; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString textOf(const Share& share) const;
    /// Where the words of each part stand; they go on in a new line where there is no room.
    QList<QRect> places(int width) const;

    QList<Share> m_shares;
    qint64 m_total = 0;
};

} // namespace ty::widgets
