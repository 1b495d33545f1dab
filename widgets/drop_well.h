#pragma once

#include <functional>

#include <QFrame>
#include <QIcon>
#include <QList>
#include <QUrl>

class QLabel;
class QMimeData;
class QPushButton;
class QToolButton;

namespace ty::widgets {

class ElidedLabel;

/// MIME type of a dataset dragged inside the window; the data is the dataset's id in UTF-8.
inline constexpr char kDatasetMimeType[] = "application/x-trainyard-dataset";
/// MIME type of files and folders of a store; the data is their addresses in UTF-8, one a line.
inline constexpr char kStoreMimeType[] = "application/x-trainyard-store-files";

/// A place for one dataset: drop it, browse for it, or clear it.
class DropWell : public QFrame {
    Q_OBJECT

  public:
    /// @param title     e.g. "Training"
    /// @param emptyText what to do, e.g. "Drop a folder or CSV"
    DropWell(const QString& title, const QString& emptyText, QWidget* parent = nullptr);

    QString title() const;
    void setRequired(bool isRequired);
    /// One line in the empty state, e.g. "Automatic 20 %, stratified, seed 42".
    void setEmptyText(const QString& text);
    void setContent(const QIcon& icon, const QString& name, const QString& detail);
    void clearContent();
    bool isFilled() const { return m_isFilled; }
    /// Below the content until cleared, e.g. "This dataset is for regression".
    void setProblem(const QString& text);

    /// Asked while something hovers: empty accepts, else the reason why not. The default
    /// accepts a dataset or at least one local file.
    using Check = std::function<QString(const QMimeData& mime)>;
    void setDropCheck(Check check);
    /// One slow pulse to show where to begin (none with reduced motion).
    void pulse();

  signals:
    void dropped(const QList<QUrl>& urls);
    void datasetDropped(const QString& datasetId);
    /// Of files or folders in a store.
    void addressesDropped(const QStringList& addresses);
    void cleared();
    void browseRequested();

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    enum class Hover { None, Welcome, Refused };
    void refresh();
    QString reasonAgainst(const QMimeData& mime) const;

    QString m_title;
    QString m_emptyText;
    QString m_name;
    QString m_detail;
    QString m_problem;
    QString m_refusal;
    QIcon m_icon;
    Check m_check;
    QLabel* m_titleLabel = nullptr;
    QLabel* m_iconLabel = nullptr;
    ElidedLabel* m_nameLabel = nullptr;
    QLabel* m_detailLabel = nullptr;
    QLabel* m_problemLabel = nullptr;
    QPushButton* m_browse = nullptr;
    QToolButton* m_clear = nullptr;
    double m_pulse = 0;
    Hover m_hover = Hover::None;
    bool m_isFilled = false;
    bool m_isRequired = false;
};

} // namespace ty::widgets
