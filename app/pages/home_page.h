#pragma once

#include <vector>

#include "app/pages/page.h"

class QFrame;
class QLabel;
class QVBoxLayout;

namespace ty::widgets {
class DropWell;
class TileCard;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
struct RunDigest;
class RunCard;

/// Where one starts: a sample, one's own data, or a run of before.
class HomePage : public Page {
    Q_OBJECT
public:
    explicit HomePage(AppContext& context, QWidget* parent = nullptr);

private:
    struct Tile {
        QString key;
        widgets::TileCard* card;
    };

    QWidget* makeStrip();
    QWidget* makeSamples();
    QWidget* makeOpen();
    QWidget* makeContinue();
    void openSample(const QString& key);
    void showDigest(const RunDigest& digest);
    void browse();

    AppContext& m_context;
    QFrame* m_strip = nullptr;
    std::vector<Tile> m_tiles;
    QLabel* m_noRuns = nullptr;
    QVBoxLayout* m_runs = nullptr;
    std::vector<RunCard*> m_cards;
    QString m_pendingSample;
};

} // namespace ty::app
