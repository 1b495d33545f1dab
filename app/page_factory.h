#pragma once

#include "app/services/navigation.h"

class QWidget;

namespace ty::app {

struct AppContext;
class Page;

/// Makes a page of the rail.
Page* makePage(PageId id, AppContext& context, QWidget* parent);

} // namespace ty::app
