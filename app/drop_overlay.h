#pragma once

#include <QStringList>
#include <QWidget>

namespace ty::app {

class DatasetService;

/// Covers the page while files hover over the window and says what they are, before they are dropped.
/// Transparent to the mouse, so that wells below still take drops.
class DropOverlay : public QWidget {
    Q_OBJECT
public:
    DropOverlay(DatasetService& datasets, QWidget* host);

    /// Shows itself and looks at the files in the background.
    void showFor(const QStringList& paths);
    void dismiss();
    QString text() const { return m_text; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    DatasetService& m_datasets;
    QStringList m_paths;
    QString m_title;
    QString m_text;
};

} // namespace ty::app
