#pragma once

#include <QIcon>
#include <QList>
#include <QWidget>

class QButtonGroup;
class QTimer;
class QToolButton;
class QVBoxLayout;

namespace ty::widgets {

/// Navigation at the left: icon over word, one checked; arrow keys walk.
class Rail : public QWidget {
    Q_OBJECT

  public:
    enum class Place { Top, Foot };

    explicit Rail(QWidget* parent = nullptr);

    /// @param toolTip  e.g. "Data (Ctrl+2)"
    /// @return the new entry's index, counted over both places in order of adding
    int addEntry(
        const QIcon& icon,
        const QString& text,
        const QString& toolTip = {},
        Place place = Place::Top);
    void setEntryIcon(int index, const QIcon& icon);
    void setEntryToolTip(int index, const QString& toolTip);
    /// A small number on the entry (0 hides it), e.g. running runs.
    void setBadge(int index, int number);
    int count() const;
    int currentIndex() const;
    /// Hides the words (Ctrl+B); the tooltips stay.
    void setCompact(bool isCompact);
    bool isCompact() const { return m_isCompact; }

  public slots:
    void setCurrentIndex(int index);

  signals:
    void currentIndexChanged(int index);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void fitWidth();
    /// While something that others take is dragged over an entry, it opens after a moment.
    bool followDrag(QToolButton& button, QEvent& event);

    QVBoxLayout* m_top;
    QVBoxLayout* m_foot;
    QButtonGroup* m_group;
    QList<QToolButton*> m_buttons;
    bool m_isCompact = false;
    QTimer* m_dragTimer;
    QToolButton* m_dragged = nullptr; ///< the entry under what is dragged
};

} // namespace ty::widgets
