#pragma once

#include <QIcon>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace ty::widgets {

/// What a page shows when it has nothing: an icon, one sentence, and what to do about it.
class EmptyState : public QWidget {
    Q_OBJECT

  public:
    explicit EmptyState(QWidget* parent = nullptr);
    EmptyState(const QIcon& icon, const QString& sentence, QWidget* parent = nullptr);

    void setIcon(const QIcon& icon);
    void setSentence(const QString& sentence);
    QString sentence() const;
    enum class Emphasis { Primary, Plain };
    /// The widget owns the button; connect its clicked().
    QPushButton* addButton(const QString& text, Emphasis emphasis = Emphasis::Plain);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void refreshIcon();

    QIcon m_picture;
    QLabel* m_icon;
    QLabel* m_sentence;
    QHBoxLayout* m_buttons;
};

} // namespace ty::widgets
