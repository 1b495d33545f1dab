#pragma once

namespace ty::catalog {
class Paths;
}

namespace ty::app {

class ActivityService;
class CatalogService;
class CurveService;
class DatasetService;
class KeyMap;
class LogService;
class ModelService;
class Navigation;
class Notices;
class RunDigestService;
class RunService;
class SettingsService;
class StoreService;
class SystemMonitor;
class ThemeService;

/// The services that pages work with. Made once in main() by Services; every reference outlives every page.
/// All services live on the GUI thread; their calls return at once.
struct AppContext {
    const catalog::Paths& paths;
    SettingsService& settings;
    ThemeService& theme;
    CatalogService& catalog;
    CurveService& curves;
    DatasetService& datasets;
    RunService& runs;
    ModelService& models;
    RunDigestService& digest;
    SystemMonitor& system;
    Notices& notices;
    ActivityService& activity;
    LogService& log;
    Navigation& navigation;
    KeyMap& keys;
    StoreService& stores;
};

} // namespace ty::app
