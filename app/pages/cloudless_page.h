#pragma once

#include "app/pages/page.h"

namespace ty::app {

struct AppContext;

/// Compute and Queue while no cloud is connected: says what they are for, and what works without them.
class CloudlessPage : public Page {
    Q_OBJECT
public:
    enum class Kind { Compute, Queue };

    CloudlessPage(Kind kind, AppContext& context, QWidget* parent = nullptr);
};

} // namespace ty::app
