#pragma once

#include <functional>
#include <vector>

#include <QDialog>
#include <QIcon>

class QLineEdit;
class QListView;
class QStandardItemModel;

namespace ty::app {

/// One thing that the palette can do.
struct PaletteEntry {
    QString text;
    QString kind; ///< "Page", "Action", "Run", "Dataset", "Model"
    QIcon icon;
    std::function<void()> activate;
};

/// How well `pattern` fits `text`: every letter of it in order; 0: not at all. Starts of words count more.
int paletteScore(const QString& pattern, const QString& text);

/// Ctrl+K: type a few letters of anything, Enter goes there.
class CommandPalette : public QDialog {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* parent);

    /// More entries may come while it is open (runs, datasets, models from the catalog).
    void addEntries(std::vector<PaletteEntry> entries);
    QLineEdit* input() const { return m_input; }
    QListView* list() const { return m_list; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter();
    void activateCurrent();

    QLineEdit* m_input;
    QListView* m_list;
    QStandardItemModel* m_model;
    std::vector<PaletteEntry> m_entries;
};

} // namespace ty::app
