#pragma once

#include <QWidget>

class QToolButton;
class QVBoxLayout;

namespace ty::widgets {

/// A heading that folds what is under it.
class CollapsibleSection : public QWidget {
    Q_OBJECT

  public:
    explicit CollapsibleSection(const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    /// Takes ownership; replaces an earlier content.
    void setContent(QWidget* content);
    QWidget* content() const { return m_content; }
    bool isExpanded() const;
    /// A muted note behind the title, e.g. "3 changed".
    void setNote(const QString& note);

  public slots:
    void setExpanded(bool isExpanded);

  signals:
    void toggled(bool isExpanded);

  private:
    void refreshText();

    QToolButton* m_button;
    QVBoxLayout* m_layout;
    QWidget* m_content = nullptr;
    QString m_title;
    QString m_note;
};

} // namespace ty::widgets
