#pragma once

#include <memory>

#include "app/catalog/paths.h"
#include "app/services/app_context.h"

namespace ty::app {

/// Makes every service in the order of their needs, and takes them down in the reverse order.
class Services {
public:
    explicit Services(catalog::Paths paths);
    ~Services();
    Services(const Services&) = delete;
    Services& operator=(const Services&) = delete;

    AppContext& context();
    /// Applies the theme and opens the catalog in the background. Needs the QApplication.
    void start();

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace ty::app
