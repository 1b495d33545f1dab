#pragma once

#include "app/pages/page.h"

class QLabel;

namespace ty::app {

struct AppContext;

/// What the person may choose once for the whole program. Every change holds at once.
class SettingsPage : public Page {
    Q_OBJECT
public:
    explicit SettingsPage(AppContext& context, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeAppearance();
    QWidget* makeTraining();
    QWidget* makeStorage();
    QWidget* makeNotices();
    QWidget* makeKeys();
    QWidget* makePrivacy();
    QWidget* makeAdvanced();
    void measureStorage();

    AppContext& m_context;
    QLabel* m_usage = nullptr;
    bool m_isMeasuring = false;
};

} // namespace ty::app
