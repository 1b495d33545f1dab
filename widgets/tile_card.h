#pragma once

#include <QAbstractButton>
#include <QIcon>

namespace ty::widgets {

/// A big button with picture, title and one sentence.
class TileCard : public QAbstractButton {
    Q_OBJECT

  public:
    /// @param sentence  wraps to at most three lines
    TileCard(
        const QIcon& picture,
        const QString& title,
        const QString& sentence,
        QWidget* parent = nullptr);

    void setSentence(const QString& sentence);
    QString sentence() const { return m_sentence; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    QString m_sentence;
};

} // namespace ty::widgets
