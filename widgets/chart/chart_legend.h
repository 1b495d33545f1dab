#pragma once

#include <QList>
#include <QWidget>

class QToolButton;

namespace ty::widgets {

class ChartScene;

/// Names of the lines with a piece of each; a click hides or shows one. Many lines fold into a
/// menu behind the first ones.
class ChartLegend : public QWidget {
    Q_OBJECT

  public:
    /// @param scene  outlives the legend
    explicit ChartLegend(const ChartScene& scene, QWidget* parent = nullptr);

    /// Rebuilds the entries; cheap to call when nothing changed.
    void sync();

    static constexpr int kShown = 8;

  signals:
    void visibilityWanted(const QString& id, bool isVisible);
    /// Alt+click: only this one.
    void onlyWanted(const QString& id);
    /// Right click, or the menu key.
    void menuWanted(const QString& id, const QPoint& globalAt);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void rebuild();
    QString keyNow() const;

    const ChartScene& m_scene;
    QString m_key;
};

} // namespace ty::widgets
