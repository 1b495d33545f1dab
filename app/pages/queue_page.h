#pragma once

#include "app/pages/page.h"

namespace ty::app {

struct AppContext;

/// While there are no queues of machines: says where the runs that wait are.
class QueuePage : public Page {
    Q_OBJECT
public:
    explicit QueuePage(AppContext& context, QWidget* parent = nullptr);
};

} // namespace ty::app
